// The agent's own store: one SQLite file in the state folder, opened for this process alone. The exclusive lock is what
// makes one agent a device: the kernel drops it when the process dies, however it dies.
import { chmodSync, closeSync, fdatasync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { HeadgateError } from '../../shared/errors.ts';
import { MIGRATIONS } from './migrations.ts';

export type Value = SQLInputValue;

/** After this a commit that did not wait for the disk is brought there. */
const SYNC_SOON_MS = 100;

/** A database with prepared statements kept by their text, and transactions. Synchronous: a commit is on disk when it returns, but for those of `unsynced`. */
export interface Store {
  /** The folder that the store lies in, Headgate's own. */
  readonly home: string;
  run(sql: string, ...values: Value[]): { changes: number; lastInsertRowid: number };
  get<Row>(sql: string, ...values: Value[]): Row | undefined;
  all<Row>(sql: string, ...values: Value[]): Row[];
  /** Runs `work` in one transaction; nested calls join the outer one. */
  transaction<Result>(work: () => Result): Result;
  /**
   * A transaction that outlives this process but, by itself, no power cut: the next `transaction` or `run` that changes anything
   * takes it to the disk with it, and at the latest it goes there a moment later. A power cut may take it, whole, and then everything that was
   * committed after it. For what nobody relies on before, or what can be had again.
   */
  unsynced<Result>(work: () => Result): Result;
  /**
   * Resolves when all that was committed so far is on disk, where it goes off this thread: what other files have to keep at the
   * same time then goes there with it. Throws `disk_full`.
   */
  synced(): Promise<void>;
  /** Takes what was deleted off the disk at once. In the database it is overwritten as it is deleted; the log holds it until then. */
  scrub(): void;
  close(): void;
}

/** Opens `agent.db`. Throws `already_running` when another process owns it, `state_damaged` when it is no database. What it does throws `disk_full`. */
export function openStore(home: string): Store {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  chmodSync(home, 0o700);
  const file = join(home, 'agent.db');
  const database = openExclusive(file);
  chmodSync(file, 0o600);
  const store = wrap(database, home);
  migrate(store);
  return store;
}

function openExclusive(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec(
      'PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-2000; BEGIN IMMEDIATE; COMMIT;',
    );
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof Error && /locked|busy/i.test(cause.message))
      throw new HeadgateError('already_running', 'Another Headgate agent of yours is running.', {
        cause,
        next: 'Stop it first: headgate stop',
      });
    throw new HeadgateError('state_damaged', `Headgate's own store ${file} cannot be opened.`, {
      cause,
      next: 'Move the file away to start anew, or restore a backup.',
    });
  }
}

const syncData = promisify(fdatasync);

/** SQLITE_FULL: neither database nor log can grow. */
const NO_ROOM = 13;

function wrap(database: DatabaseSync, home: string): Store {
  const statements = new Map<string, StatementSync>();
  let depth = 0;
  /** Whether anything that was written may wait for the disk. A commit that follows says nothing of it: where it changed no byte, it went nowhere. */
  let behind = false;
  /** Counts what `unsynced` committed. */
  let commits = 0;
  let later: NodeJS.Timeout | null = null;
  /** SQLite's log, opened once more to be synced by; it is the same file as long as the store is open. */
  let log: number | null = null;
  let syncing = 0;
  /** A commit of a page as it is: the log is synced as a whole. */
  const sync = (): void => {
    if (!behind) return;
    try {
      const { user_version: version } = prepare('PRAGMA user_version').get() as { user_version: number };
      database.exec(`PRAGMA user_version = ${version}`);
      behind = false;
    } catch {
      // A disk that is full or gone is met, and told, by whoever commits next.
    }
  };
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const noRoom = (cause: unknown) =>
    new HeadgateError('disk_full', 'The disk is full. Headgate does nothing that it cannot note first.', {
      cause,
      next: `Make room on the disk of ${home}.`,
    });
  const inWords = (error: unknown): unknown =>
    error instanceof Error && 'errcode' in error && error.errcode === NO_ROOM ? noRoom(error) : error;
  const write = (sql: string, values: Value[]) => {
    try {
      return prepare(sql).run(...values);
    } catch (error) {
      throw inWords(error);
    }
  };
  const transaction = <Result>(work: () => Result): Result => {
    if (depth > 0) return work();
    database.exec('BEGIN IMMEDIATE');
    depth += 1;
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw inWords(error);
    } finally {
      depth -= 1;
    }
  };
  return {
    home,
    run(sql, ...values) {
      const { changes, lastInsertRowid } = write(sql, values);
      return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
    },
    // The row types are those of the schema in migrations.ts, which only this file's callers write.
    get: <Row>(sql: string, ...values: Value[]) => prepare(sql).get(...values) as Row | undefined,
    all: <Row>(sql: string, ...values: Value[]) => prepare(sql).all(...values) as Row[],
    transaction,
    unsynced(work) {
      if (depth > 0) return work();
      // In WAL mode: the log is written, and synced with the next commit that is (or before it is taken over into the database).
      database.exec('PRAGMA synchronous=NORMAL');
      try {
        return transaction(work);
      } finally {
        database.exec('PRAGMA synchronous=FULL');
        behind = true;
        commits += 1;
        later = later?.refresh() ?? setTimeout(sync, SYNC_SOON_MS).unref();
      }
    },
    scrub() {
      try {
        database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
        behind = false;
      } catch {
        // A full disk has no room for it: then the log is written over as it goes on.
      }
    },
    async synced() {
      if (!behind) return;
      const upTo = commits;
      syncing += 1;
      try {
        log ??= openSync(join(home, 'agent.db-wal'), 'r+');
        await syncData(log);
      } catch (error) {
        throw noRoom(error);
      } finally {
        syncing -= 1;
      }
      if (commits === upTo) behind = false;
    },
    close() {
      if (later !== null) clearTimeout(later);
      // A sync under way keeps the descriptor; the end of the process closes it.
      if (log !== null && syncing === 0) closeSync(log);
      database.close();
    },
  };
}

function migrate(store: Store): void {
  const version = store.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
  if (version > MIGRATIONS.length) {
    throw new HeadgateError('state_damaged', `The store was written by a newer Headgate (schema ${version}).`, {
      next: 'Update Headgate.',
    });
  }
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < version) continue;
    store.transaction(() => {
      for (const statement of migration) store.run(statement);
      store.run(`PRAGMA user_version = ${index + 1}`);
    });
  }
}
