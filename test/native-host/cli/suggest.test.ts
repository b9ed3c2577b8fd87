import { expect, test } from 'vitest';
import { COMMAND_NAMES } from '../../../native-host/cli/commands.ts';
import { editDistance, nearest } from '../../../native-host/cli/suggest.ts';

test('a mistyped command finds the one that was meant', () => {
  expect(nearest('grnat', COMMAND_NAMES)).toBe('grant');
  expect(nearest('uninstal', COMMAND_NAMES)).toBe('uninstall');
  expect(nearest('doc', COMMAND_NAMES)).toBe('doctor');
});

test('a word that is far from everything finds nothing', () => {
  expect(nearest('quixotic', COMMAND_NAMES)).toBeNull();
});

test('insertion, deletion, replacement and a swap of neighbours each count one', () => {
  for (const word of ['runs', 'rn', 'ran', 'rnu']) expect(editDistance(word, 'run')).toBe(1);
  expect(editDistance('', 'run')).toBe(3);
  expect(editDistance('run', 'run')).toBe(0);
});
