import { endianness } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, encodeFrameText, type Framed, FrameReader } from '../../../native-host/port/framing.ts';

const CAP = 1_000;
const reader = (maxBytes = CAP) => new FrameReader({ maxBytes });
const header = (length: number): Buffer => {
  const bytes = Buffer.alloc(4);
  if (endianness() === 'LE') bytes.writeUInt32LE(length);
  else bytes.writeUInt32BE(length);
  return bytes;
};
const frame = (body: string | Uint8Array): Buffer => Buffer.concat([header(Buffer.byteLength(body)), Buffer.from(body)]);
const GOOD = frame('{"good":1}');
const good = { kind: 'message', value: { good: 1 }, bytes: 10 };
const kinds = (framed: readonly Framed[]) =>
  framed.map((each) => (each.kind === 'error' ? `${each.code}${each.fatal ? '!' : ''}` : 'message'));

/** JSON text of exactly so many bytes. */
const jsonOf = (bytes: number): string => `"${'x'.repeat(bytes - 2)}"`;

test('one frame gives one message', () => {
  expect(reader().push(GOOD)).toEqual([good]);
});

test('two frames in one chunk give two messages', () => {
  expect(reader().push(Buffer.concat([GOOD, frame('[2]')]))).toEqual([good, { kind: 'message', value: [2], bytes: 3 }]);
});

test.each(Array.from({ length: GOOD.length + 1 }, (_, at) => at))('a frame split after byte %i gives the same message', (at) => {
  const one = reader();
  expect([...one.push(GOOD.subarray(0, at)), ...one.push(GOOD.subarray(at))]).toEqual([good]);
  expect(one.end()).toEqual([]);
});

test('any split and any coalescing of any frames gives the same messages', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }),
      (values, sizes) => {
        const stream = Buffer.concat(values.map((value) => encodeFrame(value, 1_000_000)));
        const one = reader(1_000_000);
        const seen: Framed[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          seen.push(...one.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(seen.map((each) => each.kind === 'message' && JSON.stringify(each.value))).toEqual(
          values.map((value) => JSON.stringify(value)),
        );
        expect(one.end()).toEqual([]);
      },
    ),
  );
});

test('any bytes give messages and errors, never an exception, and nothing after a fatal one', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), (chunks) => {
      const one = new FrameReader({ maxBytes: 50, maxSkipBytes: 100 });
      const seen = chunks.flatMap((chunk) => one.push(chunk));
      const fatal = seen.findIndex((each) => each.kind === 'error' && each.fatal);
      if (fatal >= 0) expect(fatal).toBe(seen.length - 1);
    }),
    { numRuns: 500 },
  );
});

test('a frame of length 0 is an error, and the next one is read', () => {
  const seen = reader().push(Buffer.concat([header(0), GOOD]));
  expect(seen).toEqual([{ kind: 'error', code: 'bad_frame', message: 'A frame is empty.', fatal: false }, good]);
});

test('a frame of one byte is read', () => {
  expect(reader().push(frame('7'))).toEqual([{ kind: 'message', value: 7, bytes: 1 }]);
});

test.each([
  [CAP - 1, 'message'],
  [CAP, 'message'],
  [CAP + 1, 'too_large'],
])('a frame of %i bytes, with a cap of 1000, gives: %s; the next is read', (bytes, kind) => {
  expect(kinds(reader().push(Buffer.concat([frame(jsonOf(bytes)), GOOD])))).toEqual([kind, 'message']);
});

test('a frame above the cap is named with both sizes, once, before its bytes have come', () => {
  const one = reader();
  expect(one.push(header(5_000))).toEqual([
    { kind: 'error', code: 'too_large', message: 'A frame of 5000 bytes is above the limit of 1000; it was skipped.', fatal: false },
  ]);
  for (let byte = 0; byte < 5_000; byte++) expect(one.push(Buffer.from([0x41]))).toEqual([]);
  expect(one.push(GOOD)).toEqual([good]);
});

test.each([
  ['2 GiB', 2 ** 31],
  ['2³²−1', 2 ** 32 - 1],
  ['one byte above what browsers send', 64 * 1024 * 1024 + 1],
])('a declared length of %s ends the stream', (_name, length) => {
  const one = reader();
  const [error, ...rest] = one.push(Buffer.concat([header(length), GOOD]));
  expect(rest).toEqual([]);
  expect(error).toMatchObject({ kind: 'error', code: 'bad_frame', fatal: true });
  expect(error).toMatchObject({ message: expect.stringContaining(`declares ${length} bytes`) });
  expect(one.push(GOOD)).toEqual([]);
  expect(one.end()).toEqual([]);
});

