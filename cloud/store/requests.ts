// Runs that were asked for over the API.
import type { ErrorCode } from '../../shared/errors.ts';
import type { DeviceId, PersonId, RequestId, RunId } from '../../shared/ids.ts';
import type { RequestReport } from '../../shared/protocol/agent.ts';
import type { RequestView } from '../../shared/protocol/api.ts';
import type { Where } from '../../shared/run/plan.ts';
import type { Database, Tables } from './tables.ts';

export interface StoredRequest extends Omit<RequestView, 'state'> {
  state: Exclude<RequestView['state'], 'expired'>;
  person: PersonId;
  input: Record<string, unknown>;
  where: Where;
}

/** False when the id is taken. */
export async function insertRequest(db: Database, request: StoredRequest): Promise<boolean> {
  const row = await db
    .insertInto('run_requests')
    .values({
      id: request.request,
      person: request.person,
      device: request.device,
      recipe: request.recipe,
      input: JSON.stringify(request.input),
      place: request.where,
      state: request.state,
      run: null,
      code: null,
      created_at: request.createdAt,
      expires_at: request.expiresAt,
    })
    .onConflict((c) => c.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function findRequest(db: Database, id: RequestId): Promise<StoredRequest | null> {
  const row = await db.selectFrom('run_requests').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : typed(row);
}

/** Those that the device has not reported on and may still come for, oldest first. */
export async function waitingRequests(db: Database, device: DeviceId, now: number, limit: number): Promise<StoredRequest[]> {
  const rows = await db
    .selectFrom('run_requests')
    .selectAll()
    .where('device', '=', device)
    .where('state', '=', 'waiting')
    .where('expires_at', '>', now)
    .orderBy('created_at')
    .limit(limit)
    .execute();
  return rows.map(typed);
}

/** What the device says of it; what has ended stays as it is. False when the device has no such request. */
export async function noteReport(db: Database, device: DeviceId, id: RequestId, report: RequestReport): Promise<boolean> {
  const own = await db.selectFrom('run_requests').select('id').where('id', '=', id).where('device', '=', device).executeTakeFirst();
  if (own === undefined) return false;
  await db
    .updateTable('run_requests')
    .set({
      state: report.type,
      run: report.type === 'started' ? report.run : null,
      code: report.type === 'refused' ? report.code : null,
    })
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'asked'])
    .execute();
  return true;
}

export async function dropRequests(db: Database, createdBefore: number): Promise<void> {
  await db.deleteFrom('run_requests').where('created_at', '<', createdBefore).execute();
}

type Row = Omit<Tables['run_requests'], 'input'> & { input: Record<string, unknown> };

function typed(row: Row): StoredRequest {
  // Ids in the store were written by us.
  return {
    request: row.id as RequestId,
    person: row.person as PersonId,
    device: row.device as DeviceId,
    recipe: row.recipe,
    input: row.input,
    where: row.place,
    state: row.state,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    run: row.run as RunId | null,
    code: row.code as ErrorCode | null,
  };
}
