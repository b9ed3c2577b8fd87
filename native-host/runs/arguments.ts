// A step's arguments, resolved on the device and parsed: inputs from the person's own record, outputs from this device's own
// record of what its steps made. What the cloud's copy of the log says of handles is not asked. And the grants that they touch.
import type { GrantId, HandleId, StepId } from '../../shared/ids.ts';
import { type DecodedStep, decodeStep, type Source } from '../../shared/ops/args.ts';
import { type ArgValue, flowInto, MAX_FAN_OUT, type PlannedStep, type RunSpec } from '../../shared/run/plan.ts';
import type { HandleMeta } from '../../shared/handles.ts';
import type { Journal } from '../journal/journal.ts';
import type { HandleStore } from '../state/stored-handle.ts';
import type { RunRecord } from './log.ts';

/** Outputs that this device recorded for a step of the run; `null` when the step has not ended well here. */
export type OwnOutputs = (step: StepId) => readonly HandleMeta[] | null;

/** The step as it will run. Throws `invalid_params` when an earlier step's outputs are not there or do not fit. */
export function decodePlanned(record: RunRecord, planned: PlannedStep, step: StepId, own: OwnOutputs): DecodedStep {
  return decodeStep(
    planned.op,
    Object.fromEntries(Object.entries(planned.args).map(([name, value]) => [name, resolveValue(record, step, value, own)])),
  );
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

/** The grants of everything that a step names: themselves, by handle, by path or by the change that it went with. */
export function grantsOf(step: DecodedStep, handles: HandleStore, journal: Journal): GrantId[] {
  // The op's schema has parsed them: these names mean the same in every op.
  const {
    grant,
    grants = [],
    target = [],
    moves = [],
    changes = [],
  } = step.args as {
    grant?: GrantId;
    grants?: GrantId[];
    target?: Source[];
    moves?: { from: Source; grant?: GrantId }[];
    changes?: number[];
  };
  const sources = [...target, ...moves.map(({ from }) => from)];
  return [
    ...new Set([
      ...(grant === undefined ? [] : [grant]),
      ...grants,
      ...sources.flatMap((source) => (typeof source === 'string' ? (handles.get(source).file?.grant ?? []) : source.grant)),
      ...moves.flatMap((move) => move.grant ?? []),
      ...changes.flatMap((n) => journal.row(n)?.change.grant ?? []),
    ]),
  ];
}
