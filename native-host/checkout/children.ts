// Processes that a start has started, and the proof that they are gone.
import type { ChildProcess } from 'node:child_process';

const LOOK_EVERY_MS = 25;

/** Whether a process exists; a negative number asks for a process group. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Waits until the process (or group) is gone; `false` when it outlives the deadline. */
export async function waitUntilGone(pid: number, deadlineMs: number): Promise<boolean> {
  for (const deadline = Date.now() + deadlineMs; isThere(pid); ) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return true;
}

/** Ends a process (or group) that we started: asks, then insists. Gives whether it is gone. */
export async function endProcess(pid: number, politeMs: number): Promise<boolean> {
  for (const [signal, waitMs] of [
    ['SIGTERM', politeMs],
    ['SIGKILL', 3_000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone already, which the wait will find.
    }
    if (await waitUntilGone(pid, waitMs)) return true;
  }
  return false;
}

/** Resolves with how a child ended. */
export function ending(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
}
