// The agent's ledger and those of MCP clients, shown and looked through as one.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendReceipt, type ReceiptFacts } from '../../../native-host/gate/ledger.ts';
import { createLedgerHeads, type LedgerHeads } from '../../../native-host/gate/ledger-heads.ts';
import { loadDeviceKeys } from '../../../native-host/link/keys.ts';
import { ledgersOf } from '../../../native-host/mcp/ledgers.ts';
import { openReceipts } from '../../../native-host/mcp/receipts.ts';
import { openSlot } from '../../../native-host/mcp/slot.ts';
import { listAllReceipts, verifyAllLedgers } from '../../../native-host/port/ledgers.ts';
import { openStore, type Store } from '../../../native-host/state/database.ts';
import { NATIVE_METHODS } from '../../../shared/protocol/native.ts';
import type { RunId, StepId } from '../../../shared/ids.ts';

const RUN = `r_${'1'.repeat(32)}` as RunId;
const FACTS: ReceiptFacts = {
  at: 1,
  run: RUN,
  step: 'summary' as StepId,
  destination: 'cloud',
  purpose: 'p',
  model: null,
  label: 'open',
  approvedBy: 'label',
  handles: [],
  sources: [{ path: 'p', identity: 'i', content: 'c' }],
};
const FILE = { grant: 'g', folder: '/home/ada/Notes', path: 'private.md', size: 1, mtimeMs: 1, dev: 1, ino: 1 };

let home: string;
let store: Store;
let heads: LedgerHeads;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'headgate-ledgers-'));
  store = openStore(home);
  heads = createLedgerHeads(
    store,
    home,
    () => loadDeviceKeys(home),
    (error) => {
      throw error;
    },
  );
  appendReceipt(store, { ...FACTS, at: 10 }, ['mine']);
  const slot = openSlot(home, []);
  const client = openReceipts(slot.folder, slot.store);
  for (const at of [5, 20])
    client.append({ ...FACTS, at, destination: 'client', purpose: 'mcp read_text_file' }, [`text ${at}`], [FILE as never]);
  client.close();
  slot.store.close();
  await heads.sign();
});
afterEach(() => {
  heads.close();
  store.close();
  rmSync(home, { recursive: true, force: true });
});

test('what clients got stands in time between what the agent released, without a path or a source', () => {
  const receipts = listAllReceipts(store, 10, undefined);
  expect(receipts.map(({ at, destination }) => [at, destination])).toEqual([
    [20, 'client'],
    [10, 'cloud'],
    [5, 'client'],
  ]);
  expect(JSON.stringify(receipts)).not.toMatch(/private\.md|home.ada|sources/);
  expect(NATIVE_METHODS['ledger.list'].result.safeParse({ receipts })).toMatchObject({ success: true });
  expect(listAllReceipts(store, 1, undefined)).toHaveLength(1);
  expect(listAllReceipts(store, 10, RUN).map(({ at }) => at)).toEqual([10]);
});

test('a line that was changed is named in either', async () => {
  expect(await verifyAllLedgers(store, heads, () => loadDeviceKeys(home))).toMatchObject({ records: 1, head: { n: 1 }, problems: [] });
  const [file = ''] = ledgersOf(home);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"at":5', '"at":6'));
  store.run(`UPDATE ledger SET receipt = replace(receipt, '"at":10', '"at":11')`);
  const { problems } = await verifyAllLedgers(store, heads, () => loadDeviceKeys(home));
  expect(problems.map(({ kind, says }) => [kind, says])).toEqual([
    ['changed', 'line 1 was changed'],
    ['changed', 'line 2 of what MCP clients got (ledger 1) does not follow from the one before'],
  ]);
});
