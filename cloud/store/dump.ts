// The synced dump: a gzipped tar of the whole database, written beside the old one, synced, then renamed over it, so that
// a power cut leaves one of the two whole.
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const compress = promisify(gzip);

export async function saveDump(file: string, dump: Blob): Promise<void> {
  const bytes = await compress(await dump.arrayBuffer(), { level: constants.Z_BEST_SPEED });
  const next = await open(`${file}.next`, 'w', 0o600);
  try {
    await next.writeFile(bytes);
    await next.sync();
  } finally {
    await next.close();
  }
  await rename(`${file}.next`, file);
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** `null` when there is none. */
export async function openDump(file: string, read: (file: string) => Promise<Buffer<ArrayBuffer>>): Promise<Blob | null> {
  try {
    return new Blob([await read(file)], { type: 'application/x-gzip' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
