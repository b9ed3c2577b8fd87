// Bytes as the text that a reader makes of them: UTF-8, UTF-16 with or without its mark, and the Western European code page
// of old files. And what marks hide in XML and HTML.
import { isUtf8 } from 'node:buffer';

/** Of a text in the old code page, so many bytes of a hundred may be beyond ASCII. */
const MAX_HIGH_PERCENT = 30;
/** Control characters that stand in no text. */
const CONTROLS = /[\0\x01-\x06\x0e-\x1a]/;

/** `null` for what is no text. */
export function textOf(bytes: Uint8Array): string | null {
  const charset = charsetOf(bytes);
  try {
    if (charset === null && !isUtf8(bytes)) return westernOf(bytes);
    const text = new TextDecoder(charset ?? 'utf-8', { fatal: true }).decode(bytes);
    return CONTROLS.test(text) ? null : text;
  } catch {
    return null;
  }
}

function westernOf(bytes: Uint8Array): string | null {
  let high = 0;
  for (const byte of bytes) if (byte > 127) high += 1;
  if (high * 100 > bytes.length * MAX_HIGH_PERCENT) return null;
  const text = new TextDecoder('windows-1252').decode(bytes);
  return CONTROLS.test(text) || text.includes('\x7f') ? null : text;
}

/** A cheap look at the beginning of something decoded: whether it could be text. */
export function mayBeText(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false;
  if (markOf(bytes) !== null) return true;
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

function charsetOf(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  return markOf(bytes) ?? looksUtf16(bytes);
}

function markOf(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
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

/** Whether this is XML or HTML. */
export function isMarkup(text: string): boolean {
  return /^\s{0,100}<\?xml|^\s{0,100}<!doctype|^\s{0,100}<html/i.test(text.slice(0, 400));
}

/** Marks that end a line: paragraphs, cells and breaks of the office formats and of HTML. */
const ENDS_LINE =
  /^<\/?(?:[A-Za-z]{1,12}:)?(?:p|br|tab|line-break|si|row|c|v|tr|td|th|li|div|h\d|table-cell|comment|pre|dt|dd|title)[\s/>]/i;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/** The words of XML or HTML, put together where marks split them. */
export function plainOf(markup: string): string {
  return markup
    .replace(/<[^<>]{0,2000}>/g, (mark) => (ENDS_LINE.test(mark) ? '\n' : ''))
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi, (entity, decimal, hex, name) => {
      if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? entity;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
    });
}
