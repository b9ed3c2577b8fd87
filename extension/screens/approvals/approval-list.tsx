// All questions that wait, the most urgent first. Of changes only the first is shown at once: each look asks the host.
import type { ApprovalView, HostStatus } from '../../../shared/protocol/native.ts';
import type { ScreenRun } from '../../screen-protocol.ts';
import { runTitle } from '../words.ts';
import type { Ask } from '../worker.ts';
import { ApprovalCard } from './approval-card.tsx';

export interface ApprovalListProps {
  approvals: readonly ApprovalView[];
  runs: readonly ScreenRun[];
  status: HostStatus | null;
  ask: Ask;
}

export function ApprovalList({ approvals, runs, status, ask }: ApprovalListProps) {
  const first = approvals.find(({ kind }) => kind === 'change')?.id;
  const titleOf = (approval: ApprovalView) => {
    const run = runs.find(({ run }) => run === approval.run);
    return run === undefined ? undefined : runTitle(run);
  };
  return (
    <>
      {approvals.map((approval) => (
        <ApprovalCard
          key={approval.id}
          approval={approval}
          runTitle={titleOf(approval)}
          status={status}
          ask={ask}
          open={approval.id === first}
        />
      ))}
    </>
  );
}
