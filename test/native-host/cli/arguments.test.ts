import { expect, test } from 'vitest';
import { type FlagTable, parseArguments, UsageError } from '../../../native-host/cli/arguments.ts';

const FLAGS = {
  label: { type: 'string', choices: ['open', 'ask'], says: '' },
  grant: { type: 'string', multiple: true, says: '' },
  write: { type: 'boolean', short: 'w', says: '' },
} as const satisfies FlagTable;
const parse = (...args: string[]) => parseArguments(args, FLAGS, [1, 2]);

test('words and flags may come in any order', () => {
  expect(parse('--write', 'a', '--grant', 'x', 'b', '--grant=y')).toEqual({
    words: ['a', 'b'],
    flags: { label: undefined, grant: ['x', 'y'], write: true },
  });
});

test('absent switches are false, absent lists empty, absent texts undefined', () => {
  expect(parse('a').flags).toEqual({ label: undefined, grant: [], write: false });
});

test('what follows -- is a word, whatever it looks like', () => {
  expect(parse('--', '--write').words).toEqual(['--write']);
});

test('an unknown flag, a value outside the choices and too few or many words are usage errors', () => {
  expect(() => parse('a', '--wrte')).toThrow(UsageError);
  expect(() => parse('a', '--label', 'secret')).toThrow('--label is one of open, ask, not "secret".');
  expect(() => parse()).toThrow('A word is missing.');
  expect(() => parse('a', 'b', 'c')).toThrow('Too many words: c');
  expect(() => parse('a', '--label')).toThrow(UsageError);
});
