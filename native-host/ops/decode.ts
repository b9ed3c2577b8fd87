// Bytes to text: byte order mark first, then what the document says of itself, then UTF-8, and for old files that are not
// UTF-8 the Western European code page. What is not text at all gives `null`.
import { isAscii } from 'node:buffer';

/** How far a file is looked into to tell text from anything else. */
const SNIFF_BYTES = 8_192;
/** Control characters that hardly stand in text. */
const CONTROLS = /[\x01-\x08\x0e-\x1a\x1c-\x1f]/;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The text of these bytes without its byte order mark, or `null` when they are not text. `declared` is a charset's name. */
export function decodeText(bytes: Uint8Array, declared?: string): string | null {
  const mark = markOf(bytes);
  if (mark !== null) return decodeAs(mark, bytes);
  if (bytes.includes(0)) return null;
  const utf8 = decodeAs('utf-8', bytes);
  if ((utf8 === null || CONTROLS.test(utf8)) && hasManyControls(bytes)) return null;
  if (utf8 !== null) return declared === undefined || isUtf8Like(declared) ? utf8 : (decodeAs(declared, bytes) ?? utf8);
  return (declared !== undefined && !isUtf8Like(declared) ? decodeAs(declared, bytes) : null) ?? decodeAs('windows-1252', bytes);
}

function markOf(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return null;
}

/** NUL, or more than a few control characters, never stands in text. */
function hasManyControls(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, SNIFF_BYTES);
  let controls = 0;
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls += 1;
  }
  return controls > end / 100;
}

/** UTF-16 without a mark would have shown as binary, so a document that says so in ASCII is lying: browsers take UTF-8. */
function isUtf8Like(charset: string): boolean {
  return /^(utf-?8|utf-?16.*|unicode.*|us-ascii|ascii)$/i.test(charset.trim());
}

function decodeAs(charset: string, bytes: Uint8Array): string | null {
  try {
    if (charset !== 'utf-8') return new TextDecoder(charset, { fatal: true }).decode(bytes);
    return isAscii(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1') : UTF8.decode(bytes);
  } catch {
    return null;
  }
}
