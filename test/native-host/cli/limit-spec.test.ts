import { expect, test } from 'vitest';
import { UsageError } from '../../../native-host/cli/arguments.ts';
import { parseCountLimit, parseSizeLimit } from '../../../native-host/cli/limit-spec.ts';

test.each([
  ['10MB', 10_000_000],
  ['1.5 gb', 1_500_000_000],
  ['500', 500],
  ['2KiB', 2048],
  ['none', null],
])('%s is a size', (text, bytes) => {
  expect(parseSizeLimit('max-file-size', text)).toBe(bytes);
});

test.each(['', '0', '-1', '10 apples', 'MB', '1e3', '999999999TB'])('%j is no size, and the message says what is one', (text) => {
  expect(() => parseSizeLimit('max-file-size', text)).toThrow(UsageError);
  expect(() => parseSizeLimit('max-file-size', text)).toThrow('a size like 10MB');
});

test('a count is a whole number from 1, or none', () => {
  expect([parseCountLimit('max-files', '20'), parseCountLimit('max-files', 'none')]).toEqual([20, null]);
  for (const text of ['0', '1.5', 'many', '']) expect(() => parseCountLimit('max-files', text)).toThrow(UsageError);
});
