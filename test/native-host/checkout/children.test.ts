import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { endProcess, isThere, waitUntilGone } from '../../../native-host/checkout/children.ts';

async function started(script: string) {
  const child = spawn(process.execPath, ['-e', `${script}; process.stdout.write('up'); setInterval(() => {}, 1000);`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

test('a process that obeys is gone after it was asked', async () => {
  const pid = await started('');
  expect(isThere(pid)).toBe(true);
  expect(await endProcess(pid, 5_000)).toBe(true);
  expect(isThere(pid)).toBe(false);
});

test('a process that ignores the question is ended all the same', async () => {
  const pid = await started("process.on('SIGTERM', () => {})");
  expect(await endProcess(pid, 50)).toBe(true);
  expect(isThere(pid)).toBe(false);
});

test('waiting for one that stays gives up', async () => {
  const pid = await started('');
  expect(await waitUntilGone(pid, 20)).toBe(false);
  await endProcess(pid, 5_000);
});
