// Opens what other data can be packed in, one level deep: gzip and Zstandard, ZIP with the office formats that are ZIP, and
// tar, which counts as one with the packing around it. Every size is capped before anything is inflated, and so is the
// ratio, so that a bomb costs no more than an honest file.
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { isTar, untar } from './untar.ts';
import { isZip, unzip } from './unzip.ts';

export const UNPACK_CAPS = { bytes: 32 * 1024 * 1024, ratio: 200, entries: 2_000 } as const;
/** Small archives may be packed denser than the ratio allows. */
const FREE_BYTES = 1024 * 1024;

/** What was inside; `null` for what is damaged, encrypted, packed in another way, or above the caps. */
export function unpack(bytes: Uint8Array): Uint8Array[] | null {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const room = roomFor(data.length);
  try {
    if (isZip(data)) return unzip(data, room, UNPACK_CAPS.entries);
    const inner = isGzip(data)
      ? gunzipSync(data, { maxOutputLength: room })
      : isZstd(data)
        ? zstdDecompressSync(data, { maxOutputLength: room })
        : data;
    return isTar(inner) ? untar(inner, UNPACK_CAPS.entries) : inner === data ? null : [inner];
  } catch {
    return null;
  }
}

export function isPacked(bytes: Uint8Array): boolean {
  return isGzip(bytes) || isZip(bytes) || isZstd(bytes) || isTar(bytes);
}

/** How much may come out of so many packed bytes. */
export function roomFor(packed: number): number {
  return Math.min(UNPACK_CAPS.bytes, Math.max(FREE_BYTES, packed * UNPACK_CAPS.ratio));
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

function isZstd(bytes: Uint8Array): boolean {
  return bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
}
