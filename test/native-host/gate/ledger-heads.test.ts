// What can be done to a ledger on disk, and that each of it is found and named.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendReceipt } from '../../../native-host/gate/ledger.ts';
import { createLedgerHeads, type LedgerHeads } from '../../../native-host/gate/ledger-heads.ts';
import { lineOf } from '../../../native-host/gate/ledger-verify.ts';
import { loadDeviceKeys } from '../../../native-host/link/keys.ts';
import { openStore, type Store } from '../../../native-host/state/database.ts';
import { readFact, writeFact } from '../../../native-host/state/meta.ts';
import type { RunId, StepId } from '../../../shared/ids.ts';

const RUN = `r_${'1'.repeat(32)}` as RunId;
let home: string;
let store: Store;
let heads: LedgerHeads;
const errors: unknown[] = [];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'headgate-heads-'));
  store = openStore(home);
  heads = createLedgerHeads(
    store,
    home,
    () => loadDeviceKeys(home),
    (error) => void errors.push(error),
  );
  for (const text of ['a', 'b', 'c', 'd', 'e']) append(text);
  await heads.sign();
});
afterEach(() => {
  heads.close();
  store.close();
  rmSync(home, { recursive: true, force: true });
  expect(errors.splice(0)).toEqual([]);
});

function append(text: string) {
  const facts = {
    at: 1,
    run: RUN,
    step: 'tags' as StepId,
    destination: 'cloud',
    purpose: 'p',
    model: null,
    label: 'open',
    approvedBy: 'label',
    handles: [],
  } as const;
  return appendReceipt(store, { ...facts, handles: [] }, [text]);
}

const problems = async () => (await heads.verify()).problems.map(({ n, kind }) => ({ n, kind }));
const rows = () =>
  store.all<{ n: number; id: string; receipt: string; line: string }>('SELECT n, id, receipt, line FROM ledger ORDER BY n');

/** Writes the ledger anew from line `from`, as whoever can write the file but has no key can: every chain holds. */
function forge(from: number, change: (receipt: string) => string): void {
  let previous = rows().findLast(({ n }) => n < from)?.line ?? '0'.repeat(64);
  for (const row of rows().filter(({ n }) => n >= from)) {
    const receipt = change(row.receipt).replace(/"previous":"[0-9a-f]{64}"/, `"previous":"${previous}"`);
    previous = lineOf(receipt);
    store.run('UPDATE ledger SET receipt = ?, line = ? WHERE n = ?', receipt, previous, row.n);
  }
}

test('an honest ledger verifies, and its head is signed to its end', async () => {
  expect(await heads.verify()).toMatchObject({ records: 5, problems: [], head: { n: 5, line: rows().at(-1)?.line } });
  append('f');
  expect(await heads.verify()).toMatchObject({ records: 6, problems: [], head: { n: 6 } });
});

test('an empty ledger verifies', async () => {
  const other = mkdtempSync(join(tmpdir(), 'headgate-heads-'));
  const empty = openStore(other);
  const none = createLedgerHeads(
    empty,
    other,
    () => loadDeviceKeys(other),
    () => undefined,
  );
  expect(await none.verify()).toEqual({ records: 0, problems: [], head: null });
  none.close();
  empty.close();
  rmSync(other, { recursive: true, force: true });
});

test('a head is kept in the store and in a file that only the person can read', () => {
  expect(readFileSync(join(home, 'ledger.head'), 'utf8')).toBe(readFact(store, 'ledgerHead'));
  expect(statSync(join(home, 'ledger.head')).mode & 0o777).toBe(0o600);
});

test.each([1, 2, 3, 4, 5])('a flipped bit in line %d is found there and nowhere else', async (n) => {
  store.run(`UPDATE ledger SET receipt = replace(receipt, '"bytes":1', '"bytes":3') WHERE n = ?`, n);
  expect(await problems()).toEqual([{ n, kind: 'changed' }]);
});

test.each([1, 2, 3, 4])('line %d taken out is found missing before the next', async (n) => {
  store.run('DELETE FROM ledger WHERE n = ?', n);
  expect((await problems())[0]).toEqual({ n: n + 1, kind: 'missing' });
});

