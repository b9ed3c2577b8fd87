// Enrolled devices and the assertions they have used.
import type { Transaction } from 'kysely';
import type { DeviceId, PersonId } from '../../shared/ids.ts';
import type { Database, StoredJwk, Tables } from './tables.ts';

export interface DeviceRow {
  id: DeviceId;
  person: PersonId;
  name: string;
  sign_key: StoredJwk;
  created_at: number;
  last_seen_at: number | null;
  revoked_at: number | null;
}

export interface NewDevice {
  id: DeviceId;
  person: PersonId;
  name: string;
  machine: string;
  thumbprint: string;
  signKey: StoredJwk;
  sealKey: StoredJwk;
}

/** Adds the device, or renews the one of this person that holds the same key. */
export async function enrolDevice(tx: Transaction<Tables>, device: NewDevice, now: number): Promise<DeviceId> {
  const keys = { name: device.name, machine: device.machine, seal_key: JSON.stringify(device.sealKey) };
  const known = await tx
    .updateTable('devices')
    .set(keys)
    .where('thumbprint', '=', device.thumbprint)
    .where('person', '=', device.person)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  // Ids in the store were written by us.
  if (known !== undefined) return known.id as DeviceId;
  await tx
    .insertInto('devices')
    .values({
      ...keys,
      id: device.id,
      person: device.person,
      thumbprint: device.thumbprint,
      sign_key: JSON.stringify(device.signKey),
      created_at: now,
      last_seen_at: null,
      revoked_at: null,
      ledger_head: null,
    })
    .execute();
  return device.id;
}

const COLUMNS = ['id', 'person', 'name', 'sign_key', 'created_at', 'last_seen_at', 'revoked_at'] as const;

export async function findDevice(db: Database, id: DeviceId): Promise<DeviceRow | null> {
  const row = await db.selectFrom('devices').select(COLUMNS).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : typed(row);
}

export async function listDevices(db: Database, person: PersonId): Promise<DeviceRow[]> {
  const rows = await db
    .selectFrom('devices')
    .select(COLUMNS)
    .where('person', '=', person)
    .orderBy('created_at', 'desc')
    .limit(500)
    .execute();
  return rows.map(typed);
}

export async function noteSeen(db: Database, id: DeviceId, now: number): Promise<void> {
  await db.updateTable('devices').set({ last_seen_at: now }).where('id', '=', id).execute();
}

export async function findLedgerHead(db: Database, id: DeviceId): Promise<{ signed: string | null; signKey: StoredJwk }> {
  const row = await db.selectFrom('devices').select(['ledger_head', 'sign_key']).where('id', '=', id).executeTakeFirstOrThrow();
  return { signed: row.ledger_head, signKey: row.sign_key };
}

export async function noteLedgerHead(db: Database, id: DeviceId, signed: string): Promise<void> {
  await db.updateTable('devices').set({ ledger_head: signed }).where('id', '=', id).execute();
}

/** False when there is no such device of this person, or it was revoked before. */
export async function revokeDevice(tx: Transaction<Tables>, id: DeviceId, person: PersonId, now: number): Promise<boolean> {
  const row = await tx
    .updateTable('devices')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('person', '=', person)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** True the first time for this device and id. */
export async function useAssertion(db: Database, device: DeviceId, jti: string, expiresAt: number): Promise<boolean> {
  const row = await db
    .insertInto('assertions')
    .values({ device, jti, expires_at: expiresAt })
    .onConflict((c) => c.doNothing())
    .returning('jti')
    .executeTakeFirst();
  return row !== undefined;
}

export async function dropAssertions(db: Database, expiredBefore: number): Promise<void> {
  await db.deleteFrom('assertions').where('expires_at', '<', expiredBefore).execute();
}

function typed(row: Omit<DeviceRow, 'id' | 'person'> & { id: string; person: string }): DeviceRow {
  return { ...row, id: row.id as DeviceId, person: row.person as PersonId };
}
