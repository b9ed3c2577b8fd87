// Limits as people write them: `10MB`, `1.5 GB`, `200`, and `none` to take one away. Units are decimal, as file managers
// show them; `KiB` and its like are the binary ones.
import { UsageError } from './arguments.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Bytes, at least `least`; `null` for `none`. Throws UsageError. */
export function parseSizeLimit(flag: string, text: string, least = 1): number | null {
  if (isNone(text)) return null;
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (UNITS[unit.toLowerCase()] ?? Number.NaN));
  if (number === '' || !Number.isSafeInteger(bytes) || bytes < least)
    throw new UsageError(`--${flag} is a size like 10MB, or none; not "${text}".`);
  return bytes;
}

/** A count, at least `least`; `null` for `none`. Throws UsageError. */
export function parseCountLimit(flag: string, text: string, least = 1): number | null {
  if (isNone(text)) return null;
  const count = /^\d{1,9}$/.test(text.trim()) ? Number(text) : -1;
  if (count < least) throw new UsageError(`--${flag} is a number from ${least}, or none; not "${text}".`);
  return count;
}

function isNone(text: string): boolean {
  return text.trim().toLowerCase() === 'none';
}
