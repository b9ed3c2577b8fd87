import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
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

test('bash completes commands and the flags of the one that was typed', async () => {
  const script = await completionFor('bash');
  const complete = (words: string[]) => {
    const shell = `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _headgate headgate '${words.at(-1)}'; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const empty = mkdtempSync(join(tmpdir(), 'hg-completion-'));
    try {
      return execFileSync('bash', ['--norc', '-c', shell], { cwd: empty, encoding: 'utf8' }).trim().split('\n');
    } finally {
      rmSync(empty, { recursive: true });
    }
  };
  expect(complete(['headgate', 'gr'])).toEqual(['grant', 'grants']);
  expect(complete(['headgate', 'grant', '--l'])).toEqual(['--label']);
  expect(complete(['headgate', 'help', 'led'])).toEqual(['ledger']);
});

test('zsh and fish scripts name every command', async () => {
  for (const shell of ['zsh', 'fish']) expect(await completionFor(shell)).toMatch(/grant[\s\S]*uninstall[\s\S]*completion/);
});

test('another shell is a usage error', async () => {
  await expect(completionFor('tcsh')).rejects.toThrow('There is no completion for "tcsh", only for bash, zsh, fish.');
});
