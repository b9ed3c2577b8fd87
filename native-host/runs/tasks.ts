// Tasks: the steps of runs, done on this device. Whoever drives the run names a step; what the step is, the device takes
// from its own copy of the plan, checks against the run's warrant, and does at most once.
//
// A (run, step) has one row. No row: never begun here, or begun by an op that may simply run again. A row without a
// report: begun, with the intent that says how far. A row with a report: over; a repeated task gets that report, also
// under a new attempt, unless it says "failed, nothing changed" for an earlier attempt. Reports that end a task are on
// disk, with the line for the outbox, before anybody is told.
import { HeadgateError, ERRORS, toErrorData } from '../../shared/errors.ts';
import { decideTask } from '../../shared/gate/warrants.ts';
import type { HandleMeta } from '../../shared/handles.ts';
import type { GrantId, HandleId, RunId, StepId } from '../../shared/ids.ts';
import { OPS, type OpName, TEXT_OPS, type TextOp } from '../../shared/ops/catalogue.ts';
import { Report } from '../../shared/run/events.ts';
import { fanOutRoot, indexOf, MAX_FAN_OUT, type PlannedStep, plannedStep } from '../../shared/run/plan.ts';
import type { Source } from '../../shared/ops/args.ts';
import type { Journal } from '../journal/journal.ts';
import { hasChanged } from '../journal/step.ts';
import { spendQuery } from '../gate/day-limits.ts';
import type { GrantReader, HandleStore, OpContext, OpResult } from '../ops/op.ts';
import type { Internet } from '../ops/net/internet.ts';
import { isHostOp, performOp, settleOp } from '../ops/registry.ts';
import type { Store } from '../state/database.ts';
import { createHandleStore } from '../state/handles.ts';
import { readFact, writeFact } from '../state/meta.ts';
import { grantsNamed, type OwnOutputs, resolveArguments } from './arguments.ts';
import type { RunLog, RunRecord } from './log.ts';
import { runTextStep, type TextStepServices } from './text-step.ts';

export interface Task {
  run: RunId;
  step: StepId;
  attempt: number;
  where: 'home' | 'cloud';
}

export interface TaskServices extends Omit<TextStepServices, 'onWaiting' | 'onAnswered' | 'warrantGrants'> {
  store: Store;
  log: RunLog;
  grants: GrantReader;
  journal: Journal;
  internet: Internet;
  now(): number;
  /** Within the transaction that records how a task ended: queue what must be told. */
  onRecord(record: RunRecord, task: Task, report: Report): void;
  /** After it: tell. Also for what is not recorded (started, progress, waiting). */
  onReport(record: RunRecord, task: Task, report: Report): void;
  logError(error: unknown, where: string): void;
}

export interface Tasks {
  assign(task: Task): void;
  cancel(run: RunId, step: StepId): void;
  /** Cancels all of a run that is at work or waits, whoever asked for it. */
  cancelRun(run: RunId): void;
  /** Settles what a crash left between intent and outcome. Call once, before any task. */
  settle(): Promise<void>;
  active(): number;
  close(): void;
}

interface Active {
  task: Task;
  abort: AbortController;
  last: Report;
  parked: boolean;
}

interface TaskRow {
  run: RunId;
  step: StepId;
  attempt: number;
  intent: string | null;
  report: string | null;
}

/** Below this a step is over before it is worth saying that it has started. */
const SAY_STARTED_MS = 150;
const PROGRESS_EVERY_MS = 100;
const MAX_PARALLEL = 4;
/** Tasks that are taken at once; whoever drives a run hands it in again when the link is back. */
const MAX_ACTIVE = 1_000;
const SETTLE_DEADLINE_MS = 30_000;

