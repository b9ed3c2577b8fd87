import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../../../native-host/state/database.ts';
import { MIGRATIONS } from '../../../native-host/state/migrations.ts';
import { readFact, writeFact } from '../../../native-host/state/meta.ts';
import { eventually } from '../../support/eventually.ts';

let home: string;
let stores: Store[];
beforeEach(() => {
  home = join(mkdtempSync(join(tmpdir(), 'headgate-store-')), 'state');
  stores = [];
});
afterEach(() => {
  for (const store of stores) store.close();
  rmSync(join(home, '..'), { recursive: true, force: true });
});
const open = (): Store => {
  const store = openStore(home);
  stores.push(store);
  return store;
};

test('the store is its owner’s alone', () => {
  mkdirSync(home);
  chmodSync(home, 0o777);
  open();
  expect(statSync(home).mode & 0o777).toBe(0o700);
  expect(statSync(join(home, 'agent.db')).mode & 0o777).toBe(0o600);
});

test('a disk without room is named, with the folder to make room for, and nothing of the transaction stays', () => {
  const store = open();
  const pages = store.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
  store.get(`PRAGMA max_page_count = ${pages + 1}`);
  const full = expect.objectContaining({ code: 'disk_full', next: `Make room on the disk of ${home}.` });
  const tooMuch = 'x'.repeat(100_000);
  expect(() => writeFact(store, 'refresh', tooMuch)).toThrow(full);
  expect(() =>
    store.transaction(() => {
      writeFact(store, 'ledgerKey', 'x');
      writeFact(store, 'refresh', tooMuch);
    }),
  ).toThrow(full);
  expect(readFact(store, 'ledgerKey')).toBeNull();
  store.get('PRAGMA max_page_count = 1000000');
  writeFact(store, 'refresh', tooMuch);
  expect(readFact(store, 'refresh')).toBe(tooMuch);
});

test('a second agent is told that there is one', () => {
  open();
  expect(() => openStore(home)).toThrow(
    expect.objectContaining({ code: 'already_running', message: 'Another Headgate agent of yours is running.' }),
  );
});

test('the lock goes with the store', () => {
  open().close();
  stores.length = 0;
  expect(open().get('SELECT 1 AS one')).toEqual({ one: 1 });
});

test('a file that is no store is left as it is, and said to be damaged', () => {
  mkdirSync(home);
  writeFileSync(join(home, 'agent.db'), 'this is not a database, however long it may be'.repeat(100));
  expect(() => openStore(home)).toThrow(
    expect.objectContaining({ code: 'state_damaged', next: 'Move the file away to start anew, or restore a backup.' }),
  );
});

