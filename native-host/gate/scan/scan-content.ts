// What is scanned is what a reader could make of it: a text as it stands and the base64 in it; bytes as UTF-8 or UTF-16, or
// what gzip, ZIP or DOCX hold. One level of each. What is found within something packed or encoded is a finding on the
// whole of it. What nobody can look into is not inspected, and so never sent.
import { isUtf8 } from 'node:buffer';
import type { Finding, FindingKind, Scan } from '../../../shared/gate/findings.ts';
import { findBase64Runs } from './base64-runs.ts';
import type { Place } from './personal-rules.ts';
import { scanText } from './scan-text.ts';
import { isPacked, unpack } from './unpack.ts';

/** Content above these is not inspected. */
export const SCAN_CAPS = { chars: 32 * 1024 * 1024, findings: 200_000 } as const;
/** Encoded data that is no text: shorter runs are hashes, ids and signatures, which tell nothing. */
const OPAQUE_CHARS = 512;
/** How much of two neighbouring texts is looked at together, for what stands across their border. */
const BORDER_CHARS = 2_048;

/** Scans the texts of one release, each alone and across their borders. */
export function scanTexts(texts: readonly string[]): Scan {
  const chars = texts.reduce((sum, text) => sum + text.length, 0);
  if (chars > SCAN_CAPS.chars) return uninspected(`it is longer than the ${SCAN_CAPS.chars} characters that are looked through`);
  const findings: Finding[] = [];
  for (const [index, text] of texts.entries()) {
    for (const place of scanDecoded(text)) findings.push({ text: index, ...place });
    const next = texts[index + 1];
    if (next !== undefined) findings.push(...scanBorder(index, text, next));
    if (findings.length > SCAN_CAPS.findings) return uninspected('it holds more secrets or personal data than can be told apart');
  }
  return { findings, inspected: true };
}

/** Scans a whole file or message. Findings name no place within bytes: they cover all of it. */
export function scanBytes(bytes: Uint8Array): Scan {
  const kinds = kindsWithin(bytes, true);
  if (kinds === null) return uninspected('it is not text, nor anything that Headgate can look into');
  return { inspected: true, findings: kinds.map(({ rule, kind }) => ({ text: 0, start: 0, end: bytes.length, rule, kind })) };
}

function uninspected(problem: string): Scan {
  return { findings: [], inspected: false, problem };
}

/** A text as it stands, and what its base64 holds. */
function scanDecoded(text: string): Place[] {
  const places = scanText(text);
  for (const { start, end } of findBase64Runs(text)) {
    const rule = insideBase64(text, start, end);
    if (rule !== null) places.push({ start, end, ...rule });
  }
  return places;
}

function scanBorder(index: number, before: string, after: string): Finding[] {
  const head = before.slice(-BORDER_CHARS);
  const places = scanDecoded(head + after.slice(0, BORDER_CHARS));
  const from = before.length - head.length;
  return places.flatMap(({ start, end, rule, kind }) =>
    start < head.length && end > head.length
      ? [
          { text: index, start: from + start, end: before.length, rule, kind },
          { text: index + 1, start: 0, end: end - head.length, rule, kind },
        ]
      : [],
  );
}

interface Kind {
  rule: string;
  kind: FindingKind;
}

/** The weightiest thing that a run of base64 holds. The run may begin with characters that are no part of it (`key/…`). */
function insideBase64(text: string, start: number, end: number): Kind | null {
  const run = text.slice(start, end).replace(/[\s]+/g, '');
  for (const from of offsetsOf(run)) {
    const whole = from === 0 ? run : run.slice(from);
    if (!mayHoldText(Buffer.from(whole.slice(0, PEEK_CHARS), 'base64'))) continue;
    const kinds = kindsWithin(Buffer.from(whole, 'base64'), false);
    if (kinds !== null) return kinds.sort((a, b) => WEIGHT[a.kind] - WEIGHT[b.kind])[0] ?? null;
  }
  return run.length >= OPAQUE_CHARS ? { rule: 'encoded-data', kind: 'opaque' } : null;
}