test('two lines in each other’s place are found moved', async () => {
  const [, two, three] = rows();
  for (const [n, row] of [
    [2, three],
    [3, two],
  ] as const)
    store.run(`UPDATE ledger SET id = 'x' || ?, receipt = ?, line = ? WHERE n = ?`, n, row?.receipt ?? '', row?.line ?? '', n);
  for (const [n, row] of [
    [2, three],
    [3, two],
  ] as const)
    store.run('UPDATE ledger SET id = ? WHERE n = ?', row?.id ?? '', n);
  expect((await problems())[0]).toEqual({ n: 2, kind: 'moved' });
});

test('a line put in again at the end is found repeated', async () => {
  const again = rows()[1];
  store.run('INSERT INTO ledger (id, run, receipt, line) VALUES (?, ?, ?, ?)', 'x_again', RUN, again?.receipt ?? '', again?.line ?? '');
  expect(await problems()).toContainEqual({ n: 6, kind: 'changed' });
  store.run('DROP TABLE ledger');
  store.run('CREATE TABLE ledger (n INTEGER PRIMARY KEY, id TEXT, run TEXT, receipt TEXT, line TEXT)');
});

test('a line replayed where nothing forbids its id twice is found repeated', async () => {
  const all = rows();
  store.run('DROP TABLE ledger');
  store.run('CREATE TABLE ledger (n INTEGER PRIMARY KEY, id TEXT, run TEXT, receipt TEXT, line TEXT)');
  for (const { n, id, receipt, line } of [
    ...all,
    { ...all[1], n: 6, id: all[1]?.id ?? '', receipt: all[1]?.receipt ?? '', line: all[1]?.line ?? '' },
  ])
    store.run('INSERT INTO ledger (n, id, run, receipt, line) VALUES (?, ?, ?, ?, ?)', n, id, RUN, receipt, line);
  expect(await problems()).toEqual([{ n: 6, kind: 'repeated' }]);
});

test.each([1, 3, 5])('%d lines cut off the end are found by the signed head', async (count) => {
  store.run('DELETE FROM ledger WHERE n > ?', 5 - count);
  expect(await problems()).toContainEqual({ n: 6 - count, kind: 'cut' });
});

test('lines that come after a cut do not hide it', async () => {
  store.run('DELETE FROM ledger WHERE n > 3');
  append('x');
  append('y');
  expect((await problems()).map(({ kind }) => kind)).toContain('replaced');
});

test('a ledger written anew with a good chain is found by the signed head', async () => {
  forge(2, (receipt) => receipt.replace('"bytes":1', '"bytes":0'));
  expect(await problems()).toEqual([{ n: 5, kind: 'replaced' }]);
});

test('store and file put back together to an earlier time are found by the head that the cloud holds', async () => {
  const signed = readFact(store, 'ledgerHead');
  await heads.onCloudHead('of no device');
  await heads.onCloudHead(signed ?? '');
  store.run('DELETE FROM ledger WHERE n > 3');
  writeFact(store, 'ledgerHead', null);
  rmSync(join(home, 'ledger.head'));
  append('x');
  expect((await problems()).map(({ kind }) => kind)).toEqual(['cut', 'unsigned', 'unsigned']);
});

test('a head that another key signed is not believed', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'headgate-heads-'));
  const forged = await (await loadDeviceKeys(elsewhere)).signHead({ n: 3, line: rows()[2]?.line ?? '' });
  writeFact(store, 'ledgerHead', forged);
  writeFileSync(join(home, 'ledger.head'), forged);
  append('f');
  store.run('DELETE FROM ledger WHERE n > 3');
  const found = await heads.verify();
  expect(found.problems.map(({ kind }) => kind)).toContain('unsigned');
  rmSync(elsewhere, { recursive: true, force: true });
});

test('a head that is gone is said', async () => {
  rmSync(join(home, 'ledger.head'));
  expect(await problems()).toEqual([{ n: 0, kind: 'unsigned' }]);
});
