// Starts the agent as a process of its own that outlives whoever asked, and waits until it says that it is ready. When
// another agent already owns the state, the new one leaves at once, which is just as good.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logFile } from '../config.ts';
import { startDetached } from '../spawn.ts';

/** Resolves when the agent is ready, has left, or `deadlineMs` has passed; the caller then tries to connect. */
export async function startAgent(home: string, deadlineMs: number): Promise<void> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const log = openSync(logFile(home), 'a', 0o600);
  try {
    const child = startDetached(process.execPath, ['--disable-warning=ExperimentalWarning', hostBundle(), 'agent', '--ready-fd=3'], {
      env: { HEADGATE_HOME: home },
      stdio: ['ignore', 'ignore', log, 'pipe'],
    });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, deadlineMs));
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      const ready = child.stdio[3];
      ready?.once('data', done);
      ready?.once('error', done);
      child.once('exit', done);
      child.once('error', done);
    });
    child.stdio[3]?.destroy();
    child.unref();
  } finally {
    closeSync(log);
  }
}

/** The bundle beside this file; from source (tests run it so) the entry itself. */
function hostBundle(): string {
  if (typeof __filename === 'string' && __filename.endsWith('.cjs')) return join(dirname(__filename), 'host.cjs');
  return join(dirname(fileURLToPath(import.meta.url)), '..', 'main.ts');
}
