// The store in a real folder: its lock, its dump, and what becomes of a folder that cannot be opened. One folder for all, as
// making a database takes seconds.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createLog } from '../../../cloud/log.ts';
import { takeLock } from '../../../cloud/store/lock.ts';
import { migrate, openStore } from '../../../cloud/store/open.ts';

const folder = mkdtempSync(join(tmpdir(), 'headgate-store-'));
afterAll(() => rmSync(folder, { recursive: true }));
const quiet = createLog(() => undefined);
const PERSON = { id: 'p_00000000000000000000000000000001', created_at: 1_795_000_000_000, signed_in_at: 1 };

test('a folder has one owner at a time, and the second one is told who', () => {
  const place = join(folder, 'lock');
  const lock = takeLock(place);
  expect(() => takeLock(place)).toThrow(`A Headgate cloud is already running on ${place}: process ${process.pid}.`);
  lock.release();
  takeLock(place).release();
});

test('rows outlive a restart, int8 comes back as a number, and migrations run once', async () => {
  const first = await openStore({ kind: 'folder', folder }, quiet);
  await first.db.insertInto('persons').values(PERSON).execute();
  await expect(openStore({ kind: 'folder', folder }, quiet)).rejects.toMatchObject({ code: 'already_running' });
  await migrate(first.db);
  await first.close();
  const second = await openStore({ kind: 'folder', folder }, quiet);
  expect(await second.db.selectFrom('persons').selectAll().execute()).toEqual([PERSON]);
  await second.close();
  expect(existsSync(join(folder, 'store.dump.tar.gz'))).toBe(true);
}, 150_000);

test('a store that cannot be opened is put aside and its last dump takes its place', async () => {
  writeFileSync(join(folder, 'store', 'global', 'pg_control'), 'damaged');
  const lines: string[] = [];
  const store = await openStore(
    { kind: 'folder', folder },
    createLog((line) => lines.push(line)),
  );
  expect(await store.db.selectFrom('persons').selectAll().execute()).toEqual([PERSON]);
  await store.close();
  expect(lines.join('')).toContain('store.restored_from_dump');
  expect(readdirSync(folder).some((name) => name.startsWith('store.damaged-'))).toBe(true);
}, 150_000);
