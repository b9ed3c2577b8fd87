import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { launcherName, launcherText, parseShellLauncher } from '../../../native-host/install/launcher.ts';

const AWKWARD = ['plain', 'with space', "it's", 'double"quote', 'dollar$HOME`id`', 'ünï-Ⅷ 🌊', 'back\\slash', '-dash', 'semi;colon&'];

test.each(AWKWARD)('a launcher with paths like %j starts what it names, with the arguments as they came', (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'hg-launcher-'));
  try {
    const home = join(folder, name);
    mkdirSync(home);
    const relay = join(home, 'relay.cjs');
    writeFileSync(relay, 'process.stdout.write(JSON.stringify([process.env.HEADGATE_HOME, __filename, ...process.argv.slice(2)]))');
    const launcher = join(home, launcherName('linux'));
    writeFileSync(launcher, launcherText({ node: process.execPath, relay, home }, 'linux'));
    chmodSync(launcher, 0o700);
    const said: unknown = JSON.parse(execFileSync(launcher, ['chrome-extension://x/', 'a b'], { encoding: 'utf8', env: {} }));
    expect(said).toEqual([home, relay, 'chrome-extension://x/', 'a b']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(AWKWARD)('what a launcher names is read back: %j', (name) => {
  const facts = { node: `/n/${name}`, relay: `/r/${name}`, home: `/h/${name}` };
  expect(parseShellLauncher(launcherText(facts, 'linux'))).toEqual(facts);
});

test('another script is not taken for a launcher', () => {
  expect(parseShellLauncher('#!/bin/sh\nexec node "$@"\n')).toBeNull();
});

test("the batch file quotes its paths, doubles percent signs and passes the browser's arguments on", () => {
  const text = launcherText({ node: 'C:\\Program Files\\node.exe', relay: 'C:\\Users\\John Doe\\relay.cjs', home: 'C:\\100%\\h' }, 'win32');
  expect(text).toBe(
    [
      '@echo off',
      'chcp 65001 >nul',
      'set "HEADGATE_HOME=C:\\100%%\\h"',
      '"C:\\Program Files\\node.exe" --max-semi-space-size=1 --jitless "C:\\Users\\John Doe\\relay.cjs" %*',
      '',
    ].join('\r\n'),
  );
});
