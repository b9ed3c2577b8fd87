// Drives runs with shared/run. Each change of a run goes the same way: load, let it settle, store log and state in one
// statement, and only then tell the device and whoever watches. A message that gets lost is sent again when the device
// says hello; nothing waits in memory but the alarm for the next deadline, and that is stored as well.
import { HeadgateError } from '../../shared/errors.ts';
import type { DeviceId, PersonId, RunId, StepId } from '../../shared/ids.ts';
import type { World } from '../../shared/placement.ts';
import type { AGENT_METHODS } from '../../shared/protocol/agent.ts';
import type { ParamsOf, ResultOf } from '../../shared/protocol/rpc.ts';
import { acceptReport } from '../../shared/run/decide.ts';
import type { NewEvent, RunEvent } from '../../shared/run/events.ts';
import { fold } from '../../shared/run/fold.ts';
import { plannedStep, type RunSpec } from '../../shared/run/plan.ts';
import { storesState } from '../../shared/run/stored-state.ts';
import { isCompactJwe } from '../auth/base64url.ts';
import { factsOf, type Log } from '../log.ts';
import {
  appendEvents,
  findRun,
  insertRun,
  listOpenRuns,
  listWakes,
  replaceEvents,
  type StoredRun,
  stateBefore,
  summaryOf,
} from '../store/runs.ts';
import type { Database, RunSummaryRow } from '../store/tables.ts';
import { createAlarm } from './alarm.ts';
import { checkPlan } from './check-plan.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import { decideReplication, foldReplicated, writerAfter } from './replicate.ts';
import { createRunCache } from './run-cache.ts';
import { settle } from './settle.ts';
import { createDeviceTeller, inFlight, type NotifyDevice } from './tell-device.ts';

/** A device and its person, as its token says. */
export interface Caller {
  device: DeviceId;
  person: PersonId;
}

type Params<Name extends keyof typeof AGENT_METHODS> = ParamsOf<typeof AGENT_METHODS, Name>;

export interface OrchestratorServices {
  db: Database;
  log: Log;
  now(): number;
  /** What placement weighs for a run of this device. */
  world(device: DeviceId): World;
  /** Sends to the device's socket, if there is one; what is lost is resent at the next hello. */
  notify: NotifyDevice;
  /** Tells the person's streams. */
  publish(person: PersonId, summary: () => RunSummaryRow): void;
}

export interface Orchestrator {
  submit(caller: Caller, params: Params<'run.submit'>): Promise<void>;
  report(caller: Caller, params: Params<'task.report'>): Promise<void>;
  cancel(caller: Caller, run: RunId): Promise<void>;
  replicate(caller: Caller, params: Params<'run.replicate'>): Promise<ResultOf<typeof AGENT_METHODS, 'run.replicate'>>;
  /** Sends a device that came back what it may have missed. */
  resync(caller: Caller, known: Params<'agent.hello'>['runs']): Promise<void>;
  /** The op that this run of the caller plans for the step. Throws `run_not_found` and `not_found`. */
  plannedOp(caller: Caller, run: RunId, step: StepId): Promise<string>;
  /** Sets the alarms of every open run, at start. */
  recover(): Promise<void>;
  stop(): Promise<void>;
}

/** How often an append is tried again when the log has moved on meanwhile. */
const MAX_TRIES = 5;

