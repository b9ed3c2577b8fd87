import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holderOf, tryLock, withLock } from '../../../native-host/checkout/lock.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hg-lock-'));
  file = join(folder, 'deep', 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('one holder at a time, and the next after it', async () => {
  const lock = await tryLock(file);
  expect(await tryLock(file)).toBeNull();
  expect(holderOf(file)).toBe(process.pid);
  lock?.release();
  const next = await tryLock(file);
  expect(next).not.toBeNull();
  next?.release();
});

test('work under the lock never overlaps', async () => {
  const order: string[] = [];
  const work = (name: string) =>
    withLock(file, 10_000, async () => {
      order.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push(`${name} out`);
    });
  await Promise.all([work('a'), work('b')]);
  expect(order.map((line) => line.split(' ')[1])).toEqual(['in', 'out', 'in', 'out']);
});

test('a lock past the deadline names its holder', async () => {
  const lock = await tryLock(file);
  await expect(withLock(file, 1, async () => {})).rejects.toThrow(`Process ${process.pid} has held ${file}`);
  lock?.release();
});

test('a holder that is killed holds nothing any more', async () => {
  const module = new URL('../../../native-host/checkout/lock.ts', import.meta.url).href;
  const script = `const { tryLock } = await import(${JSON.stringify(module)}); globalThis.lock = await tryLock(${JSON.stringify(file)}); process.stdout.write('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  expect(await tryLock(file)).toBeNull();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await tryLock(file);
  expect(lock).not.toBeNull();
  lock?.release();
});
