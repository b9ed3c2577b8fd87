// All questions that wait, the most urgent first. Of changes only the first is shown at once: each look asks the host.
import type { ApprovalView } from '../../../shared/protocol/native.ts';
import type { ScreenRun } from '../../screen-protocol.ts';
import { runTitle } from '../words.ts';
import type { Ask } from '../worker.ts';
import { ApprovalCard } from './approval-card.tsx';

export interface ApprovalListProps {
  approvals: readonly ApprovalView[];
  runs: readonly ScreenRun[];
  ask: Ask;
}

export function ApprovalList({ approvals, runs, ask }: ApprovalListProps) {
  const first = approvals.find(({ kind }) => kind === 'change')?.id;
  const titleOf = (approval: ApprovalView) => {
    const run = runs.find(({ run }) => run === approval.run);
    return run === undefined ? undefined : runTitle(run);
  };
  return (
    <>
      {approvals.map((approval) => (
        <ApprovalCard key={approval.id} approval={approval} runTitle={titleOf(approval)} ask={ask} open={approval.id === first} />
      ))}
    </>
  );
}
