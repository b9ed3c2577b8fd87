// Builds the extension for Chromium with WXT, in a process of its own: WXT takes over console and signals.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './places.ts';

const DEADLINE_MS = 120_000;
const KEPT_OUTPUT = 20_000;

/** Runs `wxt build -b chrome`, which writes dist/chrome-mv3. Throws with what WXT said when it fails. */
export function buildExtension(): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'node_modules', 'wxt', 'bin', 'wxt.mjs'), 'build', '-b', 'chrome'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: DEADLINE_MS,
      env: { ...process.env, NO_COLOR: '1' },
    });
    let said = '';
    const keep = (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${said.trim()}\nwxt build ended with ${code ?? signal}`));
    });
  });
}
