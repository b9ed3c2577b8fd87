// fold(state, event) → state: what a run is after each event of its log. Pure and total over valid logs; a log that skips
// a number or goes back an epoch is a caller's bug and throws a TypeError.
//
// A step is in one of these: planned (no place yet; `notBefore` holds it back after a failure) → placed → dispatched →
// started ⇄ waiting (for the person's yes) → one of the ends. Ends never change, with one exception: a step that ended
// badly in the cloud and can also run at home goes back to planned with `barred` set, once.
import type { ErrorCode } from '../errors.ts';
import type { HandleMeta } from '../handles.ts';
import type { StepId } from '../ids.ts';
import { OPS, type OpName } from '../ops/catalogue.ts';
import type { Outcome, RunEvent } from './events.ts';
import { fanOutRoot, instanceOf, MAX_FAN_OUT, plannedStep, type RunSpec } from './plan.ts';

export type StepStatus =
  | 'planned'
  | 'placed'
  | 'dispatched'
  | 'started'
  | 'waiting'
  | 'succeeded'
  | 'failed'
  | 'refused'
  | 'cancelled'
  | 'expired'
  | 'uncertain';

export interface StepState {
  id: StepId;
  op: OpName;
  status: StepStatus;
  optional: boolean;
  attempt: number;
  where: 'home' | 'cloud' | null;
  reasons: string[];
  /** A side that has let this step down and is not asked again. */
  barred: 'cloud' | null;
  notBefore: number;
  deadlineAt: number | null;
  startedAt: number | null;
  endedAt: number | null;
  progress: { done: number; total: number } | null;
  outcome: Outcome | null;
  code: ErrorCode | null;
  message: string | null;
}

export interface RunState {
  spec: RunSpec;
  seq: number;
  epoch: number;
  status: 'running' | 'succeeded' | 'failed' | 'cancelled';
  cancelRequested: boolean;
  steps: StepState[];
  /** How often each fan-out root's dependants run, once known. */
  fanOut: Record<string, number>;
  endedAt: number | null;
}

export const MAX_ATTEMPTS = 3;
/** Length of one reason in an event. */
const MAX_REASON_CHARS = 300;
/** How long a task may lie undelivered before its step expires: a week, the design's longest wait for a device. */
export const DELIVERY_DEADLINE_MS = 7 * 24 * 3600_000;

const ENDS: ReadonlySet<StepStatus> = new Set(['succeeded', 'failed', 'refused', 'cancelled', 'expired', 'uncertain']);

export function hasEnded(step: StepState): boolean {
  return ENDS.has(step.status);
}

export function foldAll(events: readonly RunEvent[]): RunState {
  let state: RunState | null = null;
  for (const event of events) state = fold(state, event);
  if (state === null) throw new TypeError('an empty log has no state');
  return state;
}

export function fold(state: RunState | null, event: RunEvent): RunState {
  if (state === null) {
    if (event.type !== 'run.created') throw new TypeError(`a log starts with run.created, not ${event.type}`);
    return createState(event);
  }
  if (event.type === 'run.created') throw new TypeError('a run is created once; its plan never changes');
  if (event.run !== state.spec.id) throw new TypeError(`an event of ${event.run} does not belong to ${state.spec.id}`);
  if (event.seq !== state.seq + 1) throw new TypeError(`event ${event.seq} does not follow ${state.seq}`);
  if (event.epoch < state.epoch) throw new TypeError(`epoch ${event.epoch} is older than ${state.epoch}`);
  const next: RunState = { ...state, seq: event.seq, epoch: event.epoch };
  switch (event.type) {
    case 'run.adopted':
      return { ...next, steps: next.steps.map(takeBack) };
    case 'run.cancelRequested':
      return { ...next, cancelRequested: true };
    case 'run.finished':
      return { ...next, status: event.status, endedAt: event.at };
    default:
      return foldStep(next, event);
  }
}

function createState(event: Extract<RunEvent, { type: 'run.created' }>): RunState {
  const { spec } = event;
  const state: RunState = {
    spec,
    seq: event.seq,
    epoch: event.epoch,
    status: 'running',
    cancelRequested: false,
    steps: [],
    fanOut: {},
    endedAt: null,
  };
  for (const planned of spec.steps) if (planned.each === undefined) state.steps.push(newStep(spec, planned.id));
  return state;
}

function newStep(spec: RunSpec, id: StepId): StepState {
  const planned = plannedStep(spec, id);
  if (planned === undefined) throw new TypeError(`the plan has no step ${id}`);
  return {
    id,
    op: planned.op,
    status: 'planned',
    optional: planned.optional ?? false,
    attempt: 0,
    where: null,
    reasons: [],
    barred: null,
    notBefore: 0,
    deadlineAt: null,
    startedAt: null,
    endedAt: null,
    progress: null,
    outcome: null,
    code: null,
    message: null,
  };
}

