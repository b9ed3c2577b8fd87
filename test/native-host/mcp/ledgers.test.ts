import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadDeviceKeys } from '../../../native-host/link/keys.ts';
import { ledgersOf, mcpReceiptsOf, signLedgerEnd, verifyMcpLedgers } from '../../../native-host/mcp/ledgers.ts';
import { openReceipts, type ReceiptFacts } from '../../../native-host/mcp/receipts.ts';
import { openSlot } from '../../../native-host/mcp/slot.ts';

const FACTS = {
  at: 1,
  run: `r_${'0'.repeat(32)}`,
  step: 'read-text-file',
  destination: 'client',
  purpose: 'mcp read_text_file',
  model: 'test',
  label: 'open',
  approvedBy: 'label',
} as ReceiptFacts;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'headgate-ledgers-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const keys = () => loadDeviceKeys(home);
const ledger = () => ledgersOf(home)[0] ?? '';

/** One session of a server whose client reads `file` so many times. */
async function session(reads: number, file = join(home, 'a.txt')): Promise<void> {
  const slot = openSlot(home, []);
  const receipts = openReceipts(slot.folder, slot.store);
  const { size, mtimeMs, dev, ino } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0, dev: 0, ino: 0 };
  for (let read = 0; read < reads; read += 1)
    receipts.append(
      { ...FACTS, at: read },
      [`text ${read}`],
      [{ folder: home, grant: 'g_x', path: file.slice(home.length + 1), size, mtimeMs, dev, ino } as never],
    );
  await signLedgerEnd(slot.folder, receipts.close(), keys);
  slot.store.close();
}

test('ledgers of several sessions hold, line by line', async () => {
  await session(3);
  await session(2);
  expect(await verifyMcpLedgers(home, keys)).toEqual([]);
});

test('a changed line is named', async () => {
  await session(3);
  writeFileSync(ledger(), readFileSync(ledger(), 'utf8').replace('"at":1', '"at":9'));
  const problems = await verifyMcpLedgers(home, keys);
  expect(problems).toMatchObject([{ n: 3, kind: 'changed' }]);
});

test('a ledger that lost lines at its end does not reach its signed head, and a later session does not sign that away', async () => {
  await session(3);
  const lines = readFileSync(ledger(), 'utf8').split('\n');
  truncateSync(ledger(), `${lines.slice(0, 2).join('\n')}\n`.length);
  expect(await verifyMcpLedgers(home, keys)).toMatchObject([{ kind: 'cut' }]);
  await session(4);
  expect(await verifyMcpLedgers(home, keys)).toMatchObject([{ kind: 'cut' }]);
});

test('a head that this device did not sign is no head', async () => {
  await session(1);
  const other = mkdtempSync(join(tmpdir(), 'headgate-other-'));
  try {
    const stranger = await loadDeviceKeys(other);
    writeFileSync(join(ledger(), '..', 'ledger.head'), await stranger.signHead({ n: 1, line: '0'.repeat(64) }));
    expect(await verifyMcpLedgers(home, keys)).toMatchObject([{ kind: 'unsigned' }]);
  } finally {
    rmSync(other, { recursive: true });
  }
});

test('what a client was given of a file is found by its path, and by the file itself after it was moved', async () => {
  const file = join(home, 'a.txt');
  writeFileSync(file, 'words');
  await session(1, file);
  expect(mcpReceiptsOf(home, file)).toMatchObject([{ by: ['path', 'identity'] }]);
  renameSync(file, join(home, 'b.txt'));
  expect(mcpReceiptsOf(home, join(home, 'b.txt'))).toMatchObject([{ by: ['identity'], receipt: { purpose: 'mcp read_text_file' } }]);
  expect(mcpReceiptsOf(home, file)).toMatchObject([{ by: ['path'] }]);
  expect(mcpReceiptsOf(home, join(home, 'c.txt'))).toEqual([]);
});
