// What was released, to the letter: kept at home for a while, each text once however often it went. After that the ledger's
// hashes are what is left.
import { createHash } from 'node:crypto';
import type { ReceiptId } from '../../shared/ids.ts';
import type { Store } from '../state/database.ts';

/** How long the texts of a release can be shown again. */
export const SENT_LIFE_MS = 30 * 24 * 3600_000;
/** Of all that is kept; the oldest goes first. */
const MAX_KEPT_CHARS = 256_000_000;

/** Within the transaction that writes the receipt. */
export function keepSent(store: Store, receipt: ReceiptId, texts: readonly string[], now: number): void {
  for (const [position, text] of texts.entries()) {
    const hash = createHash('sha256').update(text).digest('base64url');
    store.run(
      'INSERT INTO sent_texts (hash, text, expires_at) VALUES (?, ?, ?) ON CONFLICT (hash) DO UPDATE SET expires_at = excluded.expires_at',
      hash,
      text,
      now + SENT_LIFE_MS,
    );
    store.run('INSERT INTO sent (receipt, position, hash) VALUES (?, ?, ?)', receipt, position, hash);
  }
}

/** The texts of a release in their order; `null` in place of one whose time is over. */
export function readSent(store: Store, receipt: ReceiptId): (string | null)[] {
  return store
    .all<{ text: string | null }>('SELECT text FROM sent LEFT JOIN sent_texts USING (hash) WHERE receipt = ? ORDER BY position', receipt)
    .map(({ text }) => text);
}

/** Drops what has expired and, above the cap, what expires next. */
export function purgeSent(store: Store, now: number): void {
  store.transaction(() => {
    store.run('DELETE FROM sent_texts WHERE expires_at <= ?', now);
    let over = (store.get<{ chars: number | null }>('SELECT sum(length(text)) AS chars FROM sent_texts')?.chars ?? 0) - MAX_KEPT_CHARS;
    while (over > 0) {
      const oldest = store.get<{ hash: string; chars: number }>(
        'SELECT hash, length(text) AS chars FROM sent_texts ORDER BY expires_at LIMIT 1',
      );
      if (oldest === undefined) break;
      store.run('DELETE FROM sent_texts WHERE hash = ?', oldest.hash);
      over -= oldest.chars;
    }
  });
}
