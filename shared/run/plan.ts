// A run's plan: its steps, what each takes from where, and how a step fans out over the outputs of another. The plan is
// fixed when the person starts the run; it holds no content. Both the cloud and the device keep it, and the device acts
// on its own copy only.
import * as z from 'zod';
import { HandleMeta } from '../handles.ts';
import { DeviceId, GrantId, RunId, StepId } from '../ids.ts';
import { Label } from '../gate/labels.ts';
import { OpName } from '../ops/catalogue.ts';

export const Where = z.enum(['home', 'cloud', 'auto']);
export type Where = z.infer<typeof Where>;

/** A literal of a plan is a number, a flag or a plain word of ours: free text cannot ride in it. */
export const ArgValue = z.union([
  z.int(),
  z.boolean(),
  z.string().regex(/^[a-z][a-z0-9._-]{0,39}$/),
  z.strictObject({ input: z.string().regex(/^[a-z][a-zA-Z]{0,31}$/) }),
  z.strictObject({ output: StepId }),
]);
export type ArgValue = z.infer<typeof ArgValue>;

export const PlannedStep = z.strictObject({
  id: StepId,
  op: OpName,
  args: z.record(z.string().max(32), ArgValue),
  /** Run once for each output of that step. Steps that fan out over the same root go index by index. */
  each: StepId.optional(),
  /** Hard limit for this step. */
  where: Where.optional(),
  /** Where it would rather run when both sides can. */
  prefer: z.enum(['home', 'cloud']).optional(),
  /** The run goes on without it when it fails. */
  optional: z.boolean().optional(),
});
export type PlannedStep = z.infer<typeof PlannedStep>;

export const RunSpec = z.strictObject({
  id: RunId,
  device: DeviceId.nullable(),
  recipe: z.string().max(40),
  where: Where,
  /** Who drives it at first. Runs that concern only this device are driven at home and merely reported. */
  driver: z.enum(['home', 'cloud']),
  createdAt: z.int(),
  expiresAt: z.int(),
  steps: z.array(PlannedStep).min(1).max(40),
  /** Handles that the run starts with. */
  inputs: z.record(z.string().max(32), HandleMeta),
  grants: z.array(z.object({ id: GrantId, label: Label })).max(200),
});
export type RunSpec = z.infer<typeof RunSpec>;

/** How often a step can fan out, at most. */
export const MAX_FAN_OUT = 500;

/** `text.3` → `text`; `text` → `text`. */
export function baseOf(step: StepId): StepId {
  const dot = step.indexOf('.');
  return (dot < 0 ? step : step.slice(0, dot)) as StepId;
}

/** `text.3` → 3; `text` → `null`. */
export function indexOf(step: StepId): number | null {
  const dot = step.indexOf('.');
  return dot < 0 ? null : Number(step.slice(dot + 1));
}

export function instanceOf(base: StepId, index: number): StepId {
  return `${base}.${index}` as StepId;
}

export function plannedStep(spec: RunSpec, step: StepId): PlannedStep | undefined {
  const base = baseOf(step);
  return spec.steps.find((planned) => planned.id === base);
}

/** The step whose outputs decide how often `planned` runs, or `null` when it runs once. */
export function fanOutRoot(spec: RunSpec, planned: PlannedStep): StepId | null {
  let root: StepId | null = null;
  for (let each = planned.each; each !== undefined; each = plannedStep(spec, each)?.each) root = each;
  return root;
}

/** The plan's steps that `planned` takes outputs from. */
export function needsOf(planned: PlannedStep): StepId[] {
  const needs = new Set<StepId>(planned.each === undefined ? [] : [planned.each]);
  for (const value of Object.values(planned.args)) if (typeof value === 'object' && 'output' in value) needs.add(value.output);
  return [...needs];
}

/** Whether both steps fan out over the same root, so that they go index by index. */
export function sameFanOut(spec: RunSpec, step: StepId, other: StepId): boolean {
  const one = plannedStep(spec, step);
  const two = plannedStep(spec, other);
  if (one === undefined || two === undefined) return false;
  const root = fanOutRoot(spec, one);
  return root !== null && fanOutRoot(spec, two) === root;
}

/** The instances of `need` that `step` takes outputs from; `countOf` says how often a root's dependants run (`null`: not known yet). */
export function sourceIds(spec: RunSpec, step: StepId, need: StepId, countOf: (root: StepId) => number | null): StepId[] | null {
  const planned = plannedStep(spec, need);
  const root = planned === undefined ? null : fanOutRoot(spec, planned);
  if (root === null) return [need];
  const count = countOf(root);
  if (count === null) return null;
  const index = indexOf(step);
  if (index !== null && sameFanOut(spec, step, need)) return [instanceOf(need, index)];
  return Array.from({ length: count }, (_, at) => instanceOf(need, at));
}

/** What flows into one argument that names `need`: all outputs of its instances, or the step's own share of its root's. */
export function flowInto(
  spec: RunSpec,
  step: StepId,
  need: StepId,
  countOf: (root: StepId) => number | null,
  outputsOf: (step: StepId) => readonly HandleMeta[],
): HandleMeta[] {
  const all = (sourceIds(spec, step, need, countOf) ?? []).flatMap((source) => outputsOf(source));
  const planned = plannedStep(spec, step);
  const index = indexOf(step);
  if (planned === undefined || index === null || fanOutRoot(spec, planned) !== need) return all;
  return all.slice(index, index + 1);
}
