// A lock that one process holds: a SQLite file opened for it alone. The kernel drops it when the process ends, however it
// ends, so there is nothing to clean up and no process number to trust; the number beside it is only for the message.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const LOOK_EVERY_MS = 100;

export interface Lock {
  release(): void;
}

/** Takes the lock, or gives `null` while another process has it. */
export async function tryLock(file: string): Promise<Lock | null> {
  mkdirSync(dirname(file), { recursive: true });
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch {
    database.close();
    return null;
  }
  writeFileSync(`${file}.pid`, `${process.pid}\n`);
  return { release: () => database.close() };
}

/** Runs `work` while this process alone holds `file`. Throws when another process holds it past the deadline. */
export async function withLock<Result>(file: string, deadlineMs: number, work: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + deadlineMs;
  let lock = await tryLock(file);
  while (lock === null) {
    if (Date.now() > deadline)
      throw new Error(`Process ${holderOf(file) ?? '?'} has held ${file} for ${deadlineMs / 1000} s. End it and try again.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    lock = await tryLock(file);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** The process that took the lock last, for messages. */
export function holderOf(file: string): number | null {
  try {
    const pid = Number(readFileSync(`${file}.pid`, 'utf8').trim());
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
