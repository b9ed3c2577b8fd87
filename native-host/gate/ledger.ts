// The ledger: one line a release, each chained to the one before by SHA-256, on disk before the bytes go. What is wrong with
// it is found by ledger-verify.ts; its end is signed by ledger-heads.ts.
import { randomBytes } from 'node:crypto';
import { Receipt } from '../../shared/gate/release.ts';
import { makeId, type RunId } from '../../shared/ids.ts';
import type { Store } from '../state/database.ts';
import { keyedHashes } from './keyed.ts';
import { FIRST_LINE, lineOf } from './ledger-verify.ts';

export type ReceiptFacts = Omit<Receipt, 'id' | 'bytes' | 'hash' | 'previous' | 'sent'>;

const listeners = new WeakMap<Store, () => void>();

/** Calls `listener` after each line; one a store. */
export function watchLedger(store: Store, listener: () => void): void {
  listeners.set(store, listener);
}

/**
 * Appends a receipt and returns it; it is on disk when the transaction around this is over. `texts` is what there was to
 * send, `sent` what goes; both are hashed under the device's own key.
 */
export function appendReceipt(store: Store, facts: ReceiptFacts, texts: readonly string[], sent: readonly string[] = texts): Receipt {
  const receipt = store.transaction(() => {
    const last = store.get<{ line: string }>('SELECT line FROM ledger ORDER BY n DESC LIMIT 1');
    const keyed = keyedHashes(store);
    const receipt: Receipt = {
      id: makeId('x', randomBytes),
      ...facts,
      bytes: sent.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
      hash: keyed.texts(texts),
      previous: last?.line ?? FIRST_LINE,
      ...(sent === texts ? {} : { sent: keyed.texts(sent) }),
    };
    const json = JSON.stringify(receipt);
    store.run('INSERT INTO ledger (id, run, receipt, line) VALUES (?, ?, ?, ?)', receipt.id, receipt.run, json, lineOf(json));
    return receipt;
  });
  listeners.get(store)?.();
  return receipt;
}

export function listReceipts(store: Store, limit: number, run?: RunId): Receipt[] {
  const rows =
    run === undefined
      ? store.all<{ receipt: string }>('SELECT receipt FROM ledger ORDER BY n DESC LIMIT ?', limit)
      : store.all<{ receipt: string }>('SELECT receipt FROM ledger WHERE run = ? ORDER BY n DESC LIMIT ?', run, limit);
  return rows.map((row) => Receipt.parse(JSON.parse(row.receipt)));
}

/** A receipt for lists: without what only the device itself can use. */
export function viewReceipt({ sources: _sources, ranges: _ranges, ...receipt }: Receipt): Receipt {
  return receipt;
}
