import { dirname } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { expect, test } from 'vitest';
import { loadEmptyStore } from '../../../cloud/store/empty-store.ts';
import { EMPTY_STORE } from '../../../native-host/checkout/places.ts';

test('what the build made is a database that holds nothing', async () => {
  const store = await loadEmptyStore(dirname(EMPTY_STORE));
  const pglite = await PGlite.create({ loadDataDir: store ?? expect.unreachable() });
  const { rows } = await pglite.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
  expect(rows).toEqual([]);
  await pglite.close();
}, 60_000);

test('where nothing was built there is none', async () => {
  expect(await loadEmptyStore(import.meta.dirname)).toBeNull();
});
