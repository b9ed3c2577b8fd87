// A question to the person, on a terminal: what it is about, and to the letter what would change.
import type { ApprovalDetail, ApprovalView } from '../../shared/protocol/native.ts';
import { readableSize } from '../ops/size.ts';
import { formatTime, type Output, type Paint, shown } from './output.ts';

const LINE_PAINT: Readonly<Record<ApprovalDetail['lines'][number]['sign'], Paint | null>> = {
  '+': 'green',
  '-': 'red',
  ' ': null,
  '…': 'dim',
};

/** The question in short: what would happen, where it would go, of which items. */
export function showApproval(approval: ApprovalView, out: Output): void {
  const { id, title, items, more, others = 0, without, plan, uninspectable, expiresAt } = approval;
  out.line(`${out.paint('yellow', '?')} ${shown(title)}`);
  out.line(`  ${[...movesOf(approval), `open until ${formatTime(expiresAt)}`].join('; ')}`);
  for (const line of plan ?? items) out.line(`  · ${shown(line)}`);
  if (plan === undefined && more > 0) out.line(`  · and ${more} more`);
  if (without !== undefined) out.line(`  taken out before: ${shown(without)}`);
  if (others > 0) out.line(`  “run” lets ${others} more ${others === 1 ? 'text' : 'texts'} of the run go as well`);
  if (uninspectable !== undefined) out.line(out.paint('yellow', `  cannot be shown: ${shown(uninspectable)}`));
  out.line(out.paint('dim', `  headgate approvals ${id}   shows it in full`));
  out.line(out.paint('dim', `  headgate approvals ${id} ${answersTo(approval)}`));
}

/** Where nobody can be asked here: what waits, until when, and where it is answered. */
export function noteWaiting(approval: ApprovalView, out: Output): void {
  const { id, title, expiresAt } = approval;
  out.note(`Waits for your yes until ${formatTime(expiresAt)}: ${shown(title)}`);
  out.note(`  Answer in the browser’s extension, or in another terminal: headgate approvals ${id} ${answersTo(approval)}`);
}

/** The words that answer a question. */
export function answersTo({ kind, uninspectable }: ApprovalView): string {
  if (kind === 'plan') return 'yes|always|no';
  return uninspectable === undefined ? 'yes|run|no' : 'yes|no';
}

function movesOf({ kind, bytes, destination, model }: ApprovalView): string[] {
  if (kind === 'plan') return [];
  if (kind === 'change') return bytes === 0 ? [] : [`${readableSize(bytes)} are written`];
  return [`${readableSize(bytes)} to ${destination}${model === null ? '' : ` (${model})`}`];
}

/** The question in full: where it would go, what exactly would be done, and the words that answer it. */
export function showInDetail(approval: ApprovalView, detail: ApprovalDetail, out: Output): void {
  const { id, title, without, expiresAt } = approval;
  out.line(`${out.paint('yellow', '?')} ${shown(title)}`);
  out.line(`  ${[...movesOf(approval), `open until ${formatTime(expiresAt)}`].join('; ')}`);
  showDetail(detail, out, title);
  if (without !== undefined) out.line(`  taken out before: ${shown(without)}`);
  out.line(out.paint('dim', `  headgate approvals ${id} ${answersTo(approval)}`));
}

/** What exactly would be done: each part, and the lines that differ. `title` was said before, and is not said again by the first part. */
export function showDetail({ parts, more, lines, cut }: ApprovalDetail, out: Output, title?: string): void {
  for (const [index, part] of parts.entries()) {
    if (index > 0 || (part.says !== title && `${part.says}?` !== title)) out.line(`  ${shown(part.says)}`);
    if (part.uninspectable !== undefined) out.line(out.paint('yellow', `  cannot be shown: ${shown(part.uninspectable)}`));
    for (const { sign, excerpt, goesOn } of lines.filter((line) => line.part === index)) {
      const paint = LINE_PAINT[sign];
      const line = `  ${goesOn ? '↳' : sign} ${shown(excerpt)}`.trimEnd();
      out.line(paint === null ? line : out.paint(paint, line));
    }
  }
  if (more > 0) out.line(`  and ${more} more`);
  if (cut > 0) out.line(out.paint('yellow', `  ${cut} more ${cut === 1 ? 'line is' : 'lines are'} not shown`));
}
