// Writes PDF files as programs write them: text in compressed streams, in one piece or kerned piece by piece, as letters or
// as glyph numbers with a table beside them, objects in the open or packed in streams (ISO 32000-1, 7.5 and 9.4).
import { deflateSync } from 'node:zlib';

export type PdfKind = 'plain' | 'kerned' | 'glyphs';

const LINES_ON_PAGE = 50;
const COLUMNS = 88;

/** A document of `text`, lines wrapped at the page's width. */
export function makePdf(text: string, kind: PdfKind): Buffer {
  const lines = text.split('\n').flatMap(wrapLine);
  const pages = Array.from({ length: Math.ceil(lines.length / LINES_ON_PAGE) }, (_, page) =>
    lines.slice(page * LINES_ON_PAGE, (page + 1) * LINES_ON_PAGE),
  );
  const objects: PdfObject[] = [];
  const add = (body: string, stream?: Buffer): number => objects.push(stream === undefined ? { body } : { body, stream });
  const tree = objects.length + 1 + pages.length * 2 + (kind === 'glyphs' ? 4 : 1);
  const font =
    kind === 'glyphs'
      ? addGlyphFont(add, text)
      : { number: add('<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>'), glyphs: null };
  const kids = pages.map((page) => {
    const content = add('', Buffer.from(contentOf(page, kind, font.glyphs), 'latin1'));
    return add(
      `<</Type/Page/Parent ${tree} 0 R/MediaBox[0 0 612 792]/Contents ${content} 0 R/Resources<</Font<</F1 ${font.number} 0 R>>>>>>`,
    );
  });
  add(`<</Type/Pages/Count ${kids.length}/Kids[${kids.map((kid) => `${kid} 0 R`).join(' ')}]>>`);
  const root = add(`<</Type/Catalog/Pages ${tree} 0 R>>`);
  return kind === 'glyphs' ? packed(objects, root) : plain(objects, root);
}

interface PdfObject {
  body: string;
  stream?: Buffer;
}

function wrapLine(line: string): string[] {
  return line.length <= COLUMNS ? [line] : [line.slice(0, COLUMNS), ...wrapLine(line.slice(COLUMNS))];
}

type Glyphs = ReadonlyMap<string, number>;

function contentOf(lines: readonly string[], kind: PdfKind, glyphs: Glyphs | null): string {
  const shown = lines.map((line, index) => {
    if (glyphs !== null) return `<${[...line].map((char) => (glyphs.get(char) ?? 0).toString(16).padStart(4, '0')).join('')}> Tj T*`;
    if (kind === 'plain') return `(${escaped(line)}) Tj T*`;
    // Between pairs of letters, as a typesetter does it; every line a little differently.
    const pieces = line.match(new RegExp(`.{1,${2 + (index % 5)}}`, 'gsu')) ?? [];
    return `[${pieces.map((piece, at) => `(${escaped(piece)})${at % 2 === 0 ? -18 : 24}`).join('')}] TJ T*`;
  });
  return `BT /F1 10 Tf 14 TL 40 750 Td\n${shown.join('\n')}\nET`;
}

/** In WinAnsi, with what has a meaning in a string escaped. */
function escaped(text: string): string {
  return text.replace(/[\\()]/g, '\\$&').replace(/[^\x20-\xff]/g, '?');
}

