// Checks and does one step on this device. What the step is, the device takes from its own copy of the plan; whether it may,
// from the run's warrant and the grants as they are now.
import { decideTask } from '../../shared/gate/warrants.ts';
import type { StepId } from '../../shared/ids.ts';
import type { DecodedStep } from '../../shared/ops/args.ts';
import { OPS, type OpName, TEXT_OPS, type TextOp } from '../../shared/ops/catalogue.ts';
import type { Outcome, Report } from '../../shared/run/events.ts';
import { fanOutRoot, indexOf, MAX_FAN_OUT, type PlannedStep, plannedStep } from '../../shared/run/plan.ts';
import { spendQuery } from '../gate/day-limits.ts';
import type { Journal } from '../journal/journal.ts';
import type { DocumentReader } from '../ops/doc/reader.ts';
import type { Internet } from '../ops/net/internet.ts';
import type { Allowed } from '../gate/grant-reader.ts';
import type { OpContext } from '../ops/op.ts';
import type { HandleStore } from '../state/stored-handle.ts';
import { mayGoBeyondPlan, performOp } from '../ops/registry.ts';
import type { Store } from '../state/database.ts';
import { createHandleStore } from '../state/handles.ts';
import { decodePlanned, grantsOf, type OwnOutputs } from './arguments.ts';
import { approveStep } from './approve-step.ts';
import { type RunRecord, scopeOf } from './log.ts';
import { learnSpeed } from './speed.ts';
import { beginTask, recordedOutputs, type Task } from './task-rows.ts';
import { runTextStep, type TextStepServices } from './text-step.ts';

export interface PerformServices extends Omit<TextStepServices, 'onWaiting' | 'onAnswered' | 'warrantGrants' | 'others'> {
  store: Store;
  grants: Allowed;
  journal: Journal;
  internet: Internet;
  documents: DocumentReader;
  now(): number;
}

const PROGRESS_EVERY_MS = 100;
/** What a step may take beyond its own time where the person may be asked meanwhile. */
const ASKING_MS = 600_000;

/** Returns how the step ended; throws what went wrong. `tell` is called with what happens meanwhile. */
export async function perform(
  services: PerformServices,
  record: RunRecord,
  task: Task,
  abort: AbortSignal,
  tell: (report: Report) => void,
): Promise<Report> {
  const { store, now, journal } = services;
  const planned = plannedStep(record.state.spec, task.step);
  const own = (step: StepId) => recordedOutputs(store, task.run, step);
  if (planned === undefined || !isInstance(record, planned, task.step, own)) return refusedAsUnknown(task);
  if (record.state.status !== 'running') return refused('the run is over');
  if (task.where === 'cloud' && (record.state.spec.where === 'home' || planned.where === 'home'))
    return refused('this was asked to stay at home');
  const step = decodePlanned(record, planned, task.step, own);
  const handles = createHandleStore(store, scopeOf(record), now, abort);
  const grants = grantsOf(step, handles, journal);
  const allowed = decideTask(record.warrant, { op: step.op, grants }, now());
  if (allowed.effect === 'deny') return refused(...allowed.reasons);
  const planApproved = record.asks !== 'changes';
  const mayAsk = isTextStep(step) || !planApproved || mayGoBeyondPlan(step.op);
  const signal = AbortSignal.any([abort, AbortSignal.timeout(OPS[step.op].timeoutMs + (mayAsk ? ASKING_MS : 0))]);
  const context = contextFor(services, record, task, handles, signal, tell);
  if (mayAsk && !isTextStep(step))
    context.approved = (await approveStep(services.approvals, step, context, grants, planApproved, tell)).asked;
  if (step.op === 'fs.find' || step.op === 'fs.search') spendQuery(store, now());
  if (!OPS[step.op].idempotent) beginTask(store, task);
  return { type: 'succeeded', outcome: await doStep(services, record, task, step, context, tell) };
}

async function doStep(
  services: PerformServices,
  record: RunRecord,
  task: Task,
  step: DecodedStep,
  context: OpContext,
  tell: (report: Report) => void,
): Promise<Outcome> {
  const startedAt = performance.now();
  if (isTextStep(step)) {
    const { note, receipt, bytesOut, ...result } = await runTextStep(step.op, step.args, task.where, context, {
      ...services,
      warrantGrants: record.warrant.grants,
      others: othersOf(services, record, task.step),
      onWaiting: (until) => tell({ type: 'waiting', until }),
      onAnswered: () => tell({ type: 'started' }),
    });
    const ms = millisecondsSince(startedAt);
    if (result.where === 'home') learnSpeed(services.store, step, context.handles, ms);
    return { ...result, ms, ...(note && { note }), ...(receipt && { receipt }), ...(bytesOut !== undefined && { bytesOut }) };
  }
  const { outputs, note } = await performOp(step, context);
  return { outputs, where: 'home', ms: millisecondsSince(startedAt), ...(note && { note }) };
}

/** To a tenth, as the cloud tells its own. */
function millisecondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 10) / 10;
}

/** How many more there are of a step that is done once for each of something. */
function othersOf({ store }: PerformServices, { id, state }: RunRecord, step: StepId): number {
  const planned = plannedStep(state.spec, step);
  const root = planned === undefined ? null : fanOutRoot(state.spec, planned);
  const all = root === null ? 1 : (recordedOutputs(store, id, root)?.length ?? 1);
  return Math.max(0, Math.min(all, MAX_FAN_OUT) - 1);
}

function isTextStep(step: DecodedStep): step is DecodedStep<TextOp> {
  return (TEXT_OPS as readonly OpName[]).includes(step.op);
}

/** Whether a planned step runs under this name: as itself, or once for each output that its fan-out's root had here. */
function isInstance(record: RunRecord, planned: PlannedStep, step: StepId, own: OwnOutputs): boolean {
  const root = fanOutRoot(record.state.spec, planned);
  const index = indexOf(step);
  if (root === null || index === null) return root === null && index === null;
  return index < Math.min(own(root)?.length ?? 0, MAX_FAN_OUT);
}

function refused(...reasons: string[]): Report {
  return { type: 'refused', code: 'warrant_refused', reasons };
}

export function refusedAsUnknown(task: Task): Report {
  return refused(`the plan that was approved has no step ${task.step}`);
}

export function contextFor(
  services: Pick<PerformServices, 'store' | 'grants' | 'journal' | 'internet' | 'documents' | 'now'>,
  record: RunRecord,
  task: Task,
  handles: HandleStore,
  signal: AbortSignal,
  tell: (report: Report) => void,
): OpContext {
  const { store, grants, journal, internet, documents, now } = services;
  let saidAt = 0;
  return {
    run: task.run,
    step: task.step,
    signal,
    now,
    grants,
    handles,
    journal,
    internet,
    readDocument: documents.read,
    maxChanges: record.warrant.changes,
    progress(done, total) {
      const at = now();
      if (at - saidAt < PROGRESS_EVERY_MS) return;
      saidAt = at;
      tell({ type: 'progress', done, total });
    },
    intend: (intent) => beginTask(store, task, intent),
  };
}