export function createTasks(services: TaskServices): Tasks {
  const { store, log } = services;
  const active = new Map<string, Active>();
  const queue: Active[] = [];
  let running = 0;
  let closed = false;

  const row = (run: RunId, step: StepId) => store.get<TaskRow>('SELECT * FROM tasks WHERE run = ? AND step = ?', run, step);

  const finish = (record: RunRecord, task: Task, report: Report): void => {
    store.transaction(() => {
      store.run(
        'INSERT INTO tasks (run, step, attempt, report) VALUES (?, ?, ?, ?) ON CONFLICT (run, step) DO UPDATE SET attempt = excluded.attempt, report = excluded.report',
        task.run,
        task.step,
        task.attempt,
        JSON.stringify(report),
      );
      services.onRecord(record, task, report);
    });
    services.onReport(record, task, report);
  };

  const next = (): void => {
    while (!closed && running < MAX_PARALLEL) {
      const entry = queue.shift();
      if (entry === undefined) return;
      running += 1;
      void work(entry).finally(() => {
        if (!entry.parked) running -= 1;
        active.delete(key(entry.task));
        next();
      });
    }
  };

  /** A step that waits for the person gives its place to others meanwhile. */
  const park = (entry: Active, parked: boolean): void => {
    if (entry.parked === parked) return;
    entry.parked = parked;
    running += parked ? -1 : 1;
    if (parked) next();
  };

  const work = async (entry: Active): Promise<void> => {
    const record = log.get(entry.task.run);
    const sayStarted = setTimeout(() => tell({ type: 'started' }), SAY_STARTED_MS);
    const tell = (report: Report): void => {
      clearTimeout(sayStarted);
      park(entry, report.type === 'waiting');
      entry.last = report;
      services.onReport(record, entry.task, report);
    };
    let report: Report;
    try {
      report = await perform(services, record, entry, tell);
      if (report.type === 'refused' && entry.abort.signal.aborted) report = { type: 'cancelled' };
    } catch (error) {
      report = reportOfError(error, entry.abort.signal, !closed && changedSomething(services, record, entry.task));
      if (report.type === 'failed' && report.code === 'internal') services.logError(error, `${record.recipe} ${entry.task.step}`);
    } finally {
      clearTimeout(sayStarted);
    }
    if (!closed) finish(record, entry.task, report);
  };

  const tasks: Tasks = {
    active: () => active.size,
    cancelRun(run) {
      for (const { task } of [...active.values()]) if (task.run === run) tasks.cancel(run, task.step);
    },
    assign(task) {
      const known = active.get(key(task));
      const record = log.find(task.run);
      if (record === null || closed) return;
      if (known !== undefined) {
        known.task = task;
        services.onReport(record, task, known.last);
        return;
      }
      const recorded = isOfPlan(record, task.step) ? recordedReport(row(task.run, task.step), task) : refusedAsUnknown(task);
      if (recorded !== null) {
        store.transaction(() => services.onRecord(record, task, recorded));
        services.onReport(record, task, recorded);
        return;
      }
      if (active.size >= MAX_ACTIVE) return;
      const entry: Active = { task, abort: new AbortController(), last: { type: 'started' }, parked: false };
      active.set(key(task), entry);
      queue.push(entry);
      next();
    },
    cancel(run, step) {
      const record = log.find(run);
      if (record === null || !isOfPlan(record, step)) return;
      const entry = active.get(key({ run, step }));
      const waiting = entry === undefined ? -1 : queue.indexOf(entry);
      if (entry !== undefined && waiting < 0) {
        entry.abort.abort(new HeadgateError('cancelled', 'Cancelled.'));
        return;
      }
      if (waiting >= 0) queue.splice(waiting, 1);
      active.delete(key({ run, step }));
      const task: Task = entry?.task ?? { run, step, attempt: 1, where: 'home' };
      finish(record, task, recordedReport(row(run, step), task) ?? { type: 'cancelled' });
    },
    async settle() {
      for (const begun of store.all<TaskRow>('SELECT * FROM tasks WHERE report IS NULL')) await settleTask(services, begun, finish);
    },
    close() {
      closed = true;
      for (const entry of active.values()) entry.abort.abort(new HeadgateError('agent_down', 'The agent is leaving.'));
    },
  };
  return tasks;
}

function key(task: { run: RunId; step: StepId }): string {
  return `${task.run} ${task.step}`;
}

/** What was refused may still be done at home; it is not put before the gate, and the person, again. */
function recordedReport(row: TaskRow | undefined, task: Task): Report | null {
  if (row?.report == null) return null;
  const report = Report.parse(JSON.parse(row.report));
  const mayRunAgain = report.type === 'failed' ? report.nothingChanged : report.type === 'refused' && task.where === 'home';
  return mayRunAgain && task.attempt > row.attempt ? null : report;
}

