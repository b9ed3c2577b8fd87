import { expect, test } from 'vitest';
import { UsageError } from '../../../native-host/cli/arguments.ts';
import { parseStartOptions, startHelp } from '../../../native-host/checkout/start-options.ts';

test('a plain start has no options', () => {
  expect(parseStartOptions([])).toEqual({ once: false, page: undefined, folder: undefined, json: false, 'no-samples': false, help: false });
});

test('page, folder and json go with --once only', () => {
  expect(parseStartOptions(['--once', '--page', 'a.html', '--folder', 'd', '--json'])).toMatchObject({
    once: true,
    page: 'a.html',
    folder: 'd',
    json: true,
  });
  for (const args of [['--page', 'a'], ['--folder', 'd'], ['--json']])
    expect(() => parseStartOptions(args)).toThrow(`${args[0]} goes with --once.`);
});

test('words and unknown options are usage errors', () => {
  expect(() => parseStartOptions(['once'])).toThrow(UsageError);
  expect(() => parseStartOptions(['--onec'])).toThrow(UsageError);
});

test('the help names every option', () => {
  for (const name of Object.keys(parseStartOptions([]))) expect(startHelp()).toContain(`--${name}`);
});