test('nothing is kept for a length that is only declared', () => {
  const before = process.memoryUsage().arrayBuffers;
  const readers = Array.from({ length: 200 }, () => reader(64 * 1024 * 1024));
  for (const one of readers) one.push(header(64 * 1024 * 1024));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
  expect(readers).toHaveLength(200);
});

test('the bytes of a frame that is skipped are not kept', () => {
  const one = reader();
  one.push(header(60 * 1024 * 1024));
  const before = process.memoryUsage().arrayBuffers;
  for (let megabyte = 0; megabyte < 60; megabyte++) one.push(Buffer.alloc(1024 * 1024));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(70 * 1024 * 1024);
  expect(one.push(GOOD)).toEqual([good]);
});

test.each([
  ['a lone continuation byte', Buffer.from([0x22, 0x80, 0x22])],
  ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ['a surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['a cut character', Buffer.from([0x22, 0xe2, 0x82, 0x22])],
  ['a byte order mark', Buffer.from([0xef, 0xbb, 0xbf, 0x31])],
  ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
  ['half of JSON', Buffer.from('{"a":')],
  ['two values', Buffer.from('1 2')],
  ['no JSON', Buffer.from('hello')],
])('%s is an error, and the next frame is read', (_name, body) => {
  expect(reader().push(Buffer.concat([frame(body), GOOD]))).toEqual([
    { kind: 'error', code: 'parse_error', message: 'A message is not JSON in UTF-8.', fatal: false },
    good,
  ]);
});

test.each([
  ['lists', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['lists that never close', '['.repeat(100_000)],
])('%s nested 100 000 deep are an error, and the next frame is read', (_name, body) => {
  expect(reader(2_000_000).push(Buffer.concat([frame(body), GOOD]))).toEqual([
    { kind: 'error', code: 'parse_error', message: 'A message is nested deeper than 64 levels.', fatal: false },
    good,
  ]);
});

test('64 levels are read, 65 are not', () => {
  const nested = (depth: number) => frame('['.repeat(depth) + ']'.repeat(depth));
  expect(kinds(reader().push(Buffer.concat([nested(64), nested(65)])))).toEqual(['message', 'parse_error']);
});

test('brackets within strings are not levels', () => {
  const value = { a: '['.repeat(300), b: '\\"{'.repeat(50), 'c[[[': '\\' };
  expect(reader().push(encodeFrame(value, CAP))).toMatchObject([{ kind: 'message', value }]);
});

test('__proto__ is a field like any other and changes no prototype', () => {
  const [framed] = reader().push(frame('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'));
  expect(framed?.kind === 'message' && Object.hasOwn(framed.value as object, '__proto__')).toBe(true);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test.each([
  ['a console.log', 'data: 42\n', '"data"'],
  ['a usage text', 'usage: host\n', '"usag"'],
  ['a Windows prompt', '\r\nC:\\>', '"\\r\\nC:"'],
])('%s in front of the frames is shown as the text it is', (_name, text, shown) => {
  const [error] = reader().push(Buffer.from(text));
  expect(error).toMatchObject({ kind: 'error', code: 'bad_frame', fatal: true, message: expect.stringContaining(`(as text: ${shown})`) });
});

test.each([1, 3, 4, 9])('a stream that ends after %i bytes of a frame says so', (bytes) => {
  const one = reader();
  one.push(GOOD.subarray(0, bytes));
  expect(one.end()).toEqual([{ kind: 'error', code: 'bad_frame', message: 'The stream ended inside a frame.', fatal: true }]);
});

test('a stream that ends between frames ends well', () => {
  const one = reader();
  one.push(GOOD);
  expect(one.end()).toEqual([]);
});

test('a frame is counted in bytes, not in characters', () => {
  const encoded = encodeFrameText('"🦊ü"', 100);
  expect(encoded.length).toBe(4 + 8);
  expect(reader().push(encoded)).toEqual([{ kind: 'message', value: '🦊ü', bytes: 8 }]);
});

test('nothing above the cap is ever sent', () => {
  expect(encodeFrame('x'.repeat(98), 100)).toHaveLength(104);
  expect(() => encodeFrame('x'.repeat(99), 100)).toThrow(new RangeError('a frame of 101 bytes is above 100'));
});
