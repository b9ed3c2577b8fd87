// Kinds of files that the web serves: the ending that people know, the media types that servers say, and how such a file
// begins. Only as much as a good name needs; what a file really is, nobody knows before opening it.

export interface FileKind {
  ending: string;
  /** Other endings that mean the same. */
  also?: readonly string[];
  types: readonly string[];
  isImage?: true;
  starts?(start: Buffer): boolean;
}

const at = (offset: number, text: string) => (start: Buffer) => start.subarray(offset, offset + text.length).toString('latin1') === text;
const riff = (what: string) => (start: Buffer) => at(0, 'RIFF')(start) && at(8, what)(start);
const brand = (pattern: RegExp) => (start: Buffer) => at(4, 'ftyp')(start) && pattern.test(start.subarray(8, 12).toString('latin1'));
const markup = (pattern: RegExp) => (start: Buffer) => pattern.test(pastComments(start.toString('utf8')));

/**
 * Where a page or a drawing begins: past its declaration and comments. Step by step, because a pattern with comments in it
 * tries every way to take them for fewer, and whoever serves the file chooses how many there are.
 */
function pastComments(start: string): string {
  let rest = start.replace(/^\ufeff/, '').trimStart();
  if (/^<\?xml/i.test(rest)) rest = rest.slice(rest.indexOf('>') + 1 || rest.length).trimStart();
  while (rest.startsWith('<!--')) {
    const end = rest.indexOf('-->', 4);
    if (end < 0) return '';
    rest = rest.slice(end + 3).trimStart();
  }
  return rest;
}

export const FILE_KINDS: readonly FileKind[] = [
  { ending: '.png', types: ['image/png', 'image/apng'], isImage: true, starts: at(0, '\x89PNG\r\n\x1a\n') },
  { ending: '.jpg', also: ['.jpeg', '.jpe', '.jfif'], types: ['image/jpeg', 'image/jpg'], isImage: true, starts: at(0, '\xff\xd8\xff') },
  { ending: '.gif', types: ['image/gif'], isImage: true, starts: at(0, 'GIF8') },
  { ending: '.webp', types: ['image/webp'], isImage: true, starts: riff('WEBP') },
  { ending: '.avif', types: ['image/avif'], isImage: true, starts: brand(/^avi[fs]/) },
  { ending: '.heic', also: ['.heif'], types: ['image/heic', 'image/heif'], isImage: true, starts: brand(/^(hei[cx]|mif1)/) },
  { ending: '.bmp', types: ['image/bmp'], isImage: true, starts: at(0, 'BM') },
  { ending: '.ico', types: ['image/x-icon', 'image/vnd.microsoft.icon'], isImage: true, starts: at(0, '\0\0\x01\0') },
  {
    ending: '.tif',
    also: ['.tiff'],
    types: ['image/tiff'],
    isImage: true,
    starts: (start) => at(0, 'II*\0')(start) || at(0, 'MM\0*')(start),
  },
  {
    ending: '.svg',
    types: ['image/svg+xml'],
    isImage: true,
    starts: markup(/^(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i),
  },
  { ending: '.pdf', types: ['application/pdf'], starts: at(0, '%PDF-') },
  {
    ending: '.html',
    also: ['.htm', '.xhtml'],
    types: ['text/html', 'application/xhtml+xml'],
    starts: markup(/^<(!doctype html|html)[\s>]/i),
  },
  { ending: '.zip', types: ['application/zip', 'application/x-zip-compressed'], starts: at(0, 'PK\x03\x04') },
  { ending: '.gz', also: ['.tgz'], types: ['application/gzip', 'application/x-gzip'], starts: at(0, '\x1f\x8b') },
  { ending: '.7z', types: ['application/x-7z-compressed'], starts: at(0, '7z\xbc\xaf\x27\x1c') },
  { ending: '.mp4', also: ['.m4v'], types: ['video/mp4'], starts: brand(/^(isom|iso2|mp4|avc1|M4V)/) },
  { ending: '.m4a', types: ['audio/mp4'], starts: brand(/^M4A/) },
  { ending: '.mp3', types: ['audio/mpeg', 'audio/mp3'], starts: at(0, 'ID3') },
  { ending: '.ogg', also: ['.oga', '.ogv', '.opus'], types: ['audio/ogg', 'video/ogg'], starts: at(0, 'OggS') },
  { ending: '.wav', types: ['audio/wav', 'audio/x-wav'], starts: riff('WAVE') },
  { ending: '.webm', also: ['.mkv'], types: ['video/webm'], starts: at(0, '\x1a\x45\xdf\xa3') },
  { ending: '.docx', types: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'] },
  { ending: '.xlsx', types: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'] },
  { ending: '.pptx', types: ['application/vnd.openxmlformats-officedocument.presentationml.presentation'] },
  { ending: '.odt', types: ['application/vnd.oasis.opendocument.text'] },
  { ending: '.ods', types: ['application/vnd.oasis.opendocument.spreadsheet'] },
  { ending: '.epub', types: ['application/epub+zip'] },
  { ending: '.json', types: ['application/json'] },
  { ending: '.xml', types: ['application/xml', 'text/xml'] },
  { ending: '.csv', types: ['text/csv'] },
  { ending: '.md', types: ['text/markdown'] },
  { ending: '.ics', types: ['text/calendar'] },
  { ending: '.txt', also: ['.text', '.log'], types: ['text/plain'] },
];

/** By what it begins with, which a server cannot get wrong. */
export function kindOfStart(start: Buffer): FileKind | null {
  return FILE_KINDS.find((kind) => kind.starts?.(start) === true) ?? null;
}

/** By what the server says: `text/html; charset=utf-8`. */
export function kindOfType(type: string): FileKind | null {
  const plain = type.split(';')[0]?.trim().toLowerCase() ?? '';
  return FILE_KINDS.find((kind) => kind.types.includes(plain)) ?? null;
}

export function kindOfEnding(ending: string): FileKind | null {
  const plain = ending.toLowerCase();
  return FILE_KINDS.find((kind) => kind.ending === plain || kind.also?.includes(plain) === true) ?? null;
}
