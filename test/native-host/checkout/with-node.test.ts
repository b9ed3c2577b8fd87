import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

// A checkout with nothing but the starter and a Node, copied so that it is another file than the one that runs it.
let root: string;
let starter: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hg-checkout-'));
  starter = join(root, 'native-host', 'checkout', 'with-node.mjs');
  mkdirSync(join(root, 'native-host', 'checkout'), { recursive: true });
  copyFileSync(fileURLToPath(new URL('../../../native-host/checkout/with-node.mjs', import.meta.url)), starter);
});
afterEach(() => rmSync(root, { recursive: true }));

function giveNode(text?: string): void {
  const folder = join(root, 'node_modules', 'node', 'bin');
  mkdirSync(folder, { recursive: true });
  if (text === undefined) symlinkSync(process.execPath, join(folder, 'node'));
  else writeFileSync(join(folder, 'node'), text, { mode: 0o755 });
}

function program(text: string): string {
  const file = join(root, 'program.mjs');
  writeFileSync(file, text);
  return file;
}

test('with the right Node the program runs in the same process', () => {
  giveNode();
  const said = execFileSync(
    process.execPath,
    [starter, program('process.stdout.write(JSON.stringify([process.pid, process.argv.slice(2)]))'), 'a', '--b'],
    { encoding: 'utf8' },
  );
  expect(JSON.parse(said)).toEqual([expect.any(Number), ['a', '--b']]);
});

test("with another Node the checkout's own is started, and its exit code passed on", () => {
  giveNode(`#!/bin/sh\necho "own node: $*"\nexit 7\n`);
  const { status, stdout } = spawnSync(process.execPath, [starter, program(''), 'x'], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 7, stdout: `own node: ${join(root, 'program.mjs')} x\n` });
});

test("a signal reaches the checkout's own Node", async () => {
  const mark = join(root, 'mark');
  giveNode(`#!/bin/sh\ntrap 'touch "${mark}"; exit 9' TERM\necho up\nwhile :; do sleep 0.05; done\n`);
  const child = spawn(process.execPath, [starter, program('')], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(9);
  expect(existsSync(mark)).toBe(true);
});

test('without the packages a Node that is new enough does', () => {
  expect(execFileSync(process.execPath, [starter, program("process.stdout.write('ran')")], { encoding: 'utf8' })).toBe('ran');
});