test('a store of a newer Headgate is not touched', () => {
  const store = open();
  store.run(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  store.close();
  stores.length = 0;
  expect(() => openStore(home)).toThrow(
    expect.objectContaining({ code: 'state_damaged', message: expect.stringContaining('newer Headgate'), next: 'Update Headgate.' }),
  );
});

test('a transaction that throws leaves nothing, also from within another', () => {
  const store = open();
  expect(() =>
    store.transaction(() => {
      writeFact(store, 'refresh', 'one');
      store.transaction(() => writeFact(store, 'ledgerKey', 'two'));
      throw new Error('no');
    }),
  ).toThrow('no');
  expect([readFact(store, 'refresh'), readFact(store, 'ledgerKey')]).toEqual([null, null]);
  store.transaction(() => writeFact(store, 'refresh', 'three'));
  expect(readFact(store, 'refresh')).toBe('three');
});

/** What another process would find if this one died now. */
function afterDeath(): Store {
  const other = join(home, '..', 'other');
  mkdirSync(other);
  for (const file of ['agent.db', 'agent.db-wal']) copyFileSync(join(home, file), join(other, file));
  const store = openStore(other);
  stores.push(store);
  return store;
}

test('what was written unsynced outlives the process, and later commits are synced again', () => {
  const store = open();
  store.unsynced(() => writeFact(store, 'refresh', 'one'));
  expect(store.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
  expect(readFact(afterDeath(), 'refresh')).toBe('one');
});

test('unsynced work that throws leaves nothing, and later commits are synced again', () => {
  const store = open();
  const broken = () =>
    store.unsynced(() => {
      writeFact(store, 'refresh', 'one');
      throw new Error('no');
    });
  expect(broken).toThrow('no');
  expect(readFact(store, 'refresh')).toBe(null);
  expect(store.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
});

test('unsynced work within a transaction is synced with it', () => {
  const store = open();
  const seen = store.transaction(() => store.unsynced(() => store.get('PRAGMA synchronous')));
  expect(seen).toEqual({ synchronous: 2 });
});

test('what was committed goes to the disk by one log, which stays the same file also when it is taken over', async () => {
  const store = open();
  const log = () => statSync(join(home, 'agent.db-wal')).ino;
  store.unsynced(() => writeFact(store, 'refresh', 'one'));
  const first = log();
  await store.synced();
  store.get('PRAGMA wal_checkpoint(TRUNCATE)');
  for (let commits = 0; commits < 20; commits += 1) store.unsynced(() => writeFact(store, 'refresh', 'x'.repeat(100_000)));
  store.get('PRAGMA wal_checkpoint(RESTART)');
  store.unsynced(() => writeFact(store, 'refresh', 'two'));
  await Promise.all([store.synced(), store.synced()]);
  await store.synced();
  expect(log()).toBe(first);
  expect(readFact(afterDeath(), 'refresh')).toBe('two');
});

test('what did not wait for the disk goes there also when all that follows changes nothing', async () => {
  const store = open();
  const logged = () => statSync(join(home, 'agent.db-wal')).size;
  writeFact(store, 'refresh', 'one');
  store.unsynced(() => writeFact(store, 'refresh', 'two'));
  const before = logged();
  // A row is written as it is: SQLite counts it as changed, and its commit touches no file.
  writeFact(store, 'refresh', 'two');
  store.transaction(() => writeFact(store, 'refresh', 'two'));
  expect(logged()).toBe(before);
  await eventually(() => expect(logged()).toBeGreaterThan(before));
});

test('a store that is closed while it syncs is closed, and the sync ends', async () => {
  const store = open();
  store.unsynced(() => writeFact(store, 'refresh', 'one'));
  const synced = store.synced();
  store.close();
  stores.length = 0;
  await expect(synced).resolves.toBeUndefined();
  expect(readFact(open(), 'refresh')).toBe('one');
});

test('a fact that is not what was written is refused', () => {
  const store = open();
  store.run(`INSERT INTO meta (key, value) VALUES ('speed', '"fast"')`);
  expect(() => readFact(store, 'speed')).toThrow();
});

test('a commit that does not wait for the disk is there for who opens the store next, also when this process is killed', () => {
  const home = mkdtempSync(join(tmpdir(), 'headgate-soon-'));
  const module = JSON.stringify(fileURLToPath(new URL('../../../native-host/state/database.ts', import.meta.url)));
  const script = `
    const { openStore } = await import(${module});
    const store = openStore(${JSON.stringify(home)});
    store.unsynced(() => store.run("INSERT INTO meta (key, value) VALUES ('speed', '{}')"));
    process.kill(process.pid, 'SIGKILL');`;
  spawnSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  const store = openStore(home);
  expect(store.get("SELECT value FROM meta WHERE key = 'speed'")).toEqual({ value: '{}' });
  store.close();
  rmSync(home, { recursive: true });
});

test('a commit that does not wait is whole or not at all, and one within another waits as that does', () => {
  const home = mkdtempSync(join(tmpdir(), 'headgate-soon-'));
  const store = openStore(home);
  const put = (key: string) => store.run('INSERT INTO meta (key, value) VALUES (?, ?)', key, '{}');
  expect(() =>
    store.unsynced(() => {
      put('one');
      throw new Error('no');
    }),
  ).toThrow('no');
  store.transaction(() => store.unsynced(() => put('two')));
  expect(store.all("SELECT key FROM meta WHERE key IN ('one', 'two')")).toEqual([{ key: 'two' }]);
  expect(store.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
  store.close();
  rmSync(home, { recursive: true });
});
