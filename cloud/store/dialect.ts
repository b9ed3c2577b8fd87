// Which database stands behind kysely: the one choice, so that PostgreSQL is a row to add here. Every query is written in
// SQL that PostgreSQL itself speaks (PGlite is PostgreSQL compiled to WebAssembly).
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, types } from '@electric-sql/pglite';
import type { Dialect } from 'kysely';
import { PGliteDialect } from 'kysely';
import { HeadgateError } from '../../shared/errors.ts';
import type { Log } from '../log.ts';
import { factsOf } from '../log.ts';
import { openDump, saveDump } from './dump.ts';
import { loadEmptyStore } from './empty-store.ts';
import { withPrepared } from './prepared.ts';

export interface Engine {
  dialect: Dialect;
  /** Writes a copy that survives a power cut: PGlite never syncs its own files. `alone` lets no statement run while it is taken. */
  dump(alone: <Result>(work: () => Promise<Result>) => Promise<Result>): Promise<void>;
}

/** `memory` starts from `template` where there is one, and leaves nothing behind. */
export type Place = { kind: 'folder'; folder: string } | { kind: 'memory'; template?: Blob };

/** int8 as a number: every int8 of ours is a time or a count far below 2^53. */
const PARSERS = { [types.INT8]: Number };
/** A small team's store: PostgreSQL's usual 128 MB of buffers would lie idle, and the system's own cache is behind them anyway. */
const OPTIONS = { parsers: PARSERS, startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'] };

export async function openEngine(place: Place, log: Log): Promise<Engine> {
  const pglite =
    place.kind === 'memory'
      ? await PGlite.create({ ...OPTIONS, ...(place.template && { loadDataDir: place.template }) })
      : await openFolder(place.folder, log);
  return {
    dialect: new PGliteDialect({ pglite: withPrepared(pglite) }),
    dump: async (alone) => {
      if (place.kind === 'folder') await saveDump(join(place.folder, DUMP), await alone(() => pglite.dumpDataDir('none')));
    },
  };
}

const DUMP = 'store.dump.tar.gz';

/** Opens the folder; what cannot be opened is put aside, never deleted, and the last synced dump takes its place. */
async function openFolder(folder: string, log: Log): Promise<PGlite> {
  const dataDir = join(folder, 'store');
  const whole = join(folder, 'store.whole');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(whole) && existsSync(dataDir)) await rm(dataDir, { recursive: true });
  try {
    const empty = existsSync(dataDir) ? null : await loadEmptyStore();
    const pglite = await PGlite.create(dataDir, { ...OPTIONS, ...(empty && { loadDataDir: empty }) });
    await writeFile(whole, '', { mode: 0o600 });
    return pglite;
  } catch (cause) {
    log('error', 'store.open_failed', factsOf(cause));
    const aside = join(folder, `store.damaged-${Date.now()}`);
    if (existsSync(dataDir)) await rename(dataDir, aside);
    const dump = await openDump(join(folder, DUMP), readFile);
    if (dump === null)
      throw new HeadgateError(
        'state_damaged',
        `The store in ${folder} cannot be opened and there is no dump of it; it was put aside as ${aside}.`,
        { cause, next: 'Start again to begin with an empty store; devices must be paired again.' },
      );
    log('warn', 'store.restored_from_dump');
    return PGlite.create(dataDir, { ...OPTIONS, loadDataDir: dump });
  }
}
