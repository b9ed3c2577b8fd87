// Tasks: the steps of runs, done on this device. Whoever drives the run names a step; it waits here for its turn, is done at
// most once (runs/perform.ts), and how it ended is written (runs/task-rows.ts), with the line for the outbox, before anybody is
// told: on disk, but for what only looked.
import { ERRORS, HeadgateError, toErrorData } from '../../shared/errors.ts';
import type { RunId, StepId } from '../../shared/ids.ts';
import { OPS } from '../../shared/ops/catalogue.ts';
import type { Report } from '../../shared/run/events.ts';
import { indexOf, MAX_FAN_OUT, plannedStep } from '../../shared/run/plan.ts';
import { hasChanged } from '../journal/step.ts';
import type { RunLog, RunRecord } from './log.ts';
import { type PerformServices, perform, refusedAsUnknown } from './perform.ts';
import { settleTask } from './settle.ts';
import { begunTasks, hasAnnounced, recordedReport, recordReport, type Task } from './task-rows.ts';

export interface TaskServices extends PerformServices {
  log: RunLog;
  /** Within the transaction that records how a task ended: queue what must be told. */
  onRecord(record: RunRecord, task: Task, report: Report): void;
  /** Tell again how a task ended. It is on disk already, so a repeat costs none: whoever did not get it asks once more. */
  onRepeat(record: RunRecord, task: Task, report: Report): void;
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
  /** Whether anything of a run is at work or waits, also when whoever drives it says that it is over. */
  isAtWork(run: RunId): boolean;
  close(): void;
}

interface Active {
  task: Task;
  abort: AbortController;
  last: Report;
  parked: boolean;
}

/** Below this a step is over before it is worth saying that it has started. */
const SAY_STARTED_MS = 150;
const MAX_PARALLEL = 4;
/** After so long others get their turn before the next task: of a long fan-out each may be over at once, one right after the other. */
const BREATHE_MS = 15;
/** Tasks that are taken at once; whoever drives a run hands it in again when the link is back. */
const MAX_ACTIVE = 1_000;

export function createTasks(services: TaskServices): Tasks {
  const { store, log } = services;
  const active = new Map<string, Active>();
  const queue: Active[] = [];
  let running = 0;
  let closed = false;

  const finish = (record: RunRecord, task: Task, report: Report): void => {
    const write = () => {
      recordReport(store, task, report);
      services.onRecord(record, task, report);
    };
    // Whatever builds on it takes it to the disk, and so does the log a moment later (runs/log.ts).
    if (onlyLooked(record, task, report)) store.unsynced(write);
    else store.transaction(write);
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
        if (running === 0) breathedAt = null;
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

  /** When others had their turn last, `null` while nothing is at work. */
  let breathedAt: number | null = null;
  const breathe = async (): Promise<void> => {
    breathedAt ??= performance.now();
    if (performance.now() - breathedAt < BREATHE_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    breathedAt = performance.now();
  };

  const work = async (entry: Active): Promise<void> => {
    await breathe();
    const record = log.get(entry.task.run);
    const sayStarted = setTimeout(() => tell({ type: 'started' }), SAY_STARTED_MS);
    const tell = (report: Report): void => {
      clearTimeout(sayStarted);
      if (closed) return;
      park(entry, report.type === 'waiting');
      entry.last = report;
      services.onReport(record, entry.task, report);
    };
    let report: Report;
    try {
      report = await perform(services, record, entry.task, entry.abort.signal, tell);
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
    isAtWork: (run) => [...active.values()].some(({ task }) => task.run === run),
    cancelRun(run) {
      for (const { task } of [...active.values()]) if (task.run === run) tasks.cancel(run, task.step);
    },
    assign(task) {
      const known = active.get(key(task));
      const record = log.find(task.run);
      if (record === null || closed) return;
      if (known !== undefined) {
        known.task = task;
        services.onRepeat(record, task, known.last);
        return;
      }
      const recorded = isOfPlan(record, task.step) ? recordedReport(store, task) : refusedAsUnknown(task);
      if (recorded !== null) return services.onRepeat(record, task, recorded);
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
      // Of the attempt that the log is at: a report of another one would not be taken.
      const attempt = Math.max(1, record.state.steps.find(({ id }) => id === step)?.attempt ?? 1);
      const task: Task = entry?.task ?? { run, step, attempt, where: 'home' };
      const recorded = recordedReport(store, task);
      if (recorded !== null) services.onRepeat(record, task, recorded);
      else finish(record, task, { type: 'cancelled' });
    },
    async settle() {
      for (const begun of begunTasks(store)) {
        const report = await settleTask(services, begun);
        if (report !== null) finish(log.get(begun.run), { ...begun, where: 'home' }, report);
      }
    },
    close() {
      closed = true;
      for (const entry of active.values()) entry.abort.abort(new HeadgateError('agent_down', 'The agent is leaving.'));
    },
  };
  return tasks;
}

/** Whether a step has changed and released nothing, so that all that a power cut could take is a result that can be had again. */
function onlyLooked(record: RunRecord, task: Task, report: Report): boolean {
  const planned = plannedStep(record.state.spec, task.step);
  if (planned === undefined || report.type !== 'succeeded' || report.outcome.receipt !== undefined) return false;
  return OPS[planned.op].idempotent && !OPS[planned.op].changes;
}

function key(task: { run: RunId; step: StepId }): string {
  return `${task.run} ${task.step}`;
}

/** Whether the plan has this step and, of one that fans out, as many: what only claims to be a step leaves no trace. */
function isOfPlan(record: RunRecord, step: StepId): boolean {
  return plannedStep(record.state.spec, step) !== undefined && (indexOf(step) ?? 0) < MAX_FAN_OUT;
}

const REFUSALS = new Set([
  'label_refused',
  'budget_spent',
  'approval_denied',
  'approval_expired',
  'approval_changed',
  'approval_withdrawn',
  'warrant_refused',
  'not_inspected',
]);

/** Whether a part of a step that failed stands, or may. */
function changedSomething({ journal, store }: TaskServices, record: RunRecord, { run, step }: Task): boolean {
  const planned = plannedStep(record.state.spec, step);
  if (planned === undefined || !OPS[planned.op].changes) return false;
  return OPS[planned.op].journaled ? hasChanged({ journal, run, step }) : hasAnnounced(store, run, step);
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