/** So much of a run is decoded to see whether it could be text at all. */
const PEEK_CHARS = 96;

const WEIGHT: Record<FindingKind, number> = { secret: 0, identifier: 1, opaque: 2, contact: 3 };

/** Where decoding may start: base64 is read in fours, and a word or a path may stand right before it. */
function offsetsOf(run: string): number[] {
  const slash = /[/_+-]/.exec(run.slice(0, 64))?.index ?? -1;
  return [0, 1, 2, 3, ...(slash > 0 ? [slash + 1] : [])];
}

/** A cheap look at the beginning: text in UTF-8 or UTF-16, or something packed. */
function mayHoldText(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false;
  if (isPacked(bytes) || hasMark(bytes)) return true;
  let odd = 0;
  let high = 0;
  for (const byte of bytes) {
    if (byte > 127) high += 1;
    else if (byte !== 9 && byte !== 10 && byte !== 13 && (byte < 32 || byte === 127)) odd += 1;
  }
  if (odd > 0) return looksUtf16(bytes) !== null;
  // The look may end within a character.
  return high === 0 || [0, 1, 2, 3].some((cut) => isUtf8(bytes.subarray(0, bytes.length - cut)));
}

/** What bytes hold, by rule; `null` when they cannot be looked into. `deep`: base64 in them is still to be decoded. */
function kindsWithin(bytes: Uint8Array, deep: boolean): Kind[] | null {
  const parts = isPacked(bytes) ? unpack(bytes) : [bytes];
  if (parts === null) return null;
  const kinds: Kind[] = [];
  for (const part of parts) {
    const text = textOf(part);
    // Pictures and fonts inside a document are no text; of anything else it is not known what it is.
    if (text === null && isMedia(part)) continue;
    if (text === null || text.length > SCAN_CAPS.chars) return null;
    for (const { rule, kind } of deep ? scanDecoded(text) : scanText(text)) kinds.push({ rule, kind });
    const plain = isMarkup(text) ? plainOf(text) : null;
    if (plain !== null) for (const { rule, kind } of scanText(plain)) kinds.push({ rule, kind });
  }
  return kinds;
}

/** XML of office formats splits words between its marks. */
function isMarkup(text: string): boolean {
  return /^\s{0,100}<\?xml|^\s{0,100}<!doctype|^\s{0,100}<html/i.test(text.slice(0, 400));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#39;': "'",
  '&#34;': '"',
};

function plainOf(markup: string): string {
  return markup.replace(/<[^<>]{0,2000}>/g, '').replace(/&(?:amp|lt|gt|quot|apos|#39|#34);/g, (entity) => ENTITIES[entity] ?? entity);
}

const MEDIA: readonly (readonly number[])[] = [
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
  [0x47, 0x49, 0x46, 0x38],
];

/** PNG, JPEG, GIF within a document. Alone they are not sent as text in any case. */
function isMedia(bytes: Uint8Array): boolean {
  return MEDIA.some((magic) => magic.every((byte, at) => bytes[at] === byte));
}

/** UTF-8, or UTF-16 with or without its mark; `null` for what is no text. */
export function textOf(bytes: Uint8Array): string | null {
  const charset = charsetOf(bytes);
  try {
    if (charset === null && !isUtf8(bytes)) return null;
    const text = new TextDecoder(charset ?? 'utf-8', { fatal: true }).decode(bytes);
    return /[\0\x01-\x06\x0e-\x1a]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

function charsetOf(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return looksUtf16(bytes);
}

function hasMark(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/** Mostly Latin text in UTF-16 has a zero in every other place. */
function looksUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const end = Math.min(bytes.length & ~1, 512);
  if (end < 8) return null;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < end; at += 2) {
    if (bytes[at] === 0) even += 1;
    if (bytes[at + 1] === 0) odd += 1;
  }
  if (odd > end / 4 && even === 0) return 'utf-16le';
  return even > end / 4 && odd === 0 ? 'utf-16be' : null;
}
