// A run as screens and terminals show it: made from its state alone, so the cloud and the device draw the same picture.
import * as z from 'zod';
import { ERROR_CODES, type ErrorCode } from '../errors.ts';
import { FileMask, MAX_RELEASED_NAME } from '../gate/shown-name.ts';
import { RunId, StepId } from '../ids.ts';
import { baseOf, needsOf, plannedStep } from './plan.ts';
import { hasEnded, type RunState, type StepState } from './fold.ts';

/** Files of one step that are named; the outputs in the log are all of them. */
const MAX_FILES_SHOWN = 20;

export const StepView = z.object({
  step: StepId,
  op: z.string().max(40),
  where: z.enum(['home', 'cloud']).nullable(),
  why: z.array(z.string().max(400)).max(16),
  status: z.string().max(16),
  engine: z.string().max(120).optional(),
  note: z.string().max(400).optional(),
  code: z.enum(ERROR_CODES).optional(),
  message: z.string().max(400).optional(),
  receipt: z.string().max(40).optional(),
  bytesOut: z.int().optional(),
  ms: z.number().optional(),
  /** Files that it gave, as they may be called here: by name where the gate released it, else by a mask. */
  files: z
    .array(z.object({ name: z.string().max(MAX_RELEASED_NAME).optional(), mask: FileMask.optional() }))
    .max(MAX_FILES_SHOWN)
    .optional(),
});
export type StepView = z.infer<typeof StepView>;

export const RunView = z.object({
  run: RunId,
  recipe: z.string().max(40),
  /** The person's words for it, known at home only. */
  title: z.string().max(300).optional(),
  status: z.enum(['running', 'waiting', 'succeeded', 'failed', 'cancelled']),
  createdAt: z.int(),
  endedAt: z.int().nullable(),
  /** Who writes the log now. */
  epoch: z.int(),
  done: z.int(),
  total: z.int(),
  /** Where its steps ran so far. */
  ran: z
    .array(z.enum(['home', 'cloud']))
    .max(2)
    .optional(),
  steps: z.array(StepView).max(2100),
  code: z.enum(ERROR_CODES).optional(),
  message: z.string().max(400).optional(),
});
export type RunView = z.infer<typeof RunView>;

/** Steps that are over, of all; where there is only one, what it says of its own work. */
function progressOf({ steps, spec }: RunState): Pick<RunView, 'done' | 'total'> {
  const [first] = steps;
  if (spec.steps.length === 1 && steps.length === 1 && first?.status === 'started' && first.progress !== null) return first.progress;
  return { done: steps.filter(hasEnded).length, total: Math.max(steps.length, spec.steps.length) };
}

/** Reasons that were put together can be longer than one message. */
const MAX_MESSAGE_CHARS = 400;

export function viewOf(state: RunState): RunView {
  const failed = failedStep(state);
  const view: RunView = {
    run: state.spec.id,
    recipe: state.spec.recipe,
    status: state.status === 'running' && state.steps.some((step) => step.status === 'waiting') ? 'waiting' : state.status,
    createdAt: state.spec.createdAt,
    endedAt: state.endedAt,
    epoch: state.epoch,
    ...progressOf(state),
    ran: (['home', 'cloud'] as const).filter((where) =>
      state.steps.some((step) => step.where === where && step.status !== 'planned' && step.status !== 'cancelled'),
    ),
    steps: inPlanOrder(state).map(viewStep),
  };
  const code = failed && causeOf(state, failed);
  if (code) view.code = code;
  if (failed?.message) view.message = failed.message.slice(0, MAX_MESSAGE_CHARS);
  return view;
}

/** The step for which a run failed: the last one, as an earlier one may be one that it could do without, such as one document of many. */
export function failedStep(state: RunState): StepState | undefined {
  return inPlanOrder(state)
    .filter((step) => !step.optional && hasEnded(step) && step.status !== 'succeeded' && step.status !== 'cancelled')
    .at(-1);
}

/** What a step needed was not to be had (`unavailable`): where all of that failed for one reason, that is the reason. */
function causeOf(state: RunState, { id, code }: StepState): StepState['code'] {
  if (code !== 'unavailable') return code;
  const [cause, ...others] = new Set(codesBehind(state, id));
  return others.length === 0 && cause !== undefined ? cause : code;
}

/** Why what a step needed failed; behind a step that was never begun, why what that needed did. */
function codesBehind(state: RunState, id: StepId): ErrorCode[] {
  const planned = plannedStep(state.spec, id);
  const needs = planned === undefined ? [] : needsOf(planned);
  return state.steps
    .filter((step) => needs.includes(baseOf(step.id)))
    .flatMap((step) => step.code ?? (step.status === 'cancelled' ? codesBehind(state, step.id) : []));
}

function inPlanOrder(state: RunState): RunState['steps'] {
  const order = new Map(state.spec.steps.map((planned, index) => [planned.id, index]));
  return [...state.steps].sort((a, b) => (order.get(baseOf(a.id)) ?? 0) - (order.get(baseOf(b.id)) ?? 0));
}

function viewStep(step: RunState['steps'][number]): StepView {
  const view: StepView = { step: step.id, op: step.op, where: step.where, why: step.reasons, status: step.status };
  if (step.outcome) {
    const { engine, note, receipt, bytesOut, ms, outputs } = step.outcome;
    const files = outputs.flatMap(({ name, mask }) =>
      name === undefined && mask === undefined ? [] : { ...(name !== undefined && { name }), ...(mask !== undefined && { mask }) },
    );
    Object.assign(
      view,
      { ms },
      engine && { engine },
      note && { note },
      receipt && { receipt },
      bytesOut !== undefined && { bytesOut },
      files.length > 0 && { files: files.slice(0, MAX_FILES_SHOWN) },
    );
  }
  if (step.code) view.code = step.code;
  if (step.message) view.message = step.message.slice(0, MAX_MESSAGE_CHARS);
  return view;
}
