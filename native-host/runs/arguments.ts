// A step's arguments, resolved on the device: inputs from the person's own record, outputs from this device's own record of
// what its steps made. What the cloud's copy of the log says of handles is not asked.
import * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import type { HandleMeta } from '../../shared/handles.ts';
import { GrantId, type HandleId, type StepId } from '../../shared/ids.ts';
import { OP_ARGS, type OpArgs } from '../../shared/ops/args.ts';
import type { OpName } from '../../shared/ops/catalogue.ts';
import { type ArgValue, flowInto, MAX_FAN_OUT, type PlannedStep, type RunSpec } from '../../shared/run/plan.ts';
import type { RunRecord } from './log.ts';

/** Outputs that this device recorded for a step of the run; `null` when the step has not ended well here. */
export type OwnOutputs = (step: StepId) => readonly HandleMeta[] | null;

/** Parses a step's arguments. Throws `invalid_params` when an earlier step's outputs are not there or do not fit. */
export function resolveArguments<Op extends OpName>(record: RunRecord, planned: PlannedStep, step: StepId, own: OwnOutputs): OpArgs<Op> {
  const resolved = Object.fromEntries(Object.entries(planned.args).map(([name, value]) => [name, resolveValue(record, step, value, own)]));
  const parsed = OP_ARGS[planned.op].safeParse(resolved);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new HeadgateError('invalid_params', `Step ${step} cannot run: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'not valid'}.`);
  }
  return parsed.data as OpArgs<Op>;
}

function resolveValue(record: RunRecord, step: StepId, value: ArgValue, own: OwnOutputs): unknown {
  if (typeof value !== 'object') return value;
  if ('input' in value) return record.input[value.input];
  return ownFlow(record.state.spec, step, value.output, own);
}

function ownFlow(spec: RunSpec, step: StepId, need: StepId, own: OwnOutputs): HandleId[] {
  const countOf = (root: StepId) => {
    const outputs = own(root);
    return outputs === null ? null : Math.min(outputs.length, MAX_FAN_OUT);
  };
  return flowInto(spec, step, need, countOf, (source) => own(source) ?? []).map((meta) => meta.handle);
}

const Grants = z.union([GrantId.transform((grant) => [grant]), z.array(GrantId)]);

/** The grants that a step's resolved arguments name directly; handles are checked where they are opened. */
export function grantsNamed(args: Record<string, unknown>): GrantId[] {
  return ['grant', 'grants'].flatMap((name) => {
    const parsed = Grants.safeParse(args[name]);
    return parsed.success ? parsed.data : [];
  });
}
