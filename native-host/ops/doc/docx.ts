// The text of a Word document (ECMA-376, part 1, 17): its paragraphs, with headings as Markdown writes them. What was deleted
// and only kept as a change, codes of fields, and the second copy of what older programs cannot draw are not its text.
import { plainOf } from '../../gate/scan/as-text.ts';
import { roomFor, UNPACK_CAPS } from '../../gate/scan/unpack.ts';
import { isZip, unzipEntries } from '../../gate/scan/unzip.ts';

const BODY = 'word/document.xml';
/** Footnotes and endnotes come after it. */
const NOTES = ['word/footnotes.xml', 'word/endnotes.xml'];
const LEFT_OUT = ['w:del', 'w:moveFrom', 'w:instrText', 'w:delText', 'mc:Fallback'];
/** Style ids are in the language of the program that wrote them. */
const HEADING = /<w:pStyle\s+w:val="(?:heading|berschrift|titre|ttulo|titolo|kop|rubrik)(\d)"\s*\/>/gi;
const TITLE = /<w:pStyle\s+w:val="(?:title|titel)"\s*\/>/gi;
const GAP = /<w:p?tab\s*\/>/g;
const HYPHEN = /<w:noBreakHyphen\s*\/>/g;

/** `null` for what is no such document, is damaged or above the caps of what is unpacked. */
export function textOfDocx(bytes: Uint8Array, maxChars: number): string | null {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isZip(zip)) return null;
  const entries = unzipEntries(zip, roomFor(zip.length), UNPACK_CAPS.entries);
  const body = entries?.find(({ name }) => name === BODY);
  if (entries === null || body === undefined) return null;
  const notes = NOTES.flatMap((note) => entries.find(({ name }) => name === note) ?? []);
  let text = '';
  for (const part of [body, ...notes]) {
    if (text.length > maxChars) break;
    text += `${textOfPart(new TextDecoder().decode(part.body))}\n\n`;
  }
  return text.trim();
}

function textOfPart(xml: string): string {
  const kept = LEFT_OUT.reduce(withoutElement, xml)
    .replace(HEADING, (_, level: string) => `${'#'.repeat(Math.min(6, Math.max(1, Number(level))))} `)
    .replace(TITLE, '# ')
    .replace(GAP, ' ')
    .replace(HYPHEN, '-');
  return plainOf(kept)
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Without an element and all in it. Goes forward only: what is not closed ends the text, and takes no second look. */
function withoutElement(xml: string, name: string): string {
  const open = new RegExp(`<${name}(?:\\s[^<>]*)?(/?)>`, 'g');
  const close = `</${name}>`;
  let kept = '';
  let at = 0;
  for (let match = open.exec(xml); match !== null; match = open.exec(xml)) {
    kept += xml.slice(at, match.index);
    at = open.lastIndex;
    if (match[1] === '/') continue;
    const end = xml.indexOf(close, at);
    if (end < 0) return kept;
    at = end + close.length;
    open.lastIndex = at;
  }
  return kept + xml.slice(at);
}
