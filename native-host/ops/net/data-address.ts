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

/** `%41` is one byte; what is not escaped stands for itself, in UTF-8. */
function unescapeBytes(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text);
  const utf8 = Buffer.from(text).toString('latin1');
  return Buffer.from(
    utf8.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    'latin1',
  );
}
