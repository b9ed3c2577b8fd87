// A `data:` address: the file is in the address itself (RFC 2397). Nothing is fetched.
import { HeadgateError } from '../../../shared/errors.ts';

/** Type and parameters. A page writes them, so they have an end before anything looks through them. */
const MAX_HEAD_CHARS = 1_000;

export interface DataFile {
  type: string;
  bytes: Buffer;
}

/** Throws `unsupported` for what is none. */
export function readDataAddress(text: string): DataFile {
  const comma = text.slice(0, MAX_HEAD_CHARS).indexOf(',');
  const head = /^data:([^,]*?)(;\s*base64)?\s*$/i.exec(comma < 0 ? '' : text.slice(0, comma));
  if (head === null) throw new HeadgateError('unsupported', 'This is no data: address.');
  const [, type = '', base64] = head;
  const body = unescapeBytes(text.slice(comma + 1));
  if (base64 === undefined) return { type, bytes: body };
  const packed = body.toString('latin1').replace(/[\s]+/g, '');
  if (!/^[a-z0-9+/]*={0,2}$/i.test(packed) || packed.replace(/=+$/, '').length % 4 === 1)
    throw new HeadgateError('unsupported', 'What this address holds is no valid base64.');
  return { type, bytes: Buffer.from(packed, 'base64') };
}

/** `%41` is one byte; what is not escaped stands for itself, in UTF-8. In one pass and in place: a page may escape every byte. */
function unescapeBytes(text: string): Buffer {
  const bytes = Buffer.from(text);
  let end = 0;
  for (let at = 0; at < bytes.length; at += 1, end += 1) {
    const [high, low] = [digitOf(bytes[at + 1]), digitOf(bytes[at + 2])];
    const escaped = bytes[at] === PERCENT && high >= 0 && low >= 0;
    bytes[end] = escaped ? high * 16 + low : (bytes[at] ?? 0);
    if (escaped) at += 2;
  }
  return bytes.subarray(0, end);
}

const PERCENT = 0x25;

/** Of a hexadecimal digit in ASCII; -1 for anything else. */
function digitOf(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}
