// File names made from titles, and names shown to people. Titles come from pages and models: hostile until proven plain.

/** Whatever follows the first dot, as Windows reads it. */
const WINDOWS_RESERVED = /^\s*(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:[.:]|$)/i;
/** Control, format, private and unassigned characters, and letters that no font draws. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\u115F\u1160\u2800\u3164\uFFA0]|\u034F|\u17B4|\u17B5/gu;
/** The last stands for what was no character: a name with it is taken for one that is no text. */
const FORBIDDEN = /[<>:"/\\|?*\uFFFD]/g;

/** Longest name we make, extension included, in UTF-8 bytes; most file systems stop at 255. */
export const MAX_NAME_BYTES = 120;

/**
 * A file name from any title: no separators, control, bidi or zero-width characters, no reserved Windows name, no
 * leading dot, no trailing dot or space, in NFC, at most `MAX_NAME_BYTES` bytes. `extension` includes its dot.
 * A title with nothing usable gives `fallback`.
 */
export function safeFileName(title: string, extension: string, fallback = 'Untitled'): string {
  let name = title.replace(/\s+/gu, ' ').replace(INVISIBLE, '').normalize('NFC').replace(FORBIDDEN, '-');
  name = name.replace(/-{2,}/g, '-').replace(/^[\s.-]+|[\s.-]+$/gu, '');
  if (isDeviceName(name)) name = name.replace(/^([^.]*?)\s*(\..*)?$/su, '$1_$2 page');
  name = cutBytes(name, MAX_NAME_BYTES - utf8Length(extension)).replace(/[\s.]+$/u, '');
  return (name === '' ? fallback : name) + extension;
}

/** Whether Windows would take this name for one of its devices, whatever extension it has: `NUL`, `con.txt`, `COM1 .md`. */
export function isDeviceName(name: string): boolean {
  return WINDOWS_RESERVED.test(name);
}

/** The n-th name to try when the wish is taken: `a.md`, `a (2).md`, `a (3).md`. */
export function nextName(name: string, attempt: number): string {
  if (attempt <= 1) return name;
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  return `${stem} (${attempt})${extension}`;
}

/** A name as a person may safely read it: control, bidi and zero-width characters become visible `‹U+202E›`. */
export function escapeForDisplay(name: string): string {
  return name.replace(INVISIBLE, (char) => `‹U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`);
}

/** A path that was escaped, cut to its end, which says what it is: nobody says yes to a file whose name they are not shown. */
export function endOfPath(shown: string, maxChars: number): string {
  return shown.length <= maxChars ? shown : `…${shown.slice(1 - maxChars)}`;
}

/** A name within a sentence of ours: cut to its end, and without the quotes that it stands in, so that nothing of it passes for our words. */
export function quotedName(name: string, maxChars: number): string {
  return `“${endOfPath(escapeForDisplay(name).replace(/[“”„‟]/g, '"'), maxChars)}”`;
}

/** A line of a text in the same way; tabs stay what they are, because every editor shows them. */
export function escapeLine(line: string): string {
  return line.split('\t').map(escapeForDisplay).join('\t');
}

/** Length in UTF-8 bytes, without a platform's encoder; a lone surrogate counts as the 3 bytes of its replacement. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function cutBytes(text: string, max: number): string {
  let bytes = 0;
  let end = 0;
  for (const char of text) {
    bytes += utf8Length(char);
    if (bytes > max) break;
    end += char.length;
  }
  return text.slice(0, end);
}
