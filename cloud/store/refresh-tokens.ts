// Refresh tokens, kept as SHA-256 only. A family is one sign-in; its tokens are numbered and only the last may be used.
import type { Transaction } from 'kysely';
import type { Database, Tables } from './tables.ts';

export interface RefreshRow {
  hash: string;
  family: string;
  number: number;
  expires_at: number;
  used_at: number | null;
  spent: boolean;
}

export interface FamilyRow {
  id: string;
  person: string;
  device: string | null;
  revoked_at: number | null;
}

export async function addFamily(tx: Transaction<Tables>, family: Omit<FamilyRow, 'revoked_at'>, now: number): Promise<void> {
  await tx
    .insertInto('refresh_families')
    .values({ ...family, created_at: now, revoked_at: null })
    .execute();
}

export async function addRefreshToken(
  tx: Transaction<Tables>,
  token: Pick<RefreshRow, 'hash' | 'family' | 'number' | 'expires_at'>,
  now: number,
): Promise<void> {
  await tx
    .insertInto('refresh_tokens')
    .values({ ...token, created_at: now, used_at: null })
    .execute();
}

export async function findRefreshToken(
  tx: Transaction<Tables>,
  hash: string,
): Promise<{ token: RefreshRow; family: FamilyRow; last: RefreshRow } | null> {
  const token = await tx.selectFrom('refresh_tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
  if (token === undefined) return null;
  const family = await tx.selectFrom('refresh_families').selectAll().where('id', '=', token.family).forUpdate().executeTakeFirstOrThrow();
  const last = await tx
    .selectFrom('refresh_tokens')
    .selectAll()
    .where('family', '=', token.family)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return { token, family, last };
}

export async function markRefreshToken(tx: Transaction<Tables>, hash: string, mark: { used_at?: number; spent?: boolean }): Promise<void> {
  await tx.updateTable('refresh_tokens').set(mark).where('hash', '=', hash).execute();
}

export async function isFamilyAlive(db: Database, family: string): Promise<boolean> {
  return (
    (await db.selectFrom('refresh_families').select('id').where('id', '=', family).where('revoked_at', 'is', null).executeTakeFirst()) !==
    undefined
  );
}

export async function revokeFamily(tx: Transaction<Tables>, family: string, now: number): Promise<void> {
  await tx.updateTable('refresh_families').set({ revoked_at: now }).where('id', '=', family).where('revoked_at', 'is', null).execute();
}

export async function revokeFamiliesOfDevice(tx: Transaction<Tables>, device: string, now: number): Promise<string[]> {
  const rows = await tx
    .updateTable('refresh_families')
    .set({ revoked_at: now })
    .where('device', '=', device)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

export async function dropRefreshTokens(db: Database, expiredBefore: number): Promise<void> {
  await db.deleteFrom('refresh_tokens').where('expires_at', '<', expiredBefore).execute();
}
