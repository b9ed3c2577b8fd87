// `headgate runs [RUN]`: the last runs, or one with its steps, where each ran and why.
import type { RunSummary } from '../../shared/protocol/native.ts';
import type { RunView, StepView } from '../../shared/run/view.ts';
import { UsageError } from './arguments.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { formatDuration, formatTime, type Output, type Paint, shown } from './output.ts';
import { findRun, LOOKED_THROUGH } from './runs-lookup.ts';
import { connectTerminal } from './terminal.ts';

export async function run({ words, flags, home, out }: CallOf<'runs'>): Promise<Exit> {
  const limit = Number(flags.limit ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new UsageError('--limit is a number from 1 to 100.');
  using terminal = await connectTerminal({ home });
  if (words[0] !== undefined) {
    const view = await terminal.call('runs.get', { run: await findRun(terminal, words[0]) });
    out.document({ run: view });
    showRun(view, out);
    const { runs } = await terminal.call('runs.list', { limit: LOOKED_THROUGH });
    showMade(
      runs.find(({ run: id }) => id === view.run),
      out,
    );
    return EXIT.ok;
  }
  const { runs } = await terminal.call('runs.list', { limit });
  out.document({ runs });
  if (runs.length === 0) out.line('No runs yet. "headgate run --help" says how to start one.');
  out.table(runs.map((summary) => rowOf(summary, out)));
  return EXIT.ok;
}

const STATUS: Record<RunView['status'], readonly [Paint, string]> = {
  running: ['cyan', '…'],
  waiting: ['yellow', '?'],
  succeeded: ['green', '✓'],
  failed: ['red', '✗'],
  cancelled: ['dim', '–'],
};

function rowOf(summary: RunSummary, out: Output): string[] {
  const [paint, sign] = STATUS[summary.status];
  const took = summary.endedAt === null ? `${summary.done} of ${summary.total}` : formatDuration(summary.endedAt - summary.createdAt);
  return [
    out.paint(paint, sign),
    formatTime(summary.createdAt),
    shown(summary.title ?? summary.recipe),
    summary.status,
    took,
    out.paint('dim', summary.run.slice(0, 10)),
    shown(summary.message ?? madeBy(summary)),
  ];
}

/** The files that a run wrote, and whether they were taken back. */
function madeBy({ files, undo }: RunSummary): string {
  const names = files.map(({ name }) => name).join(', ');
  if (undo?.state === 'done') return 'taken back';
  return undo?.state === 'partly' ? `${names} (partly taken back)`.trim() : names;
}

/** Shows a run's head and its steps. */
export function showRun(view: RunView, out: Output): void {
  const [paint, sign] = STATUS[view.status];
  out.line(
    `${out.paint(paint, sign)} ${shown(view.title ?? view.recipe)}  ${view.status}${view.endedAt === null ? '' : ` after ${formatDuration(view.endedAt - view.createdAt)}`}`,
  );
  out.line(out.paint('dim', `  ${view.run} · ${view.recipe} · ${formatTime(view.createdAt)}`));
  showSteps(view.steps, out);
}

/** What came of a run on the disk, and the words that take it back. */
function showMade(summary: RunSummary | undefined, out: Output): void {
  const made = summary === undefined ? '' : madeBy(summary);
  if (made !== '') out.line(`  → ${shown(made)}`);
  if (summary?.undo?.state === 'possible' || summary?.undo?.state === 'partly')
    out.line(out.paint('dim', `  headgate undo ${summary.run}`));
}

/** One row a step: what, where, why. */
export function showSteps(steps: readonly StepView[], out: Output): void {
  out.table(steps.map((step) => ['  ', step.step, step.op, step.where ?? '–', statusOf(step, out), whyOf(step)]));
}

function statusOf(step: StepView, out: Output): string {
  const paint: Paint = step.status === 'succeeded' ? 'green' : step.status === 'failed' || step.status === 'refused' ? 'red' : 'dim';
  return out.paint(paint, step.status);
}

function whyOf({ why, engine, note, message }: StepView): string {
  return shown([...why, engine === undefined ? '' : `by ${engine}`, note ?? '', message ?? ''].filter((part) => part !== '').join('; '));
}
