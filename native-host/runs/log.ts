// Runs as the device keeps them: the person's input and title, the warrant, and a copy of the log with the state after its
// last event, or after an earlier one, from where the log leads on (shared/run/stored-state.ts). Logs that this device writes
// are on disk before anyone acts on them; copies of the cloud's log are written behind, a few milliseconds later, because the
// cloud sends again what a crash lost.
import * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import { Warrant } from '../../shared/gate/warrants.ts';
import type { RunId, WarrantId } from '../../shared/ids.ts';
import { RunEvent } from '../../shared/run/events.ts';
import { fold, foldAll, hasEnded, type RunState } from '../../shared/run/fold.ts';
import { storesState } from '../../shared/run/stored-state.ts';
import type { Store } from '../state/database.ts';
import type { HandleScope } from '../state/handles.ts';

export interface RunRecord {
  id: RunId;
  recipe: string;
  title: string;
  /** The input with everything that the plan's `{ input }` references name. Never leaves. */
  input: Record<string, unknown>;
  warrant: Warrant;
  /** `plan`: the person approved the whole plan. `changes`: they are asked before each change. */
  asks: 'plan' | 'changes';
  /** The standing warrant that started it; `null`: the person did. */
  standing: WarrantId | null;
  state: RunState;
  /** Who appends to the log now. */
  writer: 'home' | 'cloud';
}

/** Whose the run's handles are. */
export function scopeOf({ id, state }: RunRecord): HandleScope {
  return { run: id, device: state.spec.device };
}

interface RunRow {
  id: string;
  recipe: string;
  title: string;
  input: string;
  warrant: string;
  asks: string;
  standing: string | null;
  state: string;
  writer: string;
}

const WRITE_BEHIND_MS = 40;
/** Runs whose state is kept in memory beside the disk. */
const CACHED_RUNS = 200;
/** Lines of a log that are taken over from the cloud, and attempts that it may name: far above what any plan comes to. */
const MAX_COPIED_EVENTS = 50_000;
export const MAX_COPIED_ATTEMPT = 1_000;

export interface RunLog {
  get(id: RunId): RunRecord;
  find(id: RunId): RunRecord | null;
  list(limit: number): RunRecord[];
  open(): RunRecord[];
  /** Within the caller's transaction. */
  insert(record: RunRecord, events: readonly RunEvent[]): void;
  /** Appends events of our own; on disk when it returns. */
  append(record: RunRecord, events: readonly RunEvent[]): void;
  /** Takes over events that the cloud wrote: those already known are dropped, and all from the first that does not follow. Returns whether anything was new. */
  copy(record: RunRecord, events: readonly RunEvent[]): boolean;
  /** From now on the run's warrant covers nothing; on disk when it returns. */
  endWarrant(record: RunRecord, now: number): void;
  events(id: RunId, after: number, limit: number): RunEvent[];
  flush(): void;
}

