// Follows a run to its end: shows where it stands, puts its questions to the person, and gives its last view. Changes come
// as notifications; a look every second repairs one that was missed. The run's own deadline ends the wait.
import type { RunId } from '../../shared/ids.ts';
import type { RunSummary } from '../../shared/protocol/native.ts';
import type { RunView } from '../../shared/run/view.ts';
import { askPerson, canAsk } from './ask-person.ts';
import type { Output } from './output.ts';
import { noteWaiting, showApproval, showDetail } from './show-approval.ts';
import type { Terminal } from './terminal.ts';

const LOOK_EVERY_MS = 1000;
const SIGNS = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** Resolves with the run's view once it has ended. Throws when the agent goes away, after trying no further. */
export async function followRun(terminal: Terminal, id: RunId, out: Output): Promise<RunView> {
  let wake = () => {};
  const asked = new Set<string>();
  terminal.on('run.changed', (summary) => {
    if (summary.run !== id) return;
    if (!out.json) out.progress(progressOf(summary));
    if (summary.endedAt !== null || summary.status === 'waiting') wake();
  });
  terminal.on('approvals.changed', () => wake());
  const cancel = cancelOnInterrupt(terminal, id, out);
  try {
    for (;;) {
      const nudged = new Promise<void>((resolve) => (wake = resolve));
      const view = await terminal.call('runs.get', { run: id });
      if (view.endedAt !== null) return view;
      if (view.status === 'waiting') await putQuestions(terminal, id, asked, out);
      await Promise.race([nudged, terminal.closed, sleep(LOOK_EVERY_MS)]);
    }
  } finally {
    cancel();
    out.endProgress();
  }
}

function progressOf({ done, total, now, status }: RunSummary): string {
  const sign = process.stderr.isTTY ? `${SIGNS[Math.floor(performance.now() / 80) % SIGNS.length]} ` : '';
  return `${sign}${done} of ${total}${now === undefined ? '' : `  ${now}`}${status === 'waiting' ? '  waits for your yes' : ''}`;
}

/** The first Ctrl-C cancels the run, and its end is awaited; a second one leaves at once. */
function cancelOnInterrupt(terminal: Terminal, id: RunId, out: Output): () => void {
  const onInterrupt = () => {
    process.off('SIGINT', onInterrupt);
    out.note('Cancelling …');
    terminal.call('runs.cancel', { run: id }).catch(() => {});
  };
  process.on('SIGINT', onInterrupt);
  return () => process.off('SIGINT', onInterrupt);
}

async function putQuestions(terminal: Terminal, id: RunId, asked: Set<string>, out: Output): Promise<void> {
  const { approvals } = await terminal.call('approvals.list', {});
  for (const approval of approvals) {
    if (approval.run !== id || asked.has(approval.id)) continue;
    asked.add(approval.id);
    out.endProgress();
    if (!canAsk() || out.json) {
      noteWaiting(approval, out);
      continue;
    }
    showApproval(approval, out);
    if (approval.kind === 'change') showDetail(await terminal.call('approvals.show', { approval: approval.id }), out, approval.title);
    const inAdvance = approval.uninspectable === undefined ? ', [r] yes for this run' : '';
    const answer = (await askPerson(`Go ahead? [y]es once${inAdvance}, [N]o: `)).toLowerCase();
    await terminal.call('approvals.answer', {
      approval: approval.id,
      answer: answer.startsWith('y') ? 'once' : answer.startsWith('r') ? 'run' : 'no',
    });
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
