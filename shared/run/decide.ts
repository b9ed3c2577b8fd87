// decide(state, now, world) → what the run's writer appends next, and when to look again. Pure. The writer appends the
// events, folds them, and asks again until there are none; then it sends a task for each step that is `dispatched` and
// has not been sent, and a cancel for each step named in `cancels`.
import { place, type World } from '../placement.ts';
import type { Report, NewEvent } from './events.ts';
import { hasEnded, type RunState, type StepState } from './fold.ts';
import { fanOutRoot, flowInto, needsOf, plannedStep, sameFanOut, sourceIds } from './plan.ts';
import type { HandleMeta } from '../handles.ts';
import type { StepId } from '../ids.ts';

/** Steps of one run that a device is handed at once; more would only queue there. */
export const MAX_IN_FLIGHT = 4;

export interface Decision {
  events: NewEvent[];
  cancels: StepId[];
  /** When to decide again though nothing happened: the next deadline or back-off. `null`: only when something happens. */
  wakeAt: number | null;
}

export function decide(state: RunState, now: number, world: World): Decision {
  if (state.status !== 'running') return { events: [], cancels: [], wakeAt: null };
  const expired = state.steps.filter((step) => step.deadlineAt !== null && step.deadlineAt <= now && !hasEnded(step));
  if (expired.length > 0) return { events: expired.map(expire), cancels: expired.map((step) => step.id), wakeAt: null };

  const broken = state.steps.some((step) => !step.optional && hasEnded(step) && step.status !== 'succeeded');
  const stopping = state.cancelRequested || broken;
  const inFlight = state.steps.filter((step) => step.status === 'dispatched' || step.status === 'started' || step.status === 'waiting');
  const open = state.steps.filter((step) => step.status === 'planned' || step.status === 'placed');
  if (stopping) {
    const reasons = [state.cancelRequested ? 'the run was cancelled' : 'an earlier step did not succeed'];
    const events: NewEvent[] = open.map((step) => ({ type: 'step.cancelled', step: step.id, reasons }));
    if (events.length === 0 && inFlight.length === 0)
      events.push({
        type: 'run.finished',
        status: state.cancelRequested && !allWell(state) ? 'cancelled' : broken ? 'failed' : 'succeeded',
      });
    return { events, cancels: inFlight.map((step) => step.id), wakeAt: nextWake(state, now) };
  }

  const events: NewEvent[] = [];
  let room = MAX_IN_FLIGHT - inFlight.length;
  for (const step of open) {
    const readiness = readinessOf(state, step);
    if (readiness === 'blocked') events.push({ type: 'step.cancelled', step: step.id, reasons: ['what it needs did not succeed'] });
    if (readiness !== 'ready' || room <= 0 || step.notBefore > now) continue;
    room -= 1;
    events.push(...start(state, step, world));
  }
  if (events.length === 0 && inFlight.length === 0 && open.length === 0 && allExpanded(state))
    events.push({ type: 'run.finished', status: 'succeeded' });
  return { events, cancels: [], wakeAt: nextWake(state, now) };
}

function allWell(state: RunState): boolean {
  return allExpanded(state) && state.steps.every((step) => step.status === 'succeeded' || step.optional);
}

function expire(step: StepState): NewEvent {
  const waitedFor = step.status === 'dispatched' ? 'device' : step.status === 'waiting' ? 'approval' : 'work';
  return { type: 'step.expired', step: step.id, waitedFor };
}

function start(state: RunState, step: StepState, world: World): NewEvent[] {
  const dispatched: NewEvent = { type: 'step.dispatched', step: step.id, attempt: step.attempt + 1 };
  if (step.status === 'placed') return [dispatched];
  const planned = plannedStep(state.spec, step.id);
  const placement = place(
    {
      op: step.op,
      runWhere: state.spec.where,
      stepWhere: planned?.where,
      prefer: planned?.prefer,
      barred: step.barred,
      inputs: inputsOf(state, step.id),
    },
    world,
  );
  if (placement.where === null) return [{ type: 'step.refused', step: step.id, code: placement.code, reasons: placement.reasons }];
  const reasons = step.barred === null ? placement.reasons : [...step.reasons];
  return [{ type: 'step.placed', step: step.id, where: placement.where, reasons }, dispatched];
}

type Readiness = 'ready' | 'waiting' | 'blocked';