export function createOrchestrator(services: OrchestratorServices): Orchestrator {
  const { db, log, now, world, notify, publish } = services;
  const cache = createRunCache();
  const queue = createKeyedQueue();
  const device = createDeviceTeller(services);
  const alarm = createAlarm(now, (run) => void wake(run));
  let stopped = false;

  const load = async (run: RunId): Promise<StoredRun | null> => {
    const cached = cache.get(run);
    if (cached !== undefined) return cached;
    const stored = await findRun(db, run);
    if (stored !== null) cache.put(run, stored);
    return stored;
  };

  /** Another device's run is as unknown as one that is not there. */
  const loadOwn = async (caller: Caller, run: RunId): Promise<StoredRun> => {
    const stored = await load(run);
    if (stored === null || stored.device !== caller.device)
      throw new HeadgateError('run_not_found', 'There is no such run of this device.', { next: 'Hand the run in again.' });
    return stored;
  };

  /** Stores what `change` makes of the run, and tells. `change` returns nothing when there is nothing to do. */
  const advance = async (run: RunId, change: (stored: StoredRun) => readonly NewEvent[] | null): Promise<void> => {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const before = await load(run);
      const first = before === null ? null : change(before);
      if (before === null || first === null) return;
      const settled = settle(before.state, first, now(), world(before.device));
      if (settled.events.length === 0) {
        alarm.set(run, settled.wakeAt);
        device.cancels(before, settled.cancels);
        return;
      }
      const { state } = settled;
      const after: StoredRun = {
        ...before,
        state,
        wakeAt: settled.wakeAt,
        stateSeq: storesState(state, before.stateSeq) ? state.seq : before.stateSeq,
      };
      if (await store(run, () => appendEvents(db, before.state, after, settled.events))) {
        keep(after);
        tell(after, settled.events, settled.cancels);
        return;
      }
    }
    throw new HeadgateError('busy', 'The run is being changed elsewhere.');
  };

  /** False, with the cached run forgotten, when the log had moved on or the store failed. */
  const store = async (run: RunId, write: () => Promise<boolean>): Promise<boolean> => {
    let written = false;
    try {
      written = await write();
      return written;
    } finally {
      if (!written) cache.drop(run);
    }
  };

  const keep = (stored: StoredRun): void => {
    cache.put(stored.state.spec.id, stored);
    alarm.set(stored.state.spec.id, stored.writer === 'cloud' ? stored.wakeAt : null);
  };

  const tell = (stored: StoredRun, events: readonly RunEvent[], cancels: readonly StepId[]): void => {
    device.news(stored, events, cancels);
    publish(stored.person, () => summaryOf(stored.state));
  };

  const wake = async (run: RunId): Promise<void> => {
    if (stopped) return;
    try {
      await queue.run(run, () => advance(run, (stored) => (stored.writer === 'cloud' ? [] : null)));
    } catch (error) {
      log('error', 'run.wake_failed', { run, ...factsOf(error) });
      alarm.set(run, now() + 5_000);
    }
  };

  /** A run that was handed in before. */
  const repeatOwn = async (caller: Caller, run: RunId): Promise<void> => {
    const known = await load(run);
    if (known === null || known.device !== caller.device) throw new HeadgateError('conflict', 'This run id is taken.');
    await device.repeat(known, 0);
  };

  return {
    submit: (caller, { spec, sealed }) =>
      queue.run(spec.id, async () => {
        checkSubmission(caller, spec, sealed);
        if (spec.driver !== 'cloud')
          throw new HeadgateError('invalid_params', 'A run that is driven at home is replicated, not submitted.');
        const created: RunEvent = { run: spec.id, seq: 1, epoch: 1, at: now(), type: 'run.created', spec };
        const settled = settle(fold(null, created), [], now(), world(caller.device));
        const events = [created, ...settled.events];
        const fresh: StoredRun = {
          ...caller,
          state: settled.state,
          writer: 'cloud',
          sealed,
          stateSeq: settled.state.seq,
          wakeAt: settled.wakeAt,
        };
        // Most runs are new, so the insert itself finds out whether this one is.
        if (cache.get(spec.id) !== undefined || !(await store(spec.id, () => insertRun(db, fresh, events))))
          return repeatOwn(caller, spec.id);
        keep(fresh);
        log('info', 'run.accepted', { run: spec.id, device: caller.device, recipe: nameOf(spec) });
        tell(fresh, events, settled.cancels);
      }),

    report: (caller, { run, step, attempt, report }) =>
      queue.run(run, async () => {
        await loadOwn(caller, run);
        await advance(run, ({ state, writer }) => {
          if (writer !== 'cloud') throw new HeadgateError('conflict', `The device writes this log since epoch ${state.epoch}.`);
          const known = state.steps.find((candidate) => candidate.id === step);
          if (known === undefined) throw new HeadgateError('not_found', 'The run has no such step.');
          const isStale = attempt < known.attempt && report.type !== 'succeeded';
          const event = isStale ? null : acceptReport(state, step, report);
          return event === null ? null : [event];
        });
      }),

    cancel: (caller, run) =>
      queue.run(run, async () => {
        await loadOwn(caller, run);
        await advance(run, ({ state, writer }) => {
          if (writer !== 'cloud' || state.status !== 'running') return null;
          return state.cancelRequested ? [] : [{ type: 'run.cancelRequested' }];
        });
      }),

    replicate: (caller, { sealed, events }) => {
      const [first] = events;
      if (first === undefined) throw new HeadgateError('invalid_params', 'There is nothing to replicate.');
      return queue.run(first.run, async () => {
        const held = await load(first.run);
        if (held !== null && held.device !== caller.device) throw new HeadgateError('conflict', 'This run id is taken.');
        const replication = decideReplication(
          held === null ? null : { seq: held.state.seq, epoch: held.state.epoch, writer: held.writer },
          events,
        );
        const stored = replication.kind === 'known' ? held : await takeOver(caller, held, replication, sealed);
        if (stored === null) throw new TypeError('a known log is held');
        return { seq: stored.state.seq, epoch: stored.state.epoch };
      });
    },

    async resync(caller, known) {
      const open = new Set(await listOpenRuns(db, caller.device));
      for (const { run, epoch, seq } of known) {
        open.delete(run);
        await queue.run(run, async () => {
          const stored = await load(run);
          if (stored === null || stored.device !== caller.device) return notify(caller.device, 'run.unknown', { run });
          if (epoch <= stored.state.epoch) await device.repeat(stored, epoch === stored.state.epoch ? seq : 0);
        });
      }
      for (const run of open) {
        await queue.run(run, async () => {
          const stored = await load(run);
          if (stored !== null) await device.repeat(stored, 0);
        });
      }
    },

    async plannedOp(caller, run, step) {
      const { state } = await loadOwn(caller, run);
      const planned = plannedStep(state.spec, step);
      if (planned === undefined) throw new HeadgateError('not_found', 'The run has no such step.');
      return planned.op;
    },

    async recover() {
      for (const { run, at } of await listWakes(db)) alarm.set(run, at);
    },

    async stop() {
      stopped = true;
      alarm.stop();
      await queue.idle();
    },
  };

  async function takeOver(
    caller: Caller,
    held: StoredRun | null,
    replication: Exclude<ReturnType<typeof decideReplication>, { kind: 'known' }>,
    sealed: string | undefined,
  ): Promise<StoredRun> {
    const { events } = replication;
    const created = events[0]?.type === 'run.created' ? events[0] : null;
    if (created !== null) checkSubmission(caller, created.spec, sealed ?? held?.sealed ?? '');
    const base =
      replication.kind === 'extend' ? (held?.state ?? null) : await stateBefore(db, events[0]?.run ?? ('' as RunId), events[0]?.seq ?? 1);
    const state = foldReplicated(base, events);
    const writer = writerAfter(replication.kind === 'create' ? 'cloud' : (held?.writer ?? 'cloud'), events);
    if (writer !== 'home')
      throw new HeadgateError('conflict', `The cloud writes this log, at seq ${held?.state.seq ?? 0}, epoch ${held?.state.epoch ?? 0}.`);
    const after: StoredRun = { ...caller, state, writer, sealed: sealed ?? held?.sealed ?? '', stateSeq: state.seq, wakeAt: null };
    if (held !== null && replication.kind === 'extend' && !storesState(state, held.stateSeq)) after.stateSeq = held.stateSeq;
    const write = () =>
      held === null
        ? insertRun(db, after, events)
        : replication.kind === 'extend'
          ? appendEvents(db, held.state, after, events)
          : replaceEvents(db, held.state, after, events);
    if (!(await store(state.spec.id, write))) throw new HeadgateError('busy', 'The run is being changed elsewhere.');
    keep(after);
    if (replication.kind === 'replace' && held?.state.cancelRequested && !state.cancelRequested) device.cancels(after, inFlight(state));
    log('info', 'run.replicated', { run: state.spec.id, device: caller.device, epoch: state.epoch, seq: state.seq });
    publish(after.person, () => summaryOf(state));
    return after;
  }
}

function checkSubmission(caller: Caller, spec: RunSpec, sealed: string): void {
  if (spec.device !== null && spec.device !== caller.device)
    throw new HeadgateError('forbidden', 'A device can hand in its own runs only.');
  if (!isCompactJwe(sealed))
    throw new HeadgateError('invalid_params', 'What is sealed must be a compact JWE: the cloud takes no title or input in clear.');
  checkPlan(spec);
}

/** A recipe's name is a word of ours; anything else is not for the log. */
function nameOf(spec: RunSpec): string {
  return /^[a-z][a-z.-]{0,39}$/.test(spec.recipe) ? spec.recipe : 'other';
}
