// One owner of a data folder. The lock is a SQLite database held with `locking_mode=EXCLUSIVE`, so the kernel releases it
// when the owner dies, however it dies. The owner's pid stands in a file beside it, for the message only.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HeadgateError } from '../../shared/errors.ts';

export interface Lock {
  release(): void;
}

/** Throws `already_running` with the owner's pid when another process holds this folder. */
export function takeLock(folder: string): Lock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pidFile = join(folder, 'cloud.pid');
  const database = new DatabaseSync(join(folder, 'cloud.lock'), { timeout: 0 });
  try {
    database.exec(
      'PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS owner (pid INTEGER); COMMIT; BEGIN EXCLUSIVE;',
    );
  } catch (cause) {
    database.close();
    if (!String(cause).includes('locked')) throw new HeadgateError('state_damaged', `The lock of ${folder} cannot be taken.`, { cause });
    const pid = readPid(pidFile);
    const owner = pid === null ? 'another process' : `process ${pid}`;
    throw new HeadgateError('already_running', `A Headgate cloud is already running on ${folder}: ${owner}.`, {
      cause,
      next: 'Use the one that runs, or stop it first.',
    });
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return { release: () => database.close() };
}

function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
