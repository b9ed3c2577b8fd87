// A database with nothing in it. PGlite takes seconds to make one, so the build makes it (make-empty-store.ts), and a first
// start begins from a copy.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDump } from './dump.ts';

/** What lies in `folder`, beside the built program; `null` where nothing was built: PGlite then makes its own. */
export function loadEmptyStore(folder: string = import.meta.dirname): Promise<Blob | null> {
  return openDump(join(folder, 'empty-store.tar.gz'), readFile);
}
