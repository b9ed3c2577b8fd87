// `headgate approvals [ID [yes|run|always|no]]`: what waits for the person's yes, one of them in full, and the answer to it.
import { HeadgateError } from '../../shared/errors.ts';
import type { ApprovalView } from '../../shared/protocol/native.ts';
import { UsageError } from './arguments.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { showApproval, showInDetail } from './show-approval.ts';
import { connectTerminal, type Terminal } from './terminal.ts';

const ANSWERS = { yes: 'once', once: 'once', run: 'run', no: 'no', always: 'always' } as const;
const SAYS = { once: 'Allowed once', run: 'Allowed for this run', no: 'Refused' } as const;

export async function run({ words, home, out }: CallOf<'approvals'>): Promise<Exit> {
  const [id, word] = words;
  const answer = word === undefined ? undefined : answerOf(word);
  using terminal = await connectTerminal({ home });
  const { approvals } = await terminal.call('approvals.list', {});
  if (id === undefined) {
    out.document({ approvals });
    if (approvals.length === 0) out.line('Nothing waits for your yes.');
    for (const approval of approvals) showApproval(approval, out);
    return EXIT.ok;
  }
  const approval = findApproval(approvals, id);
  if (answer === undefined) return await showInFull(terminal, approval, out);
  if (answer === 'always') {
    const { warrant } = await terminal.call('approvals.always', { approval: approval.id });
    out.document({ approval: approval.id, answer, warrant });
    out.line(`${out.paint('green', '✓')} Allowed now, and whenever the same is asked for: "headgate warrants" shows and ends it.`);
    return EXIT.ok;
  }
  await terminal.call('approvals.answer', { approval: approval.id, answer });
  out.document({ approval: approval.id, answer });
  out.line(`${out.paint('green', '✓')} ${SAYS[answer]}.`);
  return EXIT.ok;
}

function answerOf(word: string): 'once' | 'run' | 'no' | 'always' {
  if (!Object.hasOwn(ANSWERS, word)) throw new UsageError('Answer with yes, run, always or no.');
  return ANSWERS[word as keyof typeof ANSWERS];
}

function findApproval(approvals: readonly ApprovalView[], id: string): ApprovalView {
  const found = approvals.find((known) => known.id === id || (id.length >= 4 && known.id.startsWith(id)));
  if (found === undefined) throw new HeadgateError('not_found', `No question ${id} is open.`, { next: '"headgate approvals" lists them.' });
  return found;
}

async function showInFull(terminal: Terminal, approval: ApprovalView, out: CallOf<'approvals'>['out']): Promise<Exit> {
  const detail = await terminal.call('approvals.show', { approval: approval.id });
  out.document({ approval, detail });
  showInDetail(approval, detail, out);
  return EXIT.ok;
}