/** A font whose characters are numbers that mean something only by its own table, as in subsets. */
function addGlyphFont(add: (body: string, stream?: Buffer) => number, text: string): { number: number; glyphs: Glyphs } {
  const glyphs = new Map([...new Set(text)].map((char, index) => [char, index + 3]));
  const rows = [...glyphs].map(
    ([char, glyph]) => `<${glyph.toString(16).padStart(4, '0')}> <${Buffer.from(char, 'utf16le').swap16().toString('hex')}>`,
  );
  const blocks = Array.from({ length: Math.ceil(rows.length / 100) }, (_, at) => rows.slice(at * 100, at * 100 + 100));
  const table = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def
1 begincodespacerange <0000> <ffff> endcodespacerange
${blocks.map((block) => `${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`).join('\n')}
endcmap CMapName currentdict /CMap defineresource pop end end`;
  const toUnicode = add('', Buffer.from(table));
  const descriptor = add(
    '<</Type/FontDescriptor/FontName/AAAAAA+Weir/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900/Descent -200/CapHeight 700/StemV 80>>',
  );
  const descendant = add(
    `<</Type/Font/Subtype/CIDFontType2/BaseFont/AAAAAA+Weir/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500/CIDToGIDMap/Identity/FontDescriptor ${descriptor} 0 R>>`,
  );
  const number = add(
    `<</Type/Font/Subtype/Type0/BaseFont/AAAAAA+Weir/Encoding/Identity-H/DescendantFonts[${descendant} 0 R]/ToUnicode ${toUnicode} 0 R>>`,
  );
  return { number, glyphs };
}

const HEAD = Buffer.from('%PDF-1.5\n%\xe2\xe3\xcf\xd3\n', 'latin1');

function written(number: number, { body, stream }: PdfObject): Buffer {
  if (stream === undefined) return Buffer.from(`${number} 0 obj\n${body}\nendobj\n`);
  const data = deflateSync(stream);
  return Buffer.concat([
    Buffer.from(`${number} 0 obj\n<</Length ${data.length}/Filter/FlateDecode${body}>>\nstream\n`),
    data,
    Buffer.from('\nendstream\nendobj\n'),
  ]);
}

function plain(objects: readonly PdfObject[], root: number): Buffer {
  const parts: Buffer[] = [HEAD];
  let at = HEAD.length;
  const offsets = objects.map((object, index) => {
    const part = written(index + 1, object);
    parts.push(part);
    at += part.length;
    return at - part.length;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows.join('')}trailer\n<</Size ${objects.length + 1}/Root ${root} 0 R>>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

/** Objects that are no streams go into one object stream, and the table of all into another (7.5.7, 7.5.8). */
function packed(objects: readonly PdfObject[], root: number): Buffer {
  const parts: Buffer[] = [HEAD];
  let at = HEAD.length;
  const container = objects.length + 1;
  const table = objects.length + 2;
  const inside = objects.flatMap(({ body, stream }, index) => (stream === undefined ? [{ number: index + 1, body }] : []));
  let offset = 0;
  const index = inside.map(({ number, body }) => {
    offset += body.length + 1;
    return `${number} ${offset - body.length - 1}`;
  });
  const first = `${index.join(' ')}\n`;
  const places = new Map<number, Buffer>([[0, entry(0, 0, 65535 & 255)]]);
  for (const [position, { number }] of inside.entries()) places.set(number, entry(2, container, position));
  const put = (number: number, object: PdfObject) => {
    const part = written(number, object);
    places.set(number, entry(1, at, 0));
    parts.push(part);
    at += part.length;
  };
  for (const [position, object] of objects.entries()) if (object.stream !== undefined) put(position + 1, object);
  put(container, {
    body: `/Type/ObjStm/N ${inside.length}/First ${first.length}`,
    stream: Buffer.from(first + inside.map(({ body }) => `${body}\n`).join('')),
  });
  places.set(table, entry(1, at, 0));
  const rows = Array.from({ length: table + 1 }, (_, number) => places.get(number) ?? entry(0, 0, 0));
  parts.push(
    written(table, { body: `/Type/XRef/W[1 4 1]/Size ${table + 1}/Root ${root} 0 R`, stream: Buffer.concat(rows) }),
    Buffer.from(`startxref\n${at}\n%%EOF\n`),
  );
  return Buffer.concat(parts);
}

function entry(type: number, where: number, more: number): Buffer {
  const row = Buffer.alloc(6);
  row.writeUInt8(type, 0);
  row.writeUInt32BE(where, 1);
  row.writeUInt8(more, 5);
  return row;
}
