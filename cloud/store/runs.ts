// Runs and their logs. A log is extended and its state stored in one statement, so in one transaction and one round trip;
// the statement does nothing when somebody else has extended the log meanwhile.
// Of a state that is not stored with every event, those after `state_seq` are folded on when it is loaded.
import { type RawBuilder, sql } from 'kysely';
import type { DeviceId, PersonId, RunId } from '../../shared/ids.ts';
import type { RunEvent } from '../../shared/run/events.ts';
import { fold, foldAll, type RunState } from '../../shared/run/fold.ts';
import { viewOf } from '../../shared/run/view.ts';
import type { Database, RunSummaryRow } from './tables.ts';

export interface StoredRun {
  state: RunState;
  person: PersonId;
  device: DeviceId;
  writer: 'cloud' | 'home';
  sealed: string;
  /** The event up to which the stored state reaches. */
  stateSeq: number;
  wakeAt: number | null;
}

export function summaryOf(state: RunState): RunSummaryRow {
  const { steps: _steps, ...summary } = viewOf(state);
  return summary;
}

/** False when the run is there already. */
export async function insertRun(db: Database, run: StoredRun, events: readonly RunEvent[]): Promise<boolean> {
  const { state } = run;
  const result = await sql`
    with added as (
      insert into runs (id, person, device, writer, status, seq, epoch, state, state_seq, summary, sealed, created_at, wake_at)
      values (${state.spec.id}, ${run.person}, ${run.device}, ${run.writer}, ${state.status}, ${state.seq}, ${state.epoch},
        ${JSON.stringify(state)}::json, ${state.seq}, ${JSON.stringify(summaryOf(state))}::json, ${run.sealed}, ${state.spec.createdAt}, ${run.wakeAt})
      on conflict (id) do nothing returning id
    )
    insert into events (run, seq, epoch, body)
    select added.id, row.seq, row.epoch, row.body::json from added, ${rowsOf(events)}`.execute(db);
  return result.numAffectedRows === BigInt(events.length);
}

/** Appends `events`, which follow `before`. False when the log has moved on since `before` was read. */
export async function appendEvents(db: Database, before: RunState, run: StoredRun, events: readonly RunEvent[]): Promise<boolean> {
  const { state } = run;
  const isWhole = run.stateSeq === state.seq;
  const result = await sql`
    with moved as (
      update runs set status = ${state.status}, seq = ${state.seq}, epoch = ${state.epoch}, writer = ${run.writer}, wake_at = ${run.wakeAt},
        summary = ${JSON.stringify(summaryOf(state))}::json
        ${isWhole ? sql`, state = ${JSON.stringify(state)}::json, state_seq = ${state.seq}` : sql``}
      where id = ${state.spec.id} and seq = ${before.seq} and epoch = ${before.epoch} returning id
    )
    insert into events (run, seq, epoch, body)
    select moved.id, row.seq, row.epoch, row.body::json from moved, ${rowsOf(events)}`.execute(db);
  return result.numAffectedRows === BigInt(events.length);
}

/** Events as rows of a FROM clause: three arrays, so that any number of them is three parameters. */
function rowsOf(events: readonly RunEvent[]): RawBuilder<unknown> {
  const bodies = events.map((event) => JSON.stringify(event));
  return sql`unnest(${events.map((event) => event.seq)}::int8[], ${events.map((event) => event.epoch)}::int8[], ${bodies}::text[]) as row (seq, epoch, body)`;
}

/** Puts `events` in the place of everything from the first of them on. False when the log has moved on since `before`. */
export async function replaceEvents(db: Database, before: RunState, run: StoredRun, events: readonly RunEvent[]): Promise<boolean> {
  const { state } = run;
  const first = events[0]?.seq ?? state.seq + 1;
  return db.transaction().execute(async (tx) => {
    const held = await tx
      .selectFrom('runs')
      .select('id')
      .where('id', '=', state.spec.id)
      .where('seq', '=', before.seq)
      .where('epoch', '=', before.epoch)
      .forUpdate()
      .executeTakeFirst();
    if (held === undefined) return false;
    await tx.deleteFrom('events').where('run', '=', state.spec.id).where('seq', '>=', first).execute();
    const rows = events.map((event) => ({ run: event.run, seq: event.seq, epoch: event.epoch, body: JSON.stringify(event) }));
    await tx.insertInto('events').values(rows).execute();
    await tx
      .updateTable('runs')
      .set({
        status: state.status,
        seq: state.seq,
        epoch: state.epoch,
        writer: run.writer,
        wake_at: run.wakeAt,
        state: JSON.stringify(state),
        state_seq: state.seq,
        summary: JSON.stringify(summaryOf(state)),
        sealed: run.sealed,
      })
      .where('id', '=', state.spec.id)
      .execute();
    return true;
  });
}

export async function findRun(db: Database, id: RunId): Promise<StoredRun | null> {
  const row = await db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  const later = row.state_seq < row.seq ? await listEvents(db, id, row.state_seq) : [];
  const state = later.reduce<RunState>(fold, row.state);
  // Ids in the store were written by us.
  return {
    state,
    person: row.person as PersonId,
    device: row.device as DeviceId,
    writer: row.writer,
    sealed: row.sealed,
    stateSeq: row.state_seq,
    wakeAt: row.wake_at,
  };
}

export async function listEvents(db: Database, id: RunId, after: number, limit = 100_000): Promise<RunEvent[]> {
  const rows = await db
    .selectFrom('events')
    .select('body')
    .where('run', '=', id)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => row.body);
}

/** The state as it was before event `seq`; `null` before the first. */
export async function stateBefore(db: Database, id: RunId, seq: number): Promise<RunState | null> {
  const rows = await db.selectFrom('events').select('body').where('run', '=', id).where('seq', '<', seq).orderBy('seq').execute();
  return rows.length === 0 ? null : foldAll(rows.map((row) => row.body));
}

export async function listSummaries(db: Database, person: PersonId, limit: number): Promise<RunSummaryRow[]> {
  const rows = await db
    .selectFrom('runs')
    .select('summary')
    .where('person', '=', person)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => row.summary);
}

/** Runs of this device that the cloud drives and that are not over. */
export async function listOpenRuns(db: Database, device: DeviceId): Promise<RunId[]> {
  const rows = await db
    .selectFrom('runs')
    .select('id')
    .where('device', '=', device)
    .where('status', '=', 'running')
    .where('writer', '=', 'cloud')
    .orderBy('created_at')
    .execute();
  return rows.map((row) => row.id as RunId);
}

/** Every run that waits for a moment, at start. */
export async function listWakes(db: Database): Promise<{ run: RunId; at: number }[]> {
  const rows = await db
    .selectFrom('runs')
    .select(['id', 'wake_at'])
    .where('status', '=', 'running')
    .where('writer', '=', 'cloud')
    .where('wake_at', 'is not', null)
    .execute();
  return rows.map((row) => ({ run: row.id as RunId, at: row.wake_at ?? 0 }));
}
