// How much room there is on the disk of a folder. A disk without any stops Headgate whole: it notes before it acts.
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** What the store's log needs to begin. */
export const LEAST_ROOM_BYTES = 1_000_000;

/** Bytes that this user may still write where the folder is, or will be; `null` where the system does not say. */
export function roomAt(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch (thrown) {
    const isToCome = (thrown as NodeJS.ErrnoException).code === 'ENOENT' && dirname(folder) !== folder;
    return isToCome ? roomAt(dirname(folder)) : null;
  }
}
