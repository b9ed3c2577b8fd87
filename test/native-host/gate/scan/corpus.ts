// Prose from a seed, and the archives and documents that hold it. The same seed gives the same text on every machine.
import { crc32, deflateRawSync } from 'node:zlib';

/** Mulberry32: small, and good enough to make up text. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const WORDS =
  'the river gate water level channel weir mill stone bank reed willow barge lock tide keeper opens before noon and measures what goes through it every day of spring'.split(
    ' ',
  );

export function makeProse(random: () => number, words: number): string {
  let text = '';
  for (let at = 0; at < words; at += 1) text += `${WORDS[Math.floor(random() * WORDS.length)]}${at % 12 === 11 ? '.\n' : ' '}`;
  return text;
}

/** A Word document, its text cut into runs of `runs` pieces a line. */
export function makeDocx(text: string, runs = 1): Buffer {
  const escapeXml = (part: string) => part.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const pieces = (line: string) =>
    Array.from({ length: runs }, (_, at) => line.slice(Math.floor((at * line.length) / runs), Math.floor(((at + 1) * line.length) / runs)));
  const paragraphs = text.split('\n').map(
    (line) =>
      `<w:p>${pieces(line)
        .map((piece) => `<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">${escapeXml(piece)}</w:t></w:r>`)
        .join('')}</w:p>\n`,
  );
  return makeZip({
    '[Content_Types].xml': '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    'word/document.xml': `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${paragraphs.join('')}</w:body></w:document>`,
  });
}

export function makeZip(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const body = Buffer.from(content);
    const packed = deflateRawSync(body);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc32(body), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(body.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), shared, rest, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(locals.length, 8);
  end.writeUInt16LE(locals.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
