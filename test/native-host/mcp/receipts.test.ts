import { createHmac, randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBrokenMcpLine, ledgersOf, listMcpReceipts } from '../../../native-host/mcp/ledgers.ts';
import { openReceipts, type ReceiptFacts } from '../../../native-host/mcp/receipts.ts';
import { openSlot } from '../../../native-host/mcp/slot.ts';
import { readFact } from '../../../native-host/state/meta.ts';
import { makeId } from '../../../shared/ids.ts';

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

test('receipts are chained over restarts, hashed under the device’s key, and a torn last line goes', () => {
  const home = mkdtempSync(join(tmpdir(), 'headgate-receipts-'));
  try {
    const slot = openSlot(home, []);
    const [first, torn] = [openReceipts(slot.folder, slot.store), '{"id":"x_'];
    first.append(FACTS, ['ä text', 'another'], []);
    first.append({ ...FACTS, at: 2 }, ['ä text', 'another'], []);
    first.close();
    const [ledger = ''] = ledgersOf(home);
    appendFileSync(ledger, torn);
    const again = openReceipts(slot.folder, slot.store);
    again.append({ ...FACTS, at: 3 }, [], []);
    again.close();
    expect(readFileSync(ledger, 'utf8')).not.toContain(`${torn}{`);
    expect(findBrokenMcpLine(ledger)).toBe(null);
    const receipts = listMcpReceipts(home, 10);
    expect(receipts.map(({ at, bytes }) => [at, bytes])).toEqual([
      [3, 0],
      [2, 14],
      [1, 14],
    ]);
    const key = Buffer.from(readFact(slot.store, 'ledgerKey') ?? '', 'hex');
    expect(receipts[2]?.hash).toBe(createHmac('sha256', key).update('6:').update('ä text').update('7:').update('another').digest('hex'));
    slot.store.close();
  } finally {
    rmSync(home, { recursive: true });
  }
});

test('a line of any length is followed by the next, also when it is torn', () => {
  const home = mkdtempSync(join(tmpdir(), 'headgate-receipts-'));
  try {
    const slot = openSlot(home, []);
    const file = { grant: makeId('g', randomBytes), folder: '/f', path: '\u0001'.repeat(4_000), size: 1, mtimeMs: 1, dev: 1, ino: 1 };
    const files = Array.from({ length: 100 }, () => file);
    for (const at of [1, 2, 3]) {
      const receipts = openReceipts(slot.folder, slot.store);
      receipts.append({ ...FACTS, at }, [`${at}`], files);
      receipts.close();
      const [ledger = ''] = ledgersOf(home);
      expect(findBrokenMcpLine(ledger)).toBe(null);
      if (at === 2) appendFileSync(ledger, 'x'.repeat(1_500_000));
    }
    expect(listMcpReceipts(home, 10)[0]?.at).toBe(3);
    slot.store.close();
  } finally {
    rmSync(home, { recursive: true });
  }
});
