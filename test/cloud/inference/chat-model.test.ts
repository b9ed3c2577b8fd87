import { expect, test } from 'vitest';
import { readJsonReply } from '../../../cloud/inference/chat-model.ts';

test.each([
  ['{"a":1}', { a: 1 }],
  ['<think>is it {"a":2}?</think>{"a":1}', { a: 1 }],
  ['<think>one</think>so:\n```json\n{"a":1}\n```<think>done</think>', { a: 1 }],
])('the JSON of %j is found', (reply, value) => {
  expect(readJsonReply(reply)).toEqual(value);
});

test('thoughts that begin over and over and never end are passed over in time', () => {
  expect(() => readJsonReply('<think>'.repeat(200_000))).toThrow(SyntaxError);
});
