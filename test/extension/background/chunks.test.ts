import { expect, test } from 'vitest';
import { createChunkJoiner, MAX_JOINED_CHARS } from '../../../extension/background/chunks.ts';

const part = (id: number, index: number, count: number, text: string) => ({ id, index, count, text });

test('parts in order give the message once it is whole', () => {
  const join = createChunkJoiner();
  expect(join(part(1, 0, 3, '{"a":'))).toBeUndefined();
  expect(join(part(1, 1, 3, '"ö'))).toBeUndefined();
  expect(join(part(1, 2, 3, '"}'))).toEqual({ a: 'ö' });
});

test('two messages may interleave', () => {
  const join = createChunkJoiner();
  join(part(1, 0, 2, '[1'));
  join(part(2, 0, 2, '[2'));
  expect(join(part(1, 1, 2, ']'))).toEqual([1]);
  expect(join(part(2, 1, 2, ']'))).toEqual([2]);
});

test('a message with a part missing is dropped whole', () => {
  const join = createChunkJoiner();
  join(part(1, 0, 3, '['));
  expect(join(part(1, 2, 3, ']'))).toBeUndefined();
  expect(join(part(1, 1, 3, '1'))).toBeUndefined();
});

test('what is no JSON gives nothing', () => {
  expect(createChunkJoiner()(part(1, 0, 1, '{'))).toBeUndefined();
});

test('a message above the cap is dropped', () => {
  const join = createChunkJoiner();
  const half = ' '.repeat(MAX_JOINED_CHARS / 2 + 1);
  join(part(1, 0, 3, half));
  expect(join(part(1, 1, 3, half))).toBeUndefined();
  expect(join(part(1, 2, 3, '[]'))).toBeUndefined();
});

test('of more open messages than the cap the oldest is given up', () => {
  const join = createChunkJoiner();
  for (const id of [1, 2, 3, 4, 5]) join(part(id, 0, 2, '['));
  expect(join(part(1, 1, 2, ']'))).toBeUndefined();
  expect(join(part(5, 1, 2, ']'))).toEqual([]);
});
