// What this device remembers of its tasks, one row a (run, step). No row: never begun here, or begun by an op that may
// simply run again. A row without a report: begun, with the intent that says how far. A row with a report: over; a repeated
// task gets that report, also under a new attempt, unless it says "failed, nothing changed" for an earlier attempt.
import type { HandleMeta } from '../../shared/handles.ts';
import type { RunId, StepId } from '../../shared/ids.ts';
import { Report } from '../../shared/run/events.ts';
import type { Store } from '../state/database.ts';

export interface Task {
  run: RunId;
  step: StepId;
  attempt: number;
  where: 'home' | 'cloud';
}

export interface BegunTask {
  run: RunId;
  step: StepId;
  attempt: number;
  /** JSON. */
  intent: string | null;
}

/** Before the effect: that it begins, and how it means to go on. */
export function beginTask(store: Store, task: Task, intent: unknown = null): void {
  store.run(
    'INSERT INTO tasks (run, step, attempt, intent) VALUES (?, ?, ?, ?) ON CONFLICT (run, step) DO UPDATE SET attempt = excluded.attempt, intent = excluded.intent, report = NULL',
    task.run,
    task.step,
    task.attempt,
    JSON.stringify(intent),
  );
}

export function recordReport(store: Store, task: Task, report: Report): void {
  store.run(
    'INSERT INTO tasks (run, step, attempt, report) VALUES (?, ?, ?, ?) ON CONFLICT (run, step) DO UPDATE SET attempt = excluded.attempt, report = excluded.report',
    task.run,
    task.step,
    task.attempt,
    JSON.stringify(report),
  );
}

/** As if it had never begun. */
export function forgetTask(store: Store, { run, step }: Task): void {
  store.run('DELETE FROM tasks WHERE run = ? AND step = ?', run, step);
}

/** Whether a step said what it was about to do. */
export function hasAnnounced(store: Store, run: RunId, step: StepId): boolean {
  return store.get(`SELECT 1 FROM tasks WHERE run = ? AND step = ? AND intent IS NOT NULL AND intent != 'null'`, run, step) !== undefined;
}

/** What a crash left between intent and outcome. */
export function begunTasks(store: Store): BegunTask[] {
  return store.all<BegunTask>('SELECT run, step, attempt, intent FROM tasks WHERE report IS NULL');
}

/**
 * The report that a repeated task gets, `null` when it may run. What was refused may still be done at home; it is not put
 * before the gate, and the person, again.
 */
export function recordedReport(store: Store, task: Task): Report | null {
  const row = rowOf(store, task.run, task.step);
  if (row?.report == null) return null;
  const report = Report.parse(JSON.parse(row.report));
  const mayRunAgain = report.type === 'failed' ? report.nothingChanged : report.type === 'refused' && task.where === 'home';
  return mayRunAgain && task.attempt > row.attempt ? null : report;
}

/** What a step made here, `null` when it has not ended well. */
export function recordedOutputs(store: Store, run: RunId, step: StepId): readonly HandleMeta[] | null {
  const row = rowOf(store, run, step);
  if (row?.report == null) return null;
  const report = Report.parse(JSON.parse(row.report));
  return report.type === 'succeeded' ? report.outcome.outputs : null;
}

function rowOf(store: Store, run: RunId, step: StepId): { attempt: number; report: string | null } | undefined {
  return store.get('SELECT attempt, report FROM tasks WHERE run = ? AND step = ?', run, step);
}
