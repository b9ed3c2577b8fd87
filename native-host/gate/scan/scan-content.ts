// What is scanned is what a reader could make of it: a text as it stands and the base64 in it; bytes as text (as-text.ts),
// as what an archive or an office document holds (unpack.ts), as a PDF (pdf.ts), or as a picture or sound with words in it
// (media.ts). One level of each. What is found within something packed or encoded is a finding on the whole of it. What
// nobody can look into is not inspected, and so never sent.
import type { Finding, FindingKind, Scan } from '../../../shared/gate/findings.ts';
import { isMarkup, mayBeText, plainOf, textOf } from './as-text.ts';
import { findBase64Runs } from './base64-runs.ts';
import { isMedia, wordsOfMedia } from './media.ts';
import { isPdf, textsOfPdf } from './pdf.ts';
import type { Place } from './personal-rules.ts';
import { scanText } from './scan-text.ts';
import { unitsOf } from './units.ts';
import { isPacked, unpack } from './unpack.ts';

/** Content above these is not inspected. */
export const SCAN_CAPS = { chars: 32 * 1024 * 1024, findings: 200_000 } as const;
/** Encoded data that is no text: shorter runs are hashes, ids and signatures, which tell nothing. */
const OPAQUE_CHARS = 512;
/** How much of two neighbouring texts is looked at together, for what stands across their border or because of it. */
const BORDER_CHARS = 2_048;

/** Scans the texts of one release, each alone and across their borders. */
export function scanTexts(texts: readonly string[]): Scan {
  const chars = texts.reduce((sum, text) => sum + text.length, 0);
  if (chars > SCAN_CAPS.chars) return uninspected(`it is longer than the ${SCAN_CAPS.chars} characters that are looked through`);
  const findings: Finding[] = [];
  const add = addingOnce(findings);
  for (const [index, text] of texts.entries()) {
    for (const place of scanDecoded(text)) add({ text: index, ...place });
    const next = texts[index + 1];
    if (next !== undefined) for (const finding of scanBorder(index, text, next)) add(finding);
    if (findings.length > SCAN_CAPS.findings) return uninspected('it holds more secrets or personal data than can be told apart');
  }
  return { findings, inspected: true };
}

/** Adds what is not there by place and rule: two rows of one rule may see the same, and so may the look across a border. */
function addingOnce(findings: Finding[]): (finding: Finding) => void {
  const byStart: Map<number, Finding[]>[] = [];
  return (finding) => {
    byStart[finding.text] ??= new Map();
    const starts = byStart[finding.text] as Map<number, Finding[]>;
    const there = starts.get(finding.start);
    if (there?.some(({ end, rule }) => end === finding.end && rule === finding.rule)) return;
    if (there === undefined) starts.set(finding.start, [finding]);
    else there.push(finding);
    findings.push(finding);
  };
}

/** Scans a whole file or message. Findings name no place within bytes: they cover all of it. */
export async function scanBytes(bytes: Uint8Array): Promise<Scan> {
  const kinds = await kindsOfFile(bytes);
  if (kinds === null) return uninspected('it is not text, nor anything that Headgate can look into');
  return { inspected: true, findings: kinds.map(({ rule, kind }) => ({ text: 0, start: 0, end: bytes.length, rule, kind })) };
}

/** Whether these bytes need the thread whatever their size. */
export function isSlowToScan(bytes: Uint8Array): boolean {
  return isPdf(bytes) || isPacked(bytes);
}

function uninspected(problem: string): Scan {
  return { findings: [], inspected: false, problem };
}

/** A text as it stands, and what its base64 holds. */
function scanDecoded(text: string): Place[] {
  const units = unitsOf(text);
  const places = scanText(text, units);
  for (const { start, end } of findBase64Runs(text, units)) {
    const rule = insideBase64(text, start, end);
    if (rule !== null) places.push({ start, end, ...rule });
  }
  return places;
}

/** What stands across the border, and what is a secret only by the words on its other side: `password: ` | `…`. */
function scanBorder(index: number, before: string, after: string): Finding[] {
  const head = before.slice(-BORDER_CHARS);
  const from = before.length - head.length;
  return scanDecoded(head + after.slice(0, BORDER_CHARS)).flatMap(({ start, end, rule, kind }) => {
    if (end <= head.length) return [];
    const rest: Finding = { text: index + 1, start: Math.max(0, start - head.length), end: end - head.length, rule, kind };
    return start < head.length ? [{ text: index, start: from + start, end: before.length, rule, kind }, rest] : [rest];
  });
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
    const peek = Buffer.from(whole.slice(0, PEEK_CHARS), 'base64');
    if (!isPacked(peek) && !mayBeText(peek)) continue;
    const kinds = kindsEncoded(Buffer.from(whole, 'base64'));
    if (kinds !== null) return weightiest(kinds);
  }
  return run.length >= OPAQUE_CHARS ? { rule: 'encoded-data', kind: 'opaque' } : null;
}

function weightiest(kinds: Kind[]): Kind | null {
  const [first] = kinds.sort((a, b) => WEIGHT[a.kind] - WEIGHT[b.kind]);
  return first === undefined ? null : { rule: first.rule, kind: first.kind };
}

/** So much of a run is decoded to see whether it could be text at all. */
const PEEK_CHARS = 96;

const WEIGHT: Record<FindingKind, number> = { secret: 0, identifier: 1, opaque: 2, contact: 3 };

/** Where decoding may start: base64 is read in fours, and a word or a path may stand right before it. */
function offsetsOf(run: string): number[] {
  const slash = /[/_+-]/.exec(run.slice(0, 64))?.index ?? -1;
  return [0, 1, 2, 3, ...(slash > 0 ? [slash + 1] : [])];
}

/** What a file holds, by rule; `null` when it cannot be looked into. */
async function kindsOfFile(bytes: Uint8Array): Promise<Kind[] | null> {
  const kinds: Kind[] = [];
  for (const part of (isPacked(bytes) ? unpack(bytes) : [bytes]) ?? [UNREADABLE]) {
    const found = isPdf(part) ? await kindsOfPdf(part) : kindsOfPart(part, true);
    if (found === null) return null;
    kinds.push(...found);
  }
  return kinds;
}

/** What encoded bytes hold: packed in them, but not encoded once more. */
function kindsEncoded(bytes: Uint8Array): Kind[] | null {
  const parts = (isPacked(bytes) ? unpack(bytes) : [bytes])?.map((part) => kindsOfPart(part, false));
  return parts === undefined || parts.includes(null) ? null : parts.flatMap((kinds) => kinds ?? []);
}

const UNREADABLE = Buffer.from([0]);

/** `deep`: base64 in it is still to be decoded. */
function kindsOfPart(part: Uint8Array, deep: boolean): Kind[] | null {
  if (isMedia(part)) return scanText(wordsOfMedia(part));
  const text = textOf(part);
  if (text === null || text.length > SCAN_CAPS.chars) return null;
  const plain = isMarkup(text) ? plainOf(text) : null;
  return [...(deep ? scanDecoded(text) : scanText(text)), ...(plain === null ? [] : scanText(plain))];
}

async function kindsOfPdf(bytes: Uint8Array): Promise<Kind[] | null> {
  const content = await textsOfPdf(bytes);
  if (content === null) return null;
  const attached = content.attached.map((part) => kindsOfPart(part, true));
  if (attached.includes(null)) return null;
  return [
    ...content.texts.flatMap((text) => scanDecoded(text)),
    // Numbers of two cells put together would make new ones.
    ...scanText(content.joined).filter(({ kind }) => kind === 'secret'),
    ...attached.flatMap((kinds) => kinds ?? []),
  ];
}