/** Checks and does one step. Returns how it ended; throws what went wrong. */
async function perform(services: TaskServices, record: RunRecord, entry: Active, tell: (report: Report) => void): Promise<Report> {
  const { store, now } = services;
  const { task, abort } = entry;
  const planned = plannedStep(record.state.spec, task.step);
  const own = (step: StepId) => ownOutputs(store, task.run, step);
  if (planned === undefined || !isInstance(record, planned, task.step, own)) {
    return refusedAsUnknown(task);
  }
  if (record.state.status !== 'running') return { type: 'refused', code: 'warrant_refused', reasons: ['the run is over'] };
  if (task.where === 'cloud' && (record.state.spec.where === 'home' || planned.where === 'home'))
    return { type: 'refused', code: 'warrant_refused', reasons: ['this was asked to stay at home'] };
  const handles = createHandleStore(store, task.run, now);
  const args = resolveArguments(record, planned, task.step, own);
  const grants = [...grantsNamed(args), ...grantsOfSources(args, handles, services.journal)];
  const allowed = decideTask(record.warrant, { op: planned.op, grants }, now());
  if (allowed.effect === 'deny') return { type: 'refused', code: 'warrant_refused', reasons: allowed.reasons };
  const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(OPS[planned.op].timeoutMs + (isTextOp(planned.op) ? 600_000 : 0))]);
  const context = contextFor(services, record, task, handles, signal, tell);
  if (planned.op === 'fs.find' || planned.op === 'fs.search') spendQuery(store, now());
  if (!OPS[planned.op].idempotent) begin(store, task);
  const startedAt = performance.now();
  if (isTextOp(planned.op)) {
    const result = await runTextStep(planned.op, args as { texts: HandleId[] }, task.where, context, {
      ...services,
      warrantGrants: record.warrant.grants,
      onWaiting: (until) => tell({ type: 'waiting', until }),
      onAnswered: () => tell({ type: 'started' }),
    });
    const ms = performance.now() - startedAt;
    if (result.where === 'home') learnSpeed(store, planned.op, args as { texts: HandleId[] }, handles, ms);
    const { where, engine, note, receipt, bytesOut, outputs } = result;
    return {
      type: 'succeeded',
      outcome: {
        outputs,
        where,
        engine,
        ms,
        ...(note && { note }),
        ...(receipt && { receipt }),
        ...(bytesOut !== undefined && { bytesOut }),
      },
    };
  }
  if (!isHostOp(planned.op))
    throw new HeadgateError('unsupported', `This host cannot do ${planned.op}.`, { next: 'Update Headgate on this device.' });
  const result = await performOp(planned.op, args, context);
  return {
    type: 'succeeded',
    outcome: { outputs: result.outputs, where: 'home', ms: performance.now() - startedAt, ...(result.note && { note: result.note }) },
  };
}

/** Whether a planned step runs under this name: as itself, or once for each output that its fan-out's root had here. */
function isInstance(record: RunRecord, planned: PlannedStep, step: StepId, own: OwnOutputs): boolean {
  const root = fanOutRoot(record.state.spec, planned);
  const index = indexOf(step);
  if (root === null || index === null) return root === null && index === null;
  return index < Math.min(own(root)?.length ?? 0, MAX_FAN_OUT);
}

function refusedAsUnknown(task: Task): Report {
  return { type: 'refused', code: 'warrant_refused', reasons: [`the plan that was approved has no step ${task.step}`] };
}

/** Whether the plan has this step and, of one that fans out, as many: what only claims to be a step leaves no trace. */
function isOfPlan(record: RunRecord, step: StepId): boolean {
  return plannedStep(record.state.spec, step) !== undefined && (indexOf(step) ?? 0) < MAX_FAN_OUT;
}

function isTextOp(op: OpName): op is TextOp {
  return (TEXT_OPS as readonly OpName[]).includes(op);
}

function contextFor(
  services: TaskServices,
  record: RunRecord,
  task: Task,
  handles: HandleStore,
  signal: AbortSignal,
  tell: (report: Report) => void,
): OpContext {
  let saidAt = 0;
  return {
    run: task.run,
    step: task.step,
    signal,
    now: services.now,
    grants: services.grants,
    handles,
    journal: services.journal,
    internet: services.internet,
    maxChanges: record.warrant.changes,
    progress(done, total) {
      const now = services.now();
      if (now - saidAt < PROGRESS_EVERY_MS) return;
      saidAt = now;
      tell({ type: 'progress', done, total });
    },
    intend(intent) {
      begin(services.store, task, intent);
    },
  };
}

function begin(store: Store, task: Task, intent: unknown = null): void {
  store.run(
    'INSERT INTO tasks (run, step, attempt, intent) VALUES (?, ?, ?, ?) ON CONFLICT (run, step) DO UPDATE SET attempt = excluded.attempt, intent = excluded.intent, report = NULL',
    task.run,
    task.step,
    task.attempt,
    JSON.stringify(intent),
  );
}

