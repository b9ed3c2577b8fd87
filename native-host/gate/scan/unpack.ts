// Opens what other data can be packed in, one level deep: gzip, and ZIP with the office formats that are ZIP. Every size is
// capped before anything is inflated, and so is the ratio, so that a bomb costs no more than an honest file.
import { crc32, gunzipSync, inflateRawSync } from 'node:zlib';

export const UNPACK_CAPS = { bytes: 32 * 1024 * 1024, ratio: 200, entries: 2_000 } as const;
/** Small archives may be packed denser than the ratio allows. */
const FREE_BYTES = 1024 * 1024;

/** What was inside; `null` for what is damaged, encrypted, packed in another way, or above the caps. */
export function unpack(bytes: Uint8Array): Uint8Array[] | null {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (isGzip(data)) return [gunzipSync(data, { maxOutputLength: roomFor(data.length) })];
    return isZip(data) ? unzip(data) : null;
  } catch {
    return null;
  }
}

export function isPacked(bytes: Uint8Array): boolean {
  return isGzip(bytes) || isZip(bytes);
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));
}

function roomFor(packed: number): number {
  return Math.min(UNPACK_CAPS.bytes, Math.max(FREE_BYTES, packed * UNPACK_CAPS.ratio));
}

const END_OF_DIRECTORY = 0x06054b50;
const IN_DIRECTORY = 0x02014b50;
const LOCAL_FILE = 0x04034b50;

/** Entries by the central directory (APPNOTE.TXT 4.3). Names count as content: they are text as well. */
function unzip(zip: Buffer): Uint8Array[] | null {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || zip.readUInt32LE(end) !== END_OF_DIRECTORY) return null;
  const count = zip.readUInt16LE(end + 10);
  if (count > UNPACK_CAPS.entries) return null;
  const parts: Uint8Array[] = [];
  let room = roomFor(zip.length);
  let at = zip.readUInt32LE(end + 16);
  for (let entry = 0; entry < count; entry += 1) {
    if (zip.readUInt32LE(at) !== IN_DIRECTORY) return null;
    const flags = zip.readUInt16LE(at + 8);
    const method = zip.readUInt16LE(at + 10);
    const checksum = zip.readUInt32LE(at + 16);
    const packed = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    if ((flags & 1) !== 0 || zip.readUInt32LE(local) !== LOCAL_FILE) return null;
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const body = inflate(zip.subarray(start, start + packed), method, room);
    if (body === null || crc32(body) !== checksum) return null;
    room -= body.length;
    parts.push(zip.subarray(at + 46, at + 46 + nameLength), body);
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return parts;
}

function inflate(body: Buffer, method: number, room: number): Uint8Array | null {
  if (room <= 0) return body.length === 0 ? body : null;
  if (method === 0) return body.length <= room ? body : null;
  return method === 8 ? inflateRawSync(body, { maxOutputLength: room }) : null;
}
