import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../../native-host/cli/completion.ts';
import type { Output } from '../../../native-host/cli/output.ts';

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

test('bash completes commands, and of the one that was typed its flags, their values and its words', async () => {
  const script = await completionFor('bash');
  const complete = (words: string[]) => {
    const shell = `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _headgate headgate '${words.at(-1)}'; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const folder = mkdtempSync(join(tmpdir(), 'hg-completion-'));
    writeFileSync(join(folder, 'a file'), '');
    try {
      return execFileSync('bash', ['--norc', '-c', shell], { cwd: folder, encoding: 'utf8' }).trim().split('\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  expect(complete(['headgate', 'gr'])).toEqual(['grant', 'grants']);
  expect(complete(['headgate', 'grant', '--l'])).toEqual(['--label']);
  expect(complete(['headgate', 'help', 'led'])).toEqual(['ledger']);
  expect(complete(['headgate', 'run', 'd'])).toEqual(['digest']);
  expect(complete(['headgate', 'run', '--where', ''])).toEqual(['home', 'cloud', 'auto']);
  expect(complete(['headgate', 'run', '--where', 'home', 'fi'])).toEqual(['find']);
  expect(complete(['headgate', 'run', 'digest', ''])).toEqual(['a file']);
  expect(complete(['headgate', 'grant', ''])).toEqual(['a file']);
  expect(complete(['headgate', 'ledger', '--of', 'a'])).toEqual(['a file']);
  expect(complete(['headgate', 'approvals', 'a_1', ''])).toEqual(['yes', 'run', 'always', 'no']);
  expect(complete(['headgate', 'undo', ''])).toEqual(['last']);
  expect(complete(['headgate', 'grants', ''])).toEqual(['']);
});

test('zsh and fish scripts name every command', async () => {
  for (const shell of ['zsh', 'fish']) expect(await completionFor(shell)).toMatch(/grant[\s\S]*uninstall[\s\S]*completion/);
});

test('another shell is a usage error', async () => {
  await expect(completionFor('tcsh')).rejects.toThrow('There is no completion for "tcsh", only for bash, zsh, fish.');
});
