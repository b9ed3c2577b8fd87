// `headgate approvals [ID yes|run|no]`: what waits for the person's yes, and the answer to one.
import { HeadgateError } from '../../shared/errors.ts';
import type { ApprovalView } from '../../shared/protocol/native.ts';
import { UsageError } from './arguments.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { formatBytes, formatTime, type Output, shown } from './output.ts';
import { connectTerminal } from './terminal.ts';

const ANSWERS: Readonly<Record<string, 'once' | 'run' | 'no'>> = { yes: 'once', once: 'once', run: 'run', no: 'no' };

export async function run({ words, home, out }: CallOf<'approvals'>): Promise<Exit> {
  const [id, word] = words;
  const answer = word === undefined ? undefined : ANSWERS[word];
  if (id !== undefined && answer === undefined) throw new UsageError('Answer with yes, run or no.');
  using terminal = await connectTerminal({ home });
  const { approvals } = await terminal.call('approvals.list', {});
  if (id === undefined || answer === undefined) {
    out.document({ approvals });
    if (approvals.length === 0) out.line('Nothing waits for your yes.');
    for (const approval of approvals) showApproval(approval, out);
    return EXIT.ok;
  }
  const approval = approvals.find((known) => known.id === id || (id.length >= 4 && known.id.startsWith(id)));
  if (approval === undefined)
    throw new HeadgateError('not_found', `No question ${id} is open.`, { next: '"headgate approvals" lists them.' });
  await terminal.call('approvals.answer', { approval: approval.id, answer });
  out.document({ approval: approval.id, answer });
  out.line(`${out.paint('green', '✓')} ${answer === 'no' ? 'Refused' : answer === 'run' ? 'Allowed for this run' : 'Allowed once'}.`);
  return EXIT.ok;
}

/** The question in full: what would go where, how much, of which items. */
export function showApproval(approval: ApprovalView, out: Output): void {
  const { id, title, destination, model, bytes, items, more, without, expiresAt } = approval;
  out.line(`${out.paint('yellow', '?')} ${shown(title)}`);
  out.line(`  ${formatBytes(bytes)} to ${destination}${model === null ? '' : ` (${model})`}; open until ${formatTime(expiresAt)}`);
  for (const item of items) out.line(`  · ${shown(item)}`);
  if (more > 0) out.line(`  · and ${more} more`);
  if (without !== undefined) out.line(`  taken out before: ${shown(without)}`);
  out.line(out.paint('dim', `  headgate approvals ${id} yes|run|no`));
}
