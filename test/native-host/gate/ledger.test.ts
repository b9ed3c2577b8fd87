import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendReceipt, listReceipts } from '../../../native-host/gate/ledger.ts';
import { findBrokenLine } from '../../../native-host/gate/ledger-verify.ts';
import { openStore, type Store } from '../../../native-host/state/database.ts';
import type { RunId, StepId } from '../../../shared/ids.ts';

const RUN = `r_${'1'.repeat(32)}` as RunId;
const OTHER = `r_${'2'.repeat(32)}` as RunId;

let home: string;
let store: Store;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'headgate-ledger-'));
  store = openStore(home);
});
afterEach(() => {
  store.close();
  rmSync(home, { recursive: true, force: true });
});

const append = (texts: string[], run = RUN) =>
  appendReceipt(
    store,
    {
      at: 1,
      run,
      step: 'tags' as StepId,
      destination: 'cloud',
      purpose: 'text.keywords',
      model: 'm',
      label: 'open',
      approvedBy: 'label',
      handles: [],
    },
    texts,
  );

test('each line is chained to the one before', () => {
  const first = append(['a']);
  const second = append(['b']);
  expect(first.previous).toBe('0'.repeat(64));
  expect(second.previous).toBe(store.get<{ line: string }>('SELECT line FROM ledger WHERE n = 1')?.line);
  expect(findBrokenLine(store)).toBeNull();
});

test('a receipt counts bytes, and its hash is keyed and holds where one text ends', () => {
  expect(append(['ü🦊', '']).bytes).toBe(6);
  const hashes = [append(['ab', 'c']), append(['a', 'bc']), append(['abc']), append(['ab', 'c'])].map(({ hash }) => hash);
  expect(new Set(hashes).size).toBe(3);
  expect(hashes[0]).toBe(hashes[3]);
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
});

test('the hash of the same text on another device is another', () => {
  const other = mkdtempSync(join(tmpdir(), 'headgate-ledger-'));
  const second = openStore(other);
  const here = append(['the same text']);
  const there = appendReceipt(second, { ...here, handles: [] }, ['the same text']);
  expect(there.hash).not.toBe(here.hash);
  second.close();
  rmSync(other, { recursive: true, force: true });
});

test('receipts are listed newest first, of one run or of all', () => {
  const one = append(['a']);
  const two = append(['b'], OTHER);
  expect(listReceipts(store, 9).map(({ id }) => id)).toEqual([two.id, one.id]);
  expect(listReceipts(store, 9, RUN).map(({ id }) => id)).toEqual([one.id]);
  expect(listReceipts(store, 1)).toHaveLength(1);
});

test.each([
  ['a changed receipt', `UPDATE ledger SET receipt = replace(receipt, '"bytes":1', '"bytes":0') WHERE n = 2`, 2],
  ['one flipped character', `UPDATE ledger SET receipt = replace(receipt, '"label":"open"', '"label":"home"') WHERE n = 3`, 3],
  ['a changed line', `UPDATE ledger SET line = replace(line, substr(line, 1, 1), 'x') WHERE n = 2`, 2],
  ['a line taken out', 'DELETE FROM ledger WHERE n = 2', 3],
  ['the first line taken out', 'DELETE FROM ledger WHERE n = 1', 2],
  ['lines in another order', 'UPDATE ledger SET n = CASE n WHEN 2 THEN -3 WHEN 3 THEN -2 ELSE n END WHERE n IN (2, 3)', -3],
])('%s is found', (_name, sql, line) => {
  for (const text of ['a', 'b', 'c', 'd']) append([text]);
  store.run(sql);
  expect(findBrokenLine(store)).toBe(line);
});

test('the ledger is on disk when it is written: another opening of the store finds it', () => {
  const receipt = append(['a']);
  store.close();
  store = openStore(home);
  expect(listReceipts(store, 1)).toEqual([receipt]);
  expect(append(['b']).previous).not.toBe('0'.repeat(64));
  expect(findBrokenLine(store)).toBeNull();
});
