// The ways in which a text reaches the gate: as it is, cut in two, encoded, packed, or in a document. Each is written here as
// other programs write it, from the formats' own descriptions.
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { makeZip } from '../../native-host/gate/scan/corpus.ts';
import type { Dice } from './families.ts';
import { makePdf } from './pdf.ts';

/** Texts of one release, or the bytes of one file. */
export type Carried = { texts: string[] } | { bytes: Buffer };

/** `from` and `to` say where in `text` the secret stands. */
export type Carrier = (text: string, from: number, to: number, dice: Dice) => Carried;

const base64 = (text: string | Buffer) => Buffer.from(text as string).toString('base64');
const bytesOf =
  (make: (text: string, dice: Dice) => Buffer): Carrier =>
  (text, _from, _to, dice) => ({ bytes: make(text, dice) });
const textOf =
  (make: (text: string) => string): Carrier =>
  (text) => ({ texts: [make(text)] });

export const CARRIERS: Readonly<Record<string, Carrier>> = {
  text: textOf((text) => text),
  'text file': bytesOf((text) => Buffer.from(text)),
  'cut in the secret': (text, from, to, dice) => cutAt(text, from + 1 + dice.below(to - from - 1)),
  'cut before the secret': (text, from) => cutAt(text, from),
  'a long text': textOf((text) => `${LONG}\n${text}\n${LONG}`),
  base64: textOf((text) => `payload: ${base64(text)}\n`),
  'wrapped base64': textOf(
    (text) => `Content-Transfer-Encoding: base64\r\n\r\n${base64(text).replace(/.{76}/g, '$&\r\n')}\r\n\r\n--end\r\n`,
  ),
  'URL-safe base64': textOf((text) => `https://weir.internal/in?state=${Buffer.from(text).toString('base64url')}&next=1`),
  'base64, cut': (text, _from, _to, dice) => {
    const whole = `{"data":"${base64(text)}"}`;
    return cutAt(whole, 9 + dice.below(whole.length - 12));
  },
  'base64 of gzip': textOf((text) => `H4: ${base64(gzipSync(text))}\n`),
  'UTF-16 LE': bytesOf((text) => Buffer.from(`\ufeff${text}`, 'utf16le')),
  'UTF-16 BE': bytesOf((text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()),
  'UTF-16 LE, no mark': bytesOf((text) => Buffer.from(text, 'utf16le')),
  'UTF-16 BE, no mark': bytesOf((text) => Buffer.from(text, 'utf16le').swap16()),
  'base64 of UTF-16': textOf((text) => `powershell -enc ${base64(Buffer.from(text, 'utf16le'))}`),
  gzip: bytesOf((text) => gzipSync(text)),
  zstd: bytesOf((text) => zstdCompressSync(text)),
  ZIP: bytesOf((text) => makeZip({ 'notes/read me.txt': 'Nothing here.\n', 'notes/b.txt': text })),
  tar: bytesOf((text) => makeTar({ 'notes/a.txt': 'Nothing here.\n', 'notes/b.txt': text })),
  'tar, gzipped': bytesOf((text) => gzipSync(makeTar({ 'a.txt': 'Nothing here.\n', 'b.txt': text }))),
  DOCX: bytesOf((text, dice) => makeDocx(text, dice)),
  XLSX: bytesOf(makeXlsx),
  ODT: bytesOf(makeOdt),
  PDF: bytesOf((text) => makePdf(text, 'plain')),
  'PDF, kerned': bytesOf((text) => makePdf(text, 'kerned')),
  'PDF, glyph numbers': bytesOf((text) => makePdf(text, 'glyphs')),
};

const LONG = 'The keeper opens the gate before noon, and measures what goes through it. '.repeat(1_500);

function cutAt(text: string, at: number): Carried {
  return { texts: [text.slice(0, at), text.slice(at)] };
}

/** POSIX ustar. */
function makeTar(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const body = Buffer.from(content);
    const head = Buffer.alloc(512);
    const octal = (value: number, at: number, width: number) => head.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
    head.write(name, 0, 'latin1');
    octal(0o644, 100, 8);
    octal(1000, 108, 8);
    octal(1000, 116, 8);
    octal(body.length, 124, 12);
    octal(1_700_000_000, 136, 12);
    head.write('        0', 148, 'latin1');
    head.write('ustar\x0000keeper\0', 257, 'latin1');
    octal(
      head.reduce((sum, byte) => sum + byte, 0),
      148,
      7,
    );
    return [head, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** As Word writes it: no line breaks between marks, and a run cut wherever it was edited or spell-checked. */
export function makeDocx(text: string, dice: Dice): Buffer {
  const paragraphs = text.split('\n').map((line) => {
    const runs: string[] = [];
    for (let at = 0; at < line.length; ) {
      const length = dice.below(3) === 0 ? 1 + dice.below(6) : 10 + dice.below(60);
      const id = `00${dice.chars('0123456789ABCDEF', 6)}`;
      runs.push(
        `<w:proofErr w:type="spellStart"/><w:r w:rsidR="${id}" w:rsidRPr="${id}"><w:rPr><w:lang w:val="de-DE"/></w:rPr><w:t xml:space="preserve">${xml(line.slice(at, at + length))}</w:t></w:r>`,
      );
      at += length;
    }
    return `<w:p w14:paraId="${dice.chars('0123456789ABCDEF', 8)}" w:rsidR="00A1B2C3">${runs.join('')}</w:p>`;
  });
  return makeZip({
    '[Content_Types].xml': `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    '_rels/.rels': `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>`,
    'word/document.xml': `${XML}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${paragraphs.join('')}<w:sectPr/></w:body></w:document>`,
    'word/media/image1.png': Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de', 'hex'),
  });
}

/** One cell a line, texts in the table of shared strings. */
function makeXlsx(text: string): Buffer {
  const lines = text.split('\n');
  return makeZip({
    '[Content_Types].xml': `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    'xl/sharedStrings.xml': `${XML}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="${lines.length}">${lines.map((line) => `<si><t>${xml(line)}</t></si>`).join('')}</sst>`,
    'xl/worksheets/sheet1.xml': `${XML}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${lines.map((_, row) => `<row r="${row + 1}"><c r="A${row + 1}" t="s"><v>${row}</v></c></row>`).join('')}</sheetData></worksheet>`,
  });
}

function makeOdt(text: string, dice: Dice): Buffer {
  const paragraphs = text.split('\n').map((line) => {
    const cut = dice.below(line.length + 1);
    return `<text:p text:style-name="P1">${xml(line.slice(0, cut))}<text:span text:style-name="T1">${xml(line.slice(cut))}</text:span></text:p>`;
  });
  return makeZip({
    mimetype: 'application/vnd.oasis.opendocument.text',
    'content.xml': `<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>${paragraphs.join('')}</office:text></office:body></office:document-content>`,
  });
}
