// Where the programs of this installation lie: beside the host's own bundle, or in dist/ when the host runs from source.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ProgramFiles {
  node: string;
  relay: string;
  cloud: string;
}

/** For glibc: what compiling PostgreSQL took goes back to the system (380 → 250 MB at rest). */
export const CLOUD_ENVIRONMENT = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' } as const;

export function programFiles(here: string = fileURLToPath(import.meta.url), node: string = process.execPath): ProgramFiles {
  const folder = here.endsWith('.cjs') ? dirname(here) : resolve(dirname(here), '..', '..', 'dist', 'host');
  return { node, relay: join(folder, 'relay.cjs'), cloud: resolve(folder, '..', 'cloud', 'cloud.mjs') };
}
