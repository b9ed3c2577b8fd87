import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../../native-host/cli/completion.ts';
import type { Output } from '../../../native-host/cli/output.ts';
import { type Desk, isInstalled, typeIn } from './shells.ts';

async function completionFor(shell: string): Promise<string> {
  let document: unknown;
  const quiet = () => undefined;
  const out: Output = {
    json: true,
    line: quiet,
    table: quiet,
    document: (value) => (document = value),
    note: quiet,
    progress: quiet,
    endProgress: quiet,
    paint: (_, text) => text,
  };
  await run({ words: [shell], flags: { json: true, help: false }, home: '/nowhere', out });
  return (document as { completion: string }).completion;
}

let base: string;
let desk: Desk;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'hg-completion-'));
  desk = { folder: join(base, 'folder'), home: join(base, 'home') };
  mkdirSync(desk.folder);
  mkdirSync(desk.home);
  writeFileSync(join(desk.folder, 'a file'), '');
});
afterAll(() => rmSync(base, { recursive: true }));

const OFFERED: readonly (readonly [string, readonly string[]])[] = [
  ['headgate gr', ['grant', 'grants']],
  ['headgate he', ['help']],
  ['headgate help led', ['ledger']],
  ['headgate grant --l', ['--label']],
  ['headgate grant --label ', ['ask', 'home', 'open']],
  ['headgate grant ', ['a file']],
  ['headgate run d', ['digest']],
  ['headgate run --where ', ['auto', 'cloud', 'home']],
  ['headgate run --where home fi', ['find']],
  ['headgate run digest ', ['a file']],
  ['headgate runs --limit ', []],
  ['headgate ledger --of a', ['a file']],
  ['headgate approvals ', []],
  ['headgate approvals a_1 ', ['always', 'no', 'run', 'yes']],
  // A word that is a command's name is no command behind another.
  ['headgate approvals run ', ['always', 'no', 'run', 'yes']],
  ['headgate undo ', ['last']],
];

test.for(['bash', 'zsh', 'fish'] as const)(
  '%s completes commands, and of the one that was typed its flags, their values and its words',
  { timeout: 60_000 },
  async (shell, { skip }) => {
    skip(!isInstalled(shell), `${shell} is not installed here`);
    const script = await completionFor(shell);
    expect(OFFERED.map(([line]) => [line, typeIn(shell, script, line, desk)])).toEqual(OFFERED);
  },
);

test('in the function path of zsh the script completes from the first tab on', async ({ skip }) => {
  skip(!isInstalled('zsh'), 'zsh is not installed here');
  expect(typeIn('zsh by fpath', await completionFor('zsh'), 'headgate run --where ', desk)).toEqual(['auto', 'cloud', 'home']);
});

test('another shell is a usage error', async () => {
  await expect(completionFor('tcsh')).rejects.toThrow('There is no completion for "tcsh", only for bash, zsh, fish.');
});
