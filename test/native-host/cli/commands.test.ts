import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseArguments } from '../../../native-host/cli/arguments.ts';
import { COMMAND_NAMES, COMMANDS, COMMON_FLAGS, type CommandRow, findCommand } from '../../../native-host/cli/commands.ts';
import { helpOf, overview } from '../../../native-host/cli/help.ts';

test.each(COMMAND_NAMES)('%s has a file of its own that can be run', async (name) => {
  const row: CommandRow = COMMANDS[name];
  expect(readdirSync(new URL('../../../native-host/cli/', import.meta.url))).toContain(`${name}.ts`);
  expect((await row.load()).run).toBeTypeOf('function');
});

test.each(COMMAND_NAMES)('%s takes --json and explains every flag in its help', (name) => {
  const row: CommandRow = COMMANDS[name];
  const words = Array.from({ length: row.words[0] }, () => 'x');
  expect(parseArguments([...words, '--json'], { ...row.flags, ...COMMON_FLAGS }, row.words).flags.json).toBe(true);
  for (const [flag, { says }] of Object.entries({ ...row.flags, ...COMMON_FLAGS })) {
    expect(helpOf(name, row)).toContain(`--${flag}`);
    expect(says).not.toBe('');
  }
});

test('the overview names every command', () => {
  for (const name of COMMAND_NAMES) expect(overview()).toContain(COMMANDS[name].says);
});

test('names from the prototype are no commands', () => {
  expect(findCommand('constructor')).toBeNull();
  expect(findCommand('toString')).toBeNull();
});
