// Persons. The first one to sign in owns this cloud.
import type { Transaction } from 'kysely';
import type { PersonId } from '../../shared/ids.ts';
import type { Database, Tables } from './tables.ts';

export async function isAnybodyThere(db: Database): Promise<boolean> {
  return (await db.selectFrom('persons').select('id').limit(1).executeTakeFirst()) !== undefined;
}

/** The owner; `fresh` becomes it when there is none yet. */
export async function ownerOr(tx: Transaction<Tables>, fresh: PersonId, now: number): Promise<PersonId> {
  const owner = await tx.selectFrom('persons').select('id').orderBy('created_at').limit(1).executeTakeFirst();
  // Written by this very function, so it has the form of a PersonId.
  if (owner !== undefined) return owner.id as PersonId;
  await tx.insertInto('persons').values({ id: fresh, created_at: now, signed_in_at: now }).execute();
  return fresh;
}

export async function noteSignIn(tx: Transaction<Tables>, person: PersonId, now: number): Promise<void> {
  await tx.updateTable('persons').set({ signed_in_at: now }).where('id', '=', person).execute();
}
