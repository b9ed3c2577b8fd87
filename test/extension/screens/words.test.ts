import { beforeEach, expect, test } from 'vitest';
import { bytesWords } from '../../../extension/screens/words.ts';
import { speak } from '../support/browser.ts';

beforeEach(() => speak());

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [204, '204 bytes'],
  [4_100, '4.1 kB'],
  [34_000, '34 kB'],
])('a size of %d is written as %s', (bytes, words) => {
  expect(bytesWords(bytes)).toBe(words);
});
