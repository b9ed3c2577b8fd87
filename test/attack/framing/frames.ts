// Frames that a hostile program writes to the host's pipe, and what must come of each: a message, an error and on, or an
// error and the end. Said by hand, so that the reader's own idea of it is not asked.
import type { Random } from '../random.ts';

export const CAP = 16 * 1024 * 1024;
export const SKIPPED_UP_TO = 64 * 1024 * 1024;

export interface Frame {
  name: string;
  bytes: Buffer;
  /** `message`, or the code of the error; `fatal` ends the stream. */
  gives: 'message' | 'bad_frame' | 'too_large' | 'parse_error' | 'fatal';
}

export function framed(body: string | Uint8Array, declared?: number): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(declared ?? bytes.length);
  return Buffer.concat([head, bytes]);
}

const message = (name: string, body: string): Frame => ({ name, bytes: framed(body), gives: 'message' });
const broken = (name: string, body: string | Uint8Array): Frame => ({ name, bytes: framed(body), gives: 'parse_error' });

const DEEP = 100_000;

/** Small ones, for every split. */
export function smallFrames(random: Random): Frame[] {
  return [
    { name: 'length 0', bytes: framed(''), gives: 'bad_frame' },
    message('length 1', '1'),
    broken('length 1, half an object', '{'),
    message('text of several bytes a letter', JSON.stringify({ name: 'Größe 😀 名前', number: random.below(1_000) })),
    broken('no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])),
    broken('a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])),
    broken('a letter written too long', Buffer.from([0x22, 0xc0, 0xaf, 0x22])),
    broken('a letter cut off', Buffer.from([0x22, 0xe2, 0x82, 0x22])),
    message('keys that are not keys', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
    message('the same key twice', '{"a":1,"a":2}'),
    broken('two values', '1 2'),
    broken('a comment', '/* a */ 1'),
    broken('a number that is none', 'NaN'),
    message('brackets in a text', JSON.stringify('['.repeat(200))),
    broken('65 levels', '['.repeat(65) + ']'.repeat(65)),
    message('64 levels', '['.repeat(64) + ']'.repeat(64)),
    broken('random bytes', Buffer.concat([Buffer.from([0x7b]), random.bytes(20)])),
  ];
}

/** Large ones, and those that end the stream. `full`: also those of many megabytes. */
export function largeFrames(full: boolean): Frame[] {
  const request = (length: number) => {
    const [head, tail] = ['{"jsonrpc":"2.0","id":99,"method":"none","params":"', '"}'];
    return head + 'x'.repeat(length - head.length - tail.length) + tail;
  };
  return [
    broken('10⁵ levels of arrays', '['.repeat(DEEP) + ']'.repeat(DEEP)),
    broken('10⁵ levels of objects', `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`),
    broken('10⁵ brackets that are never closed', '['.repeat(DEEP)),
    ...(full ? [message('as long as may be, less one', request(CAP - 1)), message('as long as may be', request(CAP))] : []),
    { name: 'one byte too long', bytes: framed(request(CAP + 1)), gives: 'too_large' },
    ...(full
      ? [{ name: 'the longest that is skipped', bytes: framed(Buffer.alloc(SKIPPED_UP_TO, 0x20)), gives: 'too_large' } as const]
      : []),
    { name: 'longer than what is skipped', bytes: framed('{}', SKIPPED_UP_TO + 1), gives: 'fatal' },
    { name: 'length 2³¹', bytes: framed('{}', 2 ** 31), gives: 'fatal' },
    { name: 'length 2³² − 1', bytes: framed('{}', 2 ** 32 - 1), gives: 'fatal' },
    { name: 'text where a length belongs', bytes: Buffer.from('Hello, this is some program’s output\n'), gives: 'fatal' },
  ];
}
