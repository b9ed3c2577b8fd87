// One-time codes, kept as SHA-256 only.
import type { Transaction } from 'kysely';
import type { Database, Tables } from './tables.ts';

export interface CodeRow {
  hash: string;
  kind: 'owner' | 'person';
  person: string | null;
  created_at: number;
  expires_at: number;
}

export const MAX_CODE_ATTEMPTS = 5;

export async function addCode(db: Database, code: CodeRow): Promise<void> {
  await db.deleteFrom('codes').where('expires_at', '<', code.created_at).execute();
  await db
    .insertInto('codes')
    .values({ ...code, used_at: null })
    .execute();
}

/** Marks the code as used, once for ever. `null`: unknown, used, expired or tried too often; which of them is not told. */
export async function useCode(tx: Transaction<Tables>, hash: string, now: number): Promise<Pick<CodeRow, 'kind' | 'person'> | null> {
  const row = await tx
    .updateTable('codes')
    .set({ used_at: now })
    .where('hash', '=', hash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .where('attempts', '<', MAX_CODE_ATTEMPTS)
    .returning(['kind', 'person'])
    .executeTakeFirst();
  return row ?? null;
}

/** A try with this code that failed for another reason; after a few the code is dead. */
export async function countCodeAttempt(db: Database, hash: string): Promise<void> {
  await db
    .updateTable('codes')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('hash', '=', hash)
    .execute();
}
