// Writes one of our own files so that a reader sees the old content or the new, never half, also after a power cut.
import { closeSync, fsync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

export function writeFileAtomic(file: string, content: string, mode: number): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  const fd = openSync(temporary, 'wx', mode);
  try {
    writeSync(fd, content);
    fsyncSync(fd);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, file);
  syncFolder(dirname(file));
}

/** Makes new and renamed entries of one of our own folders last through a power cut. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Syncs an open file off this thread. Files that are synced at the same time share the disk's one answer. */
export const syncMeanwhile: (fd: number) => Promise<void> = promisify(fsync);

/** The same as `syncFolder`, off this thread. */
export async function syncFolderMeanwhile(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    await syncMeanwhile(fd);
  } finally {
    closeSync(fd);
  }
}