function readinessOf(state: RunState, step: StepState): Readiness {
  const planned = plannedStep(state.spec, step.id);
  if (planned === undefined) return 'blocked';
  let readiness: Readiness = 'ready';
  for (const need of needsOf(planned)) {
    const sources = sourcesOf(state, step.id, need);
    if (sources === null || sources.some((source) => !hasEnded(source))) readiness = 'waiting';
    else if (sources.some((source) => source.status !== 'succeeded' && !mayLack(state, step.id, source, need))) return 'blocked';
  }
  return readiness;
}

/** A step goes on without an optional one; only within a fan-out the next in line has then nothing to work on. */
function mayLack(state: RunState, step: StepId, source: StepState, need: StepId): boolean {
  return source.optional && !sameFanOut(state.spec, step, need);
}

/** The step instances that `step` takes `need`'s outputs from; `null` while a fan-out is not yet known. */
function sourcesOf(state: RunState, step: StepId, need: StepId): StepState[] | null {
  const ids = sourceIds(state.spec, step, need, (root) => countOf(state, root));
  return ids === null ? null : ids.flatMap((id) => stepOf(state, id) ?? []);
}

function countOf(state: RunState, root: StepId): number | null {
  const step = stepOf(state, root);
  return state.fanOut[root] ?? (step !== undefined && hasEnded(step) ? 0 : null);
}

/** Label and size of everything that a step reads. */
function inputsOf(state: RunState, step: StepId): HandleMeta[] {
  const planned = plannedStep(state.spec, step);
  if (planned === undefined) return [];
  return Object.values(planned.args).flatMap((value) => {
    if (typeof value !== 'object') return [];
    if ('output' in value)
      return flowInto(
        state.spec,
        step,
        value.output,
        (root) => countOf(state, root),
        (source) => outputsOf(state, source),
      );
    const input = state.spec.inputs[value.input];
    return input === undefined ? [] : [input];
  });
}

function outputsOf(state: RunState, step: StepId): readonly HandleMeta[] {
  return stepOf(state, step)?.outcome?.outputs ?? [];
}

/** A state never changes, and a decision asks for its steps thousands of times where a plan fans out. */
const indexes = new WeakMap<RunState, ReadonlyMap<StepId, StepState>>();

function stepOf(state: RunState, id: StepId): StepState | undefined {
  let index = indexes.get(state);
  if (index === undefined) {
    index = new Map(state.steps.map((step) => [step.id, step]));
    indexes.set(state, index);
  }
  return index.get(id);
}

function allExpanded(state: RunState): boolean {
  return state.spec.steps.every((planned) => {
    const root = fanOutRoot(state.spec, planned);
    return root === null || state.fanOut[root] !== undefined || state.steps.some((step) => step.id === root && hasEnded(step));
  });
}

function nextWake(state: RunState, now: number): number | null {
  let wakeAt: number | null = null;
  for (const step of state.steps) {
    if (hasEnded(step)) continue;
    for (const at of [step.deadlineAt, step.status === 'planned' ? step.notBefore : null]) {
      if (at !== null && at > now && (wakeAt === null || at < wakeAt)) wakeAt = at;
    }
  }
  return wakeAt;
}

/**
 * The event that a device's report makes, or `null` when it says nothing new (a repeat, or too late to matter). `attempt` is
 * the one that the report is about: of an earlier attempt only a success counts.
 */
export function acceptReport(state: RunState, stepId: StepId, report: Report, attempt?: number): NewEvent | null {
  const step = state.steps.find((candidate) => candidate.id === stepId);
  if (step === undefined || state.status !== 'running' || hasEnded(step)) return null;
  if (attempt !== undefined && attempt < step.attempt && report.type !== 'succeeded') return null;
  if (step.status === 'planned' || step.status === 'placed')
    return report.type === 'succeeded' ? { type: 'step.succeeded', step: stepId, outcome: report.outcome } : null;
  switch (report.type) {
    case 'started':
      return step.status === 'started' ? null : { type: 'step.started', step: stepId };
    case 'progress':
      return { type: 'step.progress', step: stepId, done: report.done, total: report.total };
    case 'waiting':
      return { type: 'step.waiting', step: stepId, until: report.until };
    case 'succeeded':
      return { type: 'step.succeeded', step: stepId, outcome: report.outcome };
    case 'failed':
      return {
        type: 'step.failed',
        step: stepId,
        code: report.code,
        message: report.message,
        retryable: report.retryable,
        nothingChanged: report.nothingChanged,
      };
    case 'refused':
      return { type: 'step.refused', step: stepId, code: report.code, reasons: report.reasons };
    case 'cancelled':
      return { type: 'step.cancelled', step: stepId, reasons: ['cancelled on the device'] };
    case 'uncertain':
      return { type: 'step.uncertain', step: stepId, reasons: report.reasons };
  }
}
