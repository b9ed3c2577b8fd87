import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rememberRevoked, withGrantedAgain } from '../../../native-host/gate/granted-again.ts';
import { createGrantsFile, type GrantsFile } from '../../../native-host/gate/grants-file.ts';
import { openStore, type Store } from '../../../native-host/state/database.ts';
import { readFact } from '../../../native-host/state/meta.ts';
import type { GrantId } from '../../../shared/ids.ts';

let base: string;
let store: Store;
let grants: GrantsFile;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'headgate-again-'));
  for (const name of ['one', 'two', join('one', 'inner')]) mkdirSync(join(base, name));
  store = openStore(join(base, 'state'));
  grants = createGrantsFile(join(base, 'state'));
});
afterEach(() => {
  store.close();
  rmSync(base, { recursive: true });
});
const revoke = (id: GrantId) => {
  rememberRevoked(store, grants, id);
  grants.revoke(id);
};

test('a revoked grant is that of its very folder, once that may be changed again', () => {
  const { id } = grants.add({ folder: join(base, 'one'), rights: ['read', 'write'] });
  const again = () => withGrantedAgain(store, grants).grant(id);
  expect(again().id).toBe(id);
  revoke(id);
  grants.add({ folder: join(base, 'two'), rights: ['read', 'write'] });
  grants.add({ folder: join(base, 'one', 'inner'), rights: ['read', 'write'] });
  grants.add({ folder: join(base, 'one'), rights: ['read'] });
  expect(again).toThrow('not granted any more');
  const { id: now } = grants.add({ folder: join(base, 'one'), rights: ['read', 'write'] });
  expect(now).not.toBe(id);
  expect(again()).toMatchObject({ id: now, folder: join(base, 'one') });
  expect(() => grants.grant(id)).toThrow('not granted any more');
});

test('a grant that was never there is none', () => {
  grants.add({ folder: join(base, 'one'), rights: ['read', 'write'] });
  expect(() => withGrantedAgain(store, grants).grant(`g_${'0'.repeat(32)}` as GrantId)).toThrow('not granted any more');
});

test('the last two hundred are remembered', () => {
  const ids = Array.from({ length: 203 }, () => {
    const { id } = grants.add({ folder: join(base, 'one') });
    revoke(id);
    return id;
  });
  expect(Object.keys(readFact(store, 'revoked'))).toEqual(ids.slice(-200));
});
