// The ledger: one line a release, each chained to the one before by SHA-256, on disk before the bytes go.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Receipt } from '../../shared/gate/release.ts';
import { makeId, type RunId } from '../../shared/ids.ts';
import type { Store } from '../state/database.ts';
import { readFact, writeFact } from '../state/meta.ts';

const FIRST = '0'.repeat(64);

/** Appends a receipt for `texts` and returns it; it is on disk when this returns. `texts` are hashed under the device's own key. */
export function appendReceipt(store: Store, facts: Omit<Receipt, 'id' | 'bytes' | 'hash' | 'previous'>, texts: readonly string[]): Receipt {
  return store.transaction(() => {
    const last = store.get<{ line: string }>('SELECT line FROM ledger ORDER BY n DESC LIMIT 1');
    const receipt: Receipt = {
      id: makeId('x', randomBytes),
      ...facts,
      bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
      hash: keyedHash(store, texts),
      previous: last?.line ?? FIRST,
    };
    const json = JSON.stringify(receipt);
    store.run(
      'INSERT INTO ledger (id, run, receipt, line) VALUES (?, ?, ?, ?)',
      receipt.id,
      receipt.run,
      json,
      createHash('sha256').update(json).digest('hex'),
    );
    return receipt;
  });
}

export function listReceipts(store: Store, limit: number, run?: RunId): Receipt[] {
  const rows =
    run === undefined
      ? store.all<{ receipt: string }>('SELECT receipt FROM ledger ORDER BY n DESC LIMIT ?', limit)
      : store.all<{ receipt: string }>('SELECT receipt FROM ledger WHERE run = ? ORDER BY n DESC LIMIT ?', run, limit);
  return rows.map((row) => Receipt.parse(JSON.parse(row.receipt)));
}

/** The first line whose chain does not hold, counted from 1; `null` when all do. */
export function findBrokenLine(store: Store): number | null {
  let previous = FIRST;
  for (const row of store.all<{ n: number; receipt: string; line: string }>('SELECT n, receipt, line FROM ledger ORDER BY n')) {
    const line = createHash('sha256').update(row.receipt).digest('hex');
    if (line !== row.line || Receipt.parse(JSON.parse(row.receipt)).previous !== previous) return row.n;
    previous = row.line;
  }
  return null;
}

function keyedHash(store: Store, texts: readonly string[]): string {
  let key = readFact(store, 'ledgerKey');
  if (key === null) {
    key = randomBytes(32).toString('hex');
    writeFact(store, 'ledgerKey', key);
  }
  const hmac = createHmac('sha256', Buffer.from(key, 'hex'));
  for (const text of texts) hmac.update(`${text.length}:`).update(text);
  return hmac.digest('hex');
}
