// Where text holds base64: long runs of its alphabet, also wrapped over lines. Looks at every 20th character only, because
// no shorter run matters.

import { unitsOf } from './units.ts';

/** Shorter runs hold less than a short secret. */
export const MIN_RUN_CHARS = 20;

export interface Run {
  start: number;
  end: number;
}

const IN_ALPHABET = new Uint8Array(1 << 16);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_') IN_ALPHABET[char.charCodeAt(0)] = 1;

/** Runs in order, with their padding. A run goes on over a line's end when both lines are nothing but the alphabet. */
export function findBase64Runs(text: string, units: Uint16Array = unitsOf(text)): Run[] {
  const runs: Run[] = [];
  const { length } = text;
  let free = 0;
  for (let at = MIN_RUN_CHARS - 1; at < length; at += MIN_RUN_CHARS) {
    if (at < free || IN_ALPHABET[units[at] as number] === 0) continue;
    let start = at;
    while (start > free && IN_ALPHABET[units[start - 1] as number] === 1) start -= 1;
    let end = lineEnd(units, at);
    if (end - start < MIN_RUN_CHARS) continue;
    for (let next = nextLine(units, length, end); next > 0; next = nextLine(units, length, end)) end = next;
    while (end < length && units[end] === 61) end += 1;
    if (isMixed(units, start, end)) runs.push({ start, end });
    free = end;
    at = Math.max(at, end - MIN_RUN_CHARS);
  }
  return runs;
}

/** Paths, rulers and CONSTANTS are of the alphabet too; base64 of anything has capital and small letters early on. */
function isMixed(units: Uint16Array, start: number, end: number): boolean {
  let upper = false;
  let lower = false;
  const last = Math.min(end, start + 64);
  for (let at = start; at < last && !(upper && lower); at += 1) {
    const code = units[at] as number;
    if (code >= 97 && code <= 122) lower = true;
    else if (code >= 65 && code <= 90) upper = true;
  }
  return upper && lower;
}

/** Where the run ends that goes on in the next line; 0 when it does not. Lines of mail and PEM may be indented or quoted. */
function nextLine(units: Uint16Array, length: number, end: number): number {
  let at = end;
  if (at < length && units[at] === 13) at += 1;
  if (at >= length || units[at] !== 10) return 0;
  at += 1;
  for (let indent = 0; indent < 12 && at < length && (units[at] === 32 || units[at] === 9); indent += 1) at += 1;
  const last = lineEnd(units, at);
  const code = units[last];
  const isWholeLine = last === length || code === 10 || code === 13 || code === 61;
  return last > at && isWholeLine ? last : 0;
}

/** The unit behind the text is in no alphabet. */
function lineEnd(units: Uint16Array, at: number): number {
  let end = at;
  while (IN_ALPHABET[units[end] as number] === 1) end += 1;
  return end;
}
