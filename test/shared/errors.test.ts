import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERROR_CODES, ERRORS, fromErrorData, HeadgateError, toErrorData } from '../../shared/errors.ts';

const SHIPPED = JSON.parse(readFileSync(new URL('../fixtures/protocol/1/error-codes.json', import.meta.url), 'utf8')) as Record<
  string,
  { rpc: number; http: number; retryable: boolean }
>;

test('a code that has shipped keeps its numbers', () => {
  expect(ERRORS).toMatchObject(SHIPPED);
});

test('each code is in the snapshot: a new code is added to test/fixtures/protocol/1/error-codes.json', () => {
  expect(Object.keys(SHIPPED).sort()).toEqual([...ERROR_CODES].sort());
});

test('JSON-RPC numbers are distinct and lie where JSON-RPC 2.0 lets them', () => {
  const numbers = ERROR_CODES.map((code) => ERRORS[code].rpc);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers.every((number) => number >= -32768 && number <= -32000)).toBe(true);
});

test('each code has a failing HTTP status', () => {
  expect(ERROR_CODES.filter((code) => ERRORS[code].http < 400 || ERRORS[code].http > 599)).toEqual([]);
});

test('a known error crosses a door by its code, message and next step', () => {
  const error = new HeadgateError('disk_full', 'There is no room left for notes.md.', {
    next: 'Free some space.',
    cause: new Error('ENOSPC /home/a/notes.md'),
  });
  const data = toErrorData(error);
  expect(data).toEqual({ code: 'disk_full', message: 'There is no room left for notes.md.', retryable: false, next: 'Free some space.' });
  expect(fromErrorData(data)).toMatchObject({ code: 'disk_full', message: error.message, next: error.next });
});

test.each([new Error('/home/a/secret.txt'), 'secret', null, undefined, { code: 'disk_full', message: 'secret' }])(
  'anything else crosses it as internal, without its words',
  (thrown) => {
    expect(toErrorData(thrown)).toEqual({
      code: 'internal',
      message: 'Something went wrong inside Headgate. The log has the details.',
      retryable: false,
    });
  },
);