function ownOutputs(store: Store, run: RunId, step: StepId): readonly HandleMeta[] | null {
  const row = store.get<{ report: string | null }>('SELECT report FROM tasks WHERE run = ? AND step = ?', run, step);
  if (row?.report == null) return null;
  const report = Report.parse(JSON.parse(row.report));
  return report.type === 'succeeded' ? report.outcome.outputs : null;
}

/** The grants of everything that arguments name by handle, by path or by the change that it went with. */
function grantsOfSources(args: Record<string, unknown>, handles: HandleStore, journal: Journal): GrantId[] {
  // The op's schema has parsed them: these names mean the same in every op.
  const {
    target = [],
    moves = [],
    changes = [],
  } = args as { target?: Source[]; moves?: { from: Source; grant?: GrantId }[]; changes?: number[] };
  const sources = [...target, ...moves.map(({ from }) => from)];
  return [
    ...new Set([
      ...sources.flatMap((source) => (typeof source === 'string' ? (handles.get(source).file?.grant ?? []) : source.grant)),
      ...moves.flatMap(({ grant }) => grant ?? []),
      ...changes.flatMap((n) => journal.row(n)?.change.grant ?? []),
    ]),
  ];
}

function learnSpeed(store: Store, op: TextOp, args: { texts: HandleId[] }, handles: HandleStore, ms: number): void {
  const bytes = args.texts.reduce((sum, id) => sum + handles.text(id).length, 0);
  if (bytes < 4_000 || ms <= 0) return;
  const speed = readFact(store, 'speed');
  const now = bytes / ms;
  writeFact(store, 'speed', { ...speed, [op]: speed[op] === undefined ? now : speed[op] * 0.8 + now * 0.2 });
}

const REFUSALS = new Set(['label_refused', 'budget_spent', 'approval_denied', 'approval_expired', 'warrant_refused', 'not_inspected']);

/** Whether a part of a step that failed stands. */
function changedSomething(services: TaskServices, record: RunRecord, { run, step }: Task): boolean {
  const planned = plannedStep(record.state.spec, step);
  return planned !== undefined && OPS[planned.op].changes && hasChanged({ journal: services.journal, run, step });
}

function reportOfError(error: unknown, signal: AbortSignal, changed: boolean): Report {
  if (signal.aborted) return { type: 'cancelled' };
  if (error instanceof Error && error.name === 'TimeoutError')
    return { type: 'failed', code: 'timeout', message: 'It took too long and was stopped.', retryable: false, nothingChanged: !changed };
  const { code, message, next } = toErrorData(error);
  if (REFUSALS.has(code)) return { type: 'refused', code, reasons: [message.slice(0, 300)] };
  // The message may name a file: it stays on this device (link/wordless.ts strips it from what travels).
  return {
    type: 'failed',
    code,
    message: (next === undefined ? message : `${message} ${next}`).slice(0, 300),
    retryable: ERRORS[code].retryable,
    nothingChanged: !changed,
  };
}

async function settleTask(
  services: TaskServices,
  begun: TaskRow,
  finish: (record: RunRecord, task: Task, report: Report) => void,
): Promise<void> {
  const record = services.log.find(begun.run);
  const planned = record === null ? undefined : plannedStep(record.state.spec, begun.step);
  if (record === null || planned === undefined) return;
  const task: Task = { run: begun.run, step: begun.step, attempt: begun.attempt, where: 'home' };
  const intent: unknown = begun.intent === null ? null : JSON.parse(begun.intent);
  const context = contextFor(
    services,
    record,
    task,
    createHandleStore(services.store, task.run, services.now),
    AbortSignal.timeout(SETTLE_DEADLINE_MS),
    () => {},
  );
  const result = await settleBegun(planned.op, intent, context).catch((error: unknown) => {
    services.logError(error, `settle ${planned.op}`);
    return null;
  });
  if (result === null) {
    finish(record, task, { type: 'uncertain', reasons: ['the agent stopped while this was being done; whether it happened is not known'] });
    return;
  }
  if (result === 'nothing') {
    services.store.run('DELETE FROM tasks WHERE run = ? AND step = ?', task.run, task.step);
    return;
  }
  finish(record, task, { type: 'succeeded', outcome: { outputs: result.outputs, where: 'home', ms: 0, note: 'finished after a crash' } });
}

/** `null`: the op announces no intent and changes nothing that is journaled, so nobody can tell. */
async function settleBegun(op: OpName, intent: unknown, context: OpContext): Promise<OpResult | 'nothing' | null> {
  if (!isHostOp(op)) return 'nothing';
  if (intent === null && !OPS[op].changes) return null;
  return settleOp(op, intent, context);
}
