// Opens the store: lock, engine, migrations, then the timers that keep it healthy. `close` writes the last dump and lets
// the lock go, in this order, so that the next owner finds everything.
import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { HeadgateError } from '../../shared/errors.ts';
import type { Log } from '../log.ts';
import { factsOf } from '../log.ts';
import { type Engine, openEngine, type Place } from './dialect.ts';
import { takeLock } from './lock.ts';
import { MIGRATIONS } from './migrations/all.ts';
import type { Database, Tables } from './tables.ts';

export interface Store {
  db: Database;
  close(): Promise<void>;
}

const SWEEP_EVERY_MS = 10 * 60_000;
const DUMP_EVERY_MS = 15 * 60_000;

/** Throws `already_running` and `state_damaged`. */
export async function openStore(place: Place, log: Log): Promise<Store> {
  const lock = place.kind === 'folder' ? takeLock(place.folder) : null;
  try {
    const engine = await openEngine(place, log);
    const db = new Kysely<Tables>({ dialect: engine.dialect });
    await migrate(db);
    const stopKeeping = keep(db, engine, log);
    return {
      db,
      close: async () => {
        stopKeeping();
        await dump(db, engine);
        await db.destroy();
        lock?.release();
      },
    };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

export async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error, results } = await migrator.migrateToLatest();
  const failed = results?.find((result) => result.status === 'Error');
  if (error !== undefined)
    throw new HeadgateError(
      'state_damaged',
      `The store could not be brought up to date${failed ? ` (migration ${failed.migrationName})` : ''}.`,
      { cause: error },
    );
}

/** Removes what updates left behind and renews the planner's figures; a single-user PGlite never does it by itself. */
async function sweep(db: Database): Promise<void> {
  await sql`VACUUM ANALYZE`.execute(db);
}

/** The database has one connection: whoever holds it is alone. */
function dump(db: Database, engine: Engine): Promise<void> {
  return engine.dump((work) => db.connection().execute(work));
}

function keep(db: Database, engine: Engine, log: Log): () => void {
  const every = (ms: number, name: string, act: () => Promise<void>) =>
    setInterval(() => void act().catch((error: unknown) => log('error', `store.${name}_failed`, factsOf(error))), ms).unref();
  const timers = [every(SWEEP_EVERY_MS, 'sweep', () => sweep(db)), every(DUMP_EVERY_MS, 'dump', () => dump(db, engine))];
  return () => timers.forEach(clearInterval);
}