export function createRunLog(store: Store): RunLog {
  const cache = new Map<RunId, RunRecord>();
  const behind = new Map<RunId, RunEvent[]>();
  /** Of the runs in the cache: up to which event the stored state is. */
  const storedSeq = new Map<RunId, number>();
  let timer: NodeJS.Timeout | null = null;

  const remember = (record: RunRecord): RunRecord => {
    cache.set(record.id, record);
    if (cache.size > CACHED_RUNS) {
      for (const [id, old] of cache) {
        if (cache.size <= CACHED_RUNS) break;
        if (old.state.status === 'running' || behind.has(id)) continue;
        cache.delete(id);
        storedSeq.delete(id);
      }
    }
    return record;
  };
  const find = (id: RunId): RunRecord | null => {
    const known = cache.get(id);
    if (known !== undefined) return known;
    const row = store.get<RunRow>('SELECT id, recipe, title, input, warrant, asks, standing, state, writer FROM runs WHERE id = ?', id);
    if (row === undefined) return null;
    const record = parseRow(row);
    storedSeq.set(id, record.state.seq);
    record.state = eventsAfter(id, record.state.seq, MAX_COPIED_EVENTS).reduce<RunState>(fold, record.state);
    return remember(record);
  };
  const eventsAfter = (id: RunId, seq: number, limit: number): RunEvent[] =>
    store
      .all<{ event: string }>('SELECT event FROM events WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?', id, seq, limit)
      .map((row) => RunEvent.parse(JSON.parse(row.event)));
  const writeEvents = (id: RunId, events: readonly RunEvent[]): void => {
    for (const event of events)
      store.run(
        'INSERT OR REPLACE INTO events (run, seq, epoch, event) VALUES (?, ?, ?, ?)',
        id,
        event.seq,
        event.epoch,
        JSON.stringify(event),
      );
  };
  const write = ({ id, state, writer }: RunRecord, events: readonly RunEvent[]): void => {
    writeEvents(id, events);
    store.run('UPDATE runs SET status = ?, writer = ? WHERE id = ?', state.status, writer, id);
    if (!storesState(state, storedSeq.get(id) ?? 0)) return;
    store.run('UPDATE runs SET state = ? WHERE id = ?', JSON.stringify(state), id);
    storedSeq.set(id, state.seq);
  };
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (behind.size === 0) return;
    store.transaction(() => {
      for (const [id, events] of behind) {
        const record = cache.get(id);
        if (record !== undefined) write(record, events);
      }
    });
    behind.clear();
  };

  return {
    find,
    flush,
    get(id) {
      const record = find(id);
      if (record === null)
        throw new HeadgateError('run_not_found', 'There is no such run on this device.', { next: '"headgate runs" lists them.' });
      return record;
    },
    list: (limit) =>
      store
        .all<{ id: RunId }>('SELECT id FROM runs ORDER BY created_at DESC, rowid DESC LIMIT ?', limit)
        .flatMap(({ id }) => find(id) ?? []),
    // The table may be a moment behind the state in memory.
    open: () =>
      store
        .all<{ id: RunId }>(`SELECT id FROM runs WHERE status = 'running'`)
        .flatMap(({ id }) => find(id) ?? [])
        .filter((record) => record.state.status === 'running'),
    insert(record, events) {
      store.run(
        'INSERT INTO runs (id, recipe, title, input, warrant, asks, standing, state, status, writer, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        record.id,
        record.recipe,
        record.title,
        JSON.stringify(record.input),
        JSON.stringify(record.warrant),
        record.asks,
        record.standing,
        JSON.stringify(record.state),
        record.state.status,
        record.writer,
        record.state.spec.createdAt,
      );
      writeEvents(record.id, events);
      storedSeq.set(record.id, record.state.seq);
      remember(record);
    },
    append(record, events) {
      flush();
      record.state = events.reduce<RunState>((state, event) => fold(state, event), record.state);
      store.transaction(() => write(record, events));
      remember(record);
    },
    copy(record, events) {
      const fresh: RunEvent[] = [];
      for (const event of events) {
        if (event.seq <= record.state.seq) continue;
        if (!follows(record.state, event)) break;
        record.state = fold(record.state, event);
        fresh.push(event);
      }
      // After a gap nothing follows: older events are still on their way, and the cloud sends all again at the next hello.
      if (fresh.length === 0) return false;
      remember(record);
      behind.set(record.id, [...(behind.get(record.id) ?? []), ...fresh]);
      timer ??= setTimeout(flush, WRITE_BEHIND_MS);
      return true;
    },
    endWarrant(record, now) {
      record.warrant = { ...record.warrant, expiresAt: Math.min(record.warrant.expiresAt, now) };
      store.run('UPDATE runs SET warrant = ? WHERE id = ?', JSON.stringify(record.warrant), record.id);
      remember(record);
    },
    events: (id, after, limit) => {
      flush();
      return eventsAfter(id, after, limit);
    },
  };
}

/**
 * Whether an event from outside continues this log. The plan is the device's own: no event brings another, names a step
 * that it does not have, or changes one that has ended. Only the device begins an epoch.
 */
function follows(state: RunState, event: RunEvent): boolean {
  if (event.run !== state.spec.id || event.seq !== state.seq + 1 || event.epoch !== state.epoch) return false;
  if (state.status !== 'running' || event.seq > MAX_COPIED_EVENTS) return false;
  if (event.type === 'run.created' || event.type === 'run.adopted') return false;
  if (event.type === 'step.dispatched' && event.attempt > MAX_COPIED_ATTEMPT) return false;
  return !('step' in event) || state.steps.some((step) => step.id === event.step && !hasEnded(step));
}

const Input = z.record(z.string(), z.unknown());

function parseRow(row: RunRow): RunRecord {
  return {
    id: row.id as RunId,
    recipe: row.recipe,
    title: row.title,
    input: Input.parse(JSON.parse(row.input)),
    warrant: Warrant.parse(JSON.parse(row.warrant)),
    asks: row.asks === 'changes' ? 'changes' : 'plan',
    standing: row.standing as WarrantId | null,
    // Written above from a folded state; `foldAll` over the events up to its seq gives the same.
    state: JSON.parse(row.state) as RunState,
    writer: row.writer === 'home' ? 'home' : 'cloud',
  };
}

/** The state from the log alone: for repair and tests. */
export function stateFromLog(log: RunLog, id: RunId): RunState {
  return foldAll(log.events(id, 0, 100_000));
}
