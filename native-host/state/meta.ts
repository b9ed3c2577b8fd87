// Small facts about this device that survive restarts: pairing, the person's refresh token, measured speeds.
import * as z from 'zod';
import type { Store } from './database.ts';

const FACTS = {
  /** Set by pairing, cleared by `pair.end` and by revocation. */
  pairing: z.object({ cloud: z.string(), device: z.string(), person: z.string() }).nullable(),
  /** The person's rotating refresh token. */
  refresh: z.string().nullable(),
  /** Secret of the keyed hashes in the ledger; made once, never leaves. */
  ledgerKey: z.string().nullable(),
  /** The last head of the ledger that was signed, and the furthest that the cloud says it has. */
  ledgerHead: z.string().nullable(),
  cloudLedgerHead: z.string().nullable(),
  /** Folders of revoked grants, by the grant. */
  revoked: z.record(z.string(), z.string()),
  /** Moving averages of work speed, bytes per millisecond, by op. */
  speed: z.record(z.string(), z.number()),
} as const;
type Facts = { [Key in keyof typeof FACTS]: z.infer<(typeof FACTS)[Key]> };

const EMPTY: Facts = { pairing: null, refresh: null, ledgerKey: null, ledgerHead: null, cloudLedgerHead: null, revoked: {}, speed: {} };

export function readFact<Key extends keyof Facts>(store: Store, key: Key): Facts[Key] {
  const row = store.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key);
  return row === undefined ? EMPTY[key] : (FACTS[key].parse(JSON.parse(row.value)) as Facts[Key]);
}

export function writeFact<Key extends keyof Facts>(store: Store, key: Key, value: Facts[Key]): void {
  store.run(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    key,
    JSON.stringify(value),
  );
}
