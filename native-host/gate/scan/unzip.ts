// The entries of a ZIP archive (APPNOTE.TXT 4.3), by its central directory. What lies outside of it is in no entry, and then
// the archive counts as one that cannot be looked into.
import { crc32, inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = Buffer.from([0x50, 0x4b, 5, 6]);
const END_BYTES = 22;
const IN_DIRECTORY = 0x02014b50;
const IN_DIRECTORY_BYTES = 46;
const LOCAL_FILE = 0x04034b50;
const LOCAL_FILE_BYTES = 30;
/** An entry whose sizes were not known before may have a descriptor after it. */
const DESCRIPTOR_BYTES = 24;

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));
}

export interface ZipEntry {
  name: string;
  /** Its name, and whatever is said of it beside. */
  about: Uint8Array;
  body: Uint8Array;
}

/** Names and contents, `room` bytes at most. Names and the comment count as content: they are text as well. */
export function unzip(zip: Buffer, room: number, maxEntries: number): Uint8Array[] | null {
  const entries = unzipEntries(zip, room, maxEntries);
  if (entries === null) return null;
  return [zip.subarray(zip.lastIndexOf(END_OF_DIRECTORY) + END_BYTES), ...entries.flatMap(({ about, body }) => [about, body])];
}

/** The entries in their order. */
export function unzipEntries(zip: Buffer, room: number, maxEntries: number): ZipEntry[] | null {
  const end = zip.lastIndexOf(END_OF_DIRECTORY);
  if (end < 0) return null;
  const count = zip.readUInt16LE(end + 10);
  if (count > maxEntries) return null;
  const entries: ZipEntry[] = [];
  let left = room;
  let covered = zip.length - end;
  let at = zip.readUInt32LE(end + 16);
  for (let entry = 0; entry < count; entry += 1) {
    if (zip.readUInt32LE(at) !== IN_DIRECTORY) return null;
    const flags = zip.readUInt16LE(at + 8);
    const method = zip.readUInt16LE(at + 10);
    const checksum = zip.readUInt32LE(at + 16);
    const packed = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const moreLength = zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    const local = zip.readUInt32LE(at + 42);
    if ((flags & 1) !== 0 || zip.readUInt32LE(local) !== LOCAL_FILE) return null;
    const start = local + LOCAL_FILE_BYTES + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const body = inflate(zip.subarray(start, start + packed), method, left);
    if (body === null || crc32(body) !== checksum) return null;
    left -= body.length;
    const nameAt = at + IN_DIRECTORY_BYTES;
    const about = zip.subarray(nameAt, nameAt + nameLength + moreLength);
    entries.push({ name: about.toString('utf8', 0, nameLength), about, body });
    at = nameAt + nameLength + moreLength;
    covered += start - local + packed + IN_DIRECTORY_BYTES + nameLength + moreLength;
  }
  return zip.length - covered > count * DESCRIPTOR_BYTES ? null : entries;
}

function inflate(body: Buffer, method: number, room: number): Uint8Array | null {
  if (room <= 0) return body.length === 0 ? body : null;
  if (method === 0) return body.length <= room ? body : null;
  return method === 8 ? inflateRawSync(body, { maxOutputLength: room }) : null;
}
