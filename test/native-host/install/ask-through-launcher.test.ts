import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askThroughLauncher } from '../../../native-host/install/ask-through-launcher.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hg-ask-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function launcher(...lines: string[]): string {
  const file = join(folder, 'launcher');
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(file, 0o700);
  return file;
}

function answering(message: unknown): string {
  const script = join(folder, 'host.cjs');
  writeFileSync(
    script,
    `process.stdin.once('data', () => { const body = Buffer.from(${JSON.stringify(JSON.stringify(message))}); const head = Buffer.alloc(4); head.writeUInt32LE(body.length); process.stdout.write(Buffer.concat([head, body])); }); setInterval(() => {}, 1000);`,
  );
  return launcher(`exec '${process.execPath}' '${script}'`);
}

const ask = (file: string) => askThroughLauncher(file, 'chrome-extension://x/');

test('an answer gives the protocol', async () => {
  expect(await ask(answering({ jsonrpc: '2.0', id: 1, result: { protocol: 1 } }))).toMatchObject({ kind: 'answered', protocol: 1 });
});

test('text before the first frame is shown as text', async () => {
  expect(await ask(launcher('echo Welcome to my shell', 'exec sleep 5'))).toMatchObject({
    kind: 'failed',
    says: expect.stringContaining('(as text: "Welc")'),
  });
});

test('the error of the host is passed on with its next step', async () => {
  const error = {
    code: -32003,
    message: 'This host does not speak protocol 1.',
    data: { code: 'version_mismatch', retryable: false, next: 'Update Headgate.' },
  };
  expect(await ask(answering({ jsonrpc: '2.0', id: 1, error }))).toMatchObject({
    says: 'This host does not speak protocol 1.',
    next: 'Update Headgate.',
  });
});

test('a launcher that ends without a word is told with what it said on stderr', async () => {
  expect(await ask(launcher('echo node: not found >&2', 'exit 127'))).toMatchObject({
    kind: 'failed',
    says: 'it ended without an answer. node: not found',
  });
});

test('a launcher that cannot be started is told', async () => {
  expect(await ask(join(folder, 'nothing'))).toMatchObject({ kind: 'failed', says: 'it cannot be started.' });
});
