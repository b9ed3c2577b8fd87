// A copy of this checkout in a temporary folder, so that `npm start` can be tried without touching the data of the real one.
// Builds are copied with their times, so nothing needs to be built anew.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../native-host/checkout/places.ts';
import { findProcesses } from './processes.ts';
import { until, within } from './until.ts';

const NOT_COPIED = new Set(['node_modules', '.git', '.headgate', 'test']);

export interface Started {
  process: ChildProcess;
  /** What it wrote so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves with its exit code. */
  ended: Promise<number | null>;
}

export interface Checkout {
  folder: string;
  /** Runs the checkout's `npm start` with these arguments. */
  start(...args: string[]): Started;
  close(): Promise<void>;
}

export function copyCheckout(): Checkout {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hg-checkout-')));
  const parts = readdirSync(ROOT).filter((name) => !NOT_COPIED.has(name));
  execFileSync('cp', ['-a', ...parts.map((name) => join(ROOT, name)), folder]);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const home = join(folder, 'home');
  mkdirSync(home);
  const started: Started[] = [];

  return {
    folder,
    start(...args) {
      const { PATH, LANG = 'C.UTF-8', CHROME_PATH } = process.env;
      const env = {
        PATH,
        LANG,
        HOME: home,
        XDG_RUNTIME_DIR: home,
        HEADGATE_CLOUD_PORT: '0',
        ...(CHROME_PATH === undefined ? {} : { CHROME_PATH }),
      };
      const child = spawn(process.execPath, [join(folder, 'native-host', 'checkout', 'start.ts'), ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env,
      });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      const one: Started = { process: child, stdout: () => stdout, stderr: () => stderr, ended };
      started.push(one);
      return one;
    },
    async close() {
      for (const { process: child, ended } of started) {
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
        await within(20_000, 'a start to end', ended).catch(() => child.kill('SIGKILL'));
      }
      await until('every process of the checkout to be gone', () => findProcesses(folder).length === 0, 8_000).catch(() => undefined);
      const left = findProcesses(folder);
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
      if (left.length > 0) throw new Error(`A start left processes:\n${left.map(({ pid, command }) => `${pid} ${command}`).join('\n')}`);
    },
  };
}