/** A new writer places and dispatches anew what had not ended; the device answers repeated tasks from its record. */
function takeBack(step: StepState): StepState {
  if (hasEnded(step)) return step;
  const inFlight = step.status === 'dispatched' || step.status === 'started' || step.status === 'waiting';
  return { ...step, status: 'planned', where: null, attempt: inFlight ? step.attempt - 1 : step.attempt, notBefore: 0, deadlineAt: null };
}

type StepEvent = Extract<RunEvent, { step: StepId }>;

function foldStep(state: RunState, event: StepEvent): RunState {
  const steps = state.steps.map((step) => (step.id === event.step ? changeStep(state, step, event) : step));
  const next = { ...state, steps };
  return event.type === 'step.succeeded' ? expand(next, event.step, event.outcome.outputs) : next;
}

function changeStep(state: RunState, step: StepState, event: StepEvent): StepState {
  const ended = { ...step, endedAt: event.at, deadlineAt: null };
  switch (event.type) {
    case 'step.placed':
      return { ...step, status: 'placed', where: event.where, reasons: event.reasons };
    case 'step.dispatched':
      return { ...step, status: 'dispatched', attempt: event.attempt, deadlineAt: event.at + DELIVERY_DEADLINE_MS };
    case 'step.started':
      return { ...step, status: 'started', startedAt: event.at, deadlineAt: event.at + OPS[step.op].timeoutMs };
    case 'step.progress':
      return { ...step, status: 'started', progress: { done: event.done, total: event.total } };
    case 'step.waiting':
      return { ...step, status: 'waiting', deadlineAt: event.until };
    case 'step.succeeded':
      return { ...ended, status: 'succeeded', where: event.outcome.where, outcome: event.outcome };
    case 'step.failed':
      if (canGoHome(state, step)) return sendHome(step, `the cloud could not do it (${event.code}), so it runs at home`);
      if (event.retryable && event.nothingChanged && step.attempt < MAX_ATTEMPTS)
        return {
          ...step,
          status: 'planned',
          where: null,
          notBefore: event.at + 250 * 2 ** step.attempt,
          code: event.code,
          message: event.message,
        };
      return { ...ended, status: 'failed', code: event.code, message: event.message };
    case 'step.refused':
      if (canGoHome(state, step)) return sendHome(step, `${event.reasons.join('; ') || event.code}, so it runs at home`);
      return { ...ended, status: 'refused', code: event.code, message: event.reasons.join('; ') };
    case 'step.cancelled':
      return { ...ended, status: 'cancelled', message: event.reasons.join('; ') || null };
    case 'step.expired':
      return { ...ended, status: 'expired', code: 'timeout', message: `waited too long for ${event.waitedFor}` };
    case 'step.uncertain':
      return { ...ended, status: 'uncertain', message: event.reasons.join('; ') };
  }
}

function canGoHome(state: RunState, step: StepState): boolean {
  const cloudOnly = state.spec.where === 'cloud' || plannedStep(state.spec, step.id)?.where === 'cloud';
  return step.where === 'cloud' && !cloudOnly && OPS[step.op].runs === 'portable' && step.barred === null;
}

/** The attempt counts on: the device answers a repeated attempt from its record, and that record says what went wrong in the cloud. */
/** The attempt goes on counting: a late repeat of the cloud attempt's report must not pass for the home attempt's. */
function sendHome(step: StepState, reason: string): StepState {
  return {
    ...step,
    status: 'planned',
    where: null,
    barred: 'cloud',
    reasons: [reason.slice(0, MAX_REASON_CHARS)],
    deadlineAt: null,
    notBefore: 0,
  };
}

/** When a fan-out's root has ended well, its dependants are known: one instance for each output. */
function expand(state: RunState, ended: StepId, outputs: readonly HandleMeta[]): RunState {
  const added: StepState[] = [];
  for (const planned of state.spec.steps) {
    if (planned.each === undefined || fanOutRoot(state.spec, planned) !== ended) continue;
    for (let index = 0; index < Math.min(outputs.length, MAX_FAN_OUT); index++)
      added.push(newStep(state.spec, instanceOf(planned.id, index)));
  }
  const isRoot = state.spec.steps.some((planned) => planned.each === ended);
  if (!isRoot) return state;
  return { ...state, steps: [...state.steps, ...added], fanOut: { ...state.fanOut, [ended]: Math.min(outputs.length, MAX_FAN_OUT) } };
}
