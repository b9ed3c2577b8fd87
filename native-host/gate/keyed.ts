// Keyed hashes: what may be said of content without saying it. HMAC-SHA-256 under a secret of this device that never
// leaves, so that nobody else can tell by guessing what was hashed.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { FileReference } from '../state/stored-handle.ts';
import type { Store } from '../state/database.ts';
import { readFact, writeFact } from '../state/meta.ts';

export interface Keyed {
  texts(texts: readonly string[]): string;
  /** Where a file is. */
  path(grant: string, path: string): string;
  /** Which file it is, wherever it is moved on its disk. */
  identity(file: Pick<FileReference, 'dev' | 'ino'>): string;
  content(text: string): string;
}

/** The hashes of this device; its secret is made at the first use. */
export function keyedHashes(store: Store): Keyed {
  let secret = readFact(store, 'ledgerKey');
  if (secret === null) {
    secret = randomBytes(32).toString('hex');
    writeFact(store, 'ledgerKey', secret);
  }
  const key = Buffer.from(secret, 'hex');
  const named = (what: string, value: string) => createHmac('sha256', key).update(`${what}\0`).update(value).digest('hex').slice(0, 32);
  return {
    texts(texts) {
      const hmac = createHmac('sha256', key);
      for (const text of texts) hmac.update(`${text.length}:`).update(text);
      return hmac.digest('hex');
    },
    path: (grant, path) => named('path', `${grant}\0${path.normalize('NFC')}`),
    identity: ({ dev, ino }) => named('identity', `${dev}:${ino}`),
    content: (text) => named('content', text),
  };
}

/** A plain hash, for what stays on this device: what a yes is bound to. It never leaves. */
export function hashOfContent(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
