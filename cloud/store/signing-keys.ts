// The cloud's own signing keys.
import type { Database, StoredJwk } from './tables.ts';

export interface SigningKeyRow {
  kid: string;
  private_key: StoredJwk;
  created_at: number;
  retired_at: number | null;
}

/** The one that signs first, then the retired ones. */
export async function listSigningKeys(db: Database): Promise<SigningKeyRow[]> {
  return db
    .selectFrom('signing_keys')
    .selectAll()
    .orderBy('retired_at', (order) => order.desc().nullsFirst())
    .execute();
}

/** The new key signs from now on; those before it only verify. */
export async function addSigningKey(db: Database, kid: string, key: StoredJwk, now: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx.updateTable('signing_keys').set({ retired_at: now }).where('retired_at', 'is', null).execute();
    await tx
      .insertInto('signing_keys')
      .values({ kid, private_key: JSON.stringify(key), created_at: now, retired_at: null })
      .execute();
  });
}

export async function dropSigningKeys(db: Database, retiredBefore: number): Promise<void> {
  await db.deleteFrom('signing_keys').where('retired_at', '<', retiredBefore).execute();
}
