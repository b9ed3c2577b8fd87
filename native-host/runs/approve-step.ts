// Asks the person before a step that lies outside what they approved: the step is looked ahead at, shown, and done only when
// what it would do is still the same as what they said yes to.
import type { Bound } from '../../shared/gate/approvals.ts';
import { POLICY_VERSION } from '../../shared/gate/release.ts';
import type { GrantId } from '../../shared/ids.ts';
import type { DecodedStep } from '../../shared/ops/args.ts';
import type { Report } from '../../shared/run/events.ts';
import { type Approvals, approve, type Question } from '../gate/approvals.ts';
import type { Foresight, HostOp, OpContext } from '../ops/op.ts';
import { foreseeStep } from '../ops/registry.ts';

const ITEMS_SHOWN = 12;
const MAX_ITEM_CHARS = 300;

/**
 * Returns when the person has said yes to exactly this, now or with all that they approved before: `asked` says which.
 * `grants`: those that the step touches. Throws `approval_denied`, `approval_expired`, `approval_withdrawn`, `approval_changed`.
 */
export async function approveStep(
  approvals: Approvals,
  step: DecodedStep<HostOp>,
  context: OpContext,
  grants: readonly GrantId[],
  planApproved: boolean,
  tell: (report: Report) => void,
): Promise<{ asked: boolean }> {
  const first = await foreseeStep(step, context);
  if (first === null || (planApproved && first.beyondPlan !== true)) return { asked: false };
  const change = first.show();
  const uninspectable = change.parts.find((part) => part.uninspectable !== undefined)?.uninspectable;
  if (uninspectable === undefined && approvals.covers(context.run, 'change')) return { asked: false };
  let foreseen: Foresight | null = first;
  const bound = async (): Promise<Bound> => {
    const { content, targets } = foreseen ?? (await foreseeStep(step, context)) ?? first;
    foreseen = null;
    return { op: step.op, args: step.args, content, targets, destination: null, model: null, policy: POLICY_VERSION };
  };
  const on = {
    signal: context.signal,
    onWaiting: (until: number) => tell({ type: 'waiting', until }),
    onAnswered: () => tell({ type: 'started' }),
  };
  await approve(approvals, { question: questionOf(first, context, uninspectable), bound, about: { grants }, change }, on);
  return { asked: true };
}

function questionOf({ title, bytes, parts }: Foresight, { run, step }: OpContext, uninspectable: string | undefined): Question {
  return {
    kind: 'change',
    run,
    step,
    title: title.slice(0, 300),
    destination: 'this computer',
    model: null,
    bytes,
    items: parts.slice(0, ITEMS_SHOWN).map(({ says }) => says.slice(0, MAX_ITEM_CHARS)),
    more: Math.max(0, parts.length - ITEMS_SHOWN),
    ...(uninspectable !== undefined && { uninspectable: uninspectable.slice(0, 300) }),
  };
}
