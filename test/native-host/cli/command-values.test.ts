import { expect, test } from 'vitest';
import { findAllowed, readCommandValues } from '../../../native-host/cli/command-values.ts';
import type { CommandView } from '../../../shared/gate/commands.ts';
import type { GrantView } from '../../../shared/gate/grants.ts';
import { parseCommandTemplate } from '../../../shared/gate/command-template.ts';

const places = (template: string[]): CommandView['places'] =>
  parseCommandTemplate(template).arguments.flatMap((argument): CommandView['places'] => {
    if (argument.kind === 'literal') return [];
    if (argument.kind === 'switch') return [{ kind: argument.kind, name: argument.name, option: true, optional: true, most: 1 }];
    const { kind, name, option, optional, most } = argument;
    return [{ kind, name, option: option !== undefined, optional, most }];
  });
const command = (template: string[]) => ({ name: 'tool', folder: '~/Letters', usage: 'USAGE', places: places(template) }) as CommandView;
const grants = [
  { id: 'g_1', display: '~/Letters' },
  { id: 'g_2', display: '~/Other' },
] as unknown as GrantView[];
const read = (template: string[], words: string[], sets: string[] = [], cwd = '/home/ada/Letters/2026') =>
  readCommandValues({ command: command(template), words, sets, grants, cwd, home: '/home/ada' });

test('words go to the places of the line in order, and what is over to one that takes more', () => {
  expect(read(['<a>', '<b>...', '<c>'], ['1', '2', '3', '4']).values).toEqual({ a: '1', b: ['2', '3'], c: '4' });
  expect(read(['<a>', '[<b>]...', '<c>'], ['1', '2']).values).toEqual({ a: '1', c: '2' });
  expect(read(['-o <out>', '<in>'], ['x', 'y']).values).toEqual({ out: 'x', in: 'y' });
});

test('what is set by name takes no word, and an option that may be left out is set by name only', () => {
  expect(read(['[--toc]', '[-o <out>]', '--to=<to:a|b>', '<x>'], ['y'], ['toc', 'to=a']).values).toEqual({ toc: true, to: 'a', x: 'y' });
  expect(read(['[-o <out>]', '<x>'], ['y'], ['out=k=v']).values).toEqual({ out: 'k=v', x: 'y' });
});

test.each([
  [['<a>'], [], [], 'a is missing'],
  [['<a>'], ['1', '2'], [], '2: tool takes no more'],
  [['<a>'], ['1'], ['b=1'], 'no argument "b"'],
  [['-o <a>'], [], ['a'], 'needs a value'],
])('%j with %j and %j is refused', (template, words, sets, why) => {
  expect(() => read(template, words, sets)).toThrow(why);
});

test('a file is named from where the person is', () => {
  expect(read(['<in:read>...'], ['a.md', '../b.md', '~/Letters/c.md', '~/Other/d.md'])).toEqual({
    values: { in: ['2026/a.md', 'b.md', 'c.md', { target: 0 }] },
    target: [{ grant: 'g_2', path: 'd.md' }],
  });
  expect(read(['<in:read>'], ['a.md'], [], '/somewhere').values).toEqual({ in: 'a.md' });
});

test('a command that is not there is met with the nearest one', () => {
  const commands = [{ id: 'g_1', name: 'pandoc' }] as CommandView[];
  expect(findAllowed(commands, 'g_1')).toBe(commands[0]);
  expect(() => findAllowed(commands, 'pandok')).toThrow('Did you mean "pandoc"?');
});
