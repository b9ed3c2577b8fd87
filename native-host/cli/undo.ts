// `headgate undo RUN`: takes back what a run changed and says of each change what became of it.
import type { RunId } from '../../shared/ids.ts';
import type { UndoItem } from '../../shared/protocol/native.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { type Output, type Paint, shown } from './output.ts';
import { findRun, LOOKED_THROUGH } from './runs-lookup.ts';
import { connectTerminal, type Terminal } from './terminal.ts';

/** A run of ten thousand changes takes seconds, one of large files may take minutes. */
const UNDO_DEADLINE_MS = 15 * 60_000;
const PLAIN_SHOWN = 20;

const SIGNS: Record<UndoItem['result'], readonly [Paint, string]> = {
  undone: ['green', '✓'],
  beside: ['yellow', '+'],
  left: ['dim', '–'],
  failed: ['red', '✗'],
};

export async function run({ words, flags, home, out }: CallOf<'undo'>): Promise<Exit> {
  using terminal = await connectTerminal({ home });
  const run = await findRun(terminal, words[0] ?? '');
  const dryRun = flags['dry-run'];
  const report = await terminal.call('runs.undo', { run, dryRun }, UNDO_DEADLINE_MS);
  out.document(report);
  // What each item says is what an undo says once it is done.
  if (dryRun && report.items.length > 0) out.line('Nothing was changed. An undo would now end with:');
  showItems(report.items, report.more, out);
  const { undone, beside, left, failed } = report;
  if (undone + beside + left + failed === 0) out.line(await sayNothing(terminal, run));
  else out.line(`${dryRun ? 'Would be' : 'Now'}: ${undone} taken back, ${beside} put beside yours, ${left} left, ${failed} failed.`);
  return failed > 0 ? EXIT.failed : EXIT.ok;
}

/** What was asked for changed nothing; the newest run that did is named. */
async function sayNothing(terminal: Terminal, asked: RunId): Promise<string> {
  const { runs } = await terminal.call('runs.list', { limit: LOOKED_THROUGH });
  const changed = runs.find(({ run, undo }) => run !== asked && (undo?.state === 'possible' || undo?.state === 'partly'));
  const title = runs.find(({ run }) => run === asked)?.title;
  return [
    `There is nothing to undo in ${title === undefined ? 'this run' : `the run ${shown(title)}`}.`,
    ...(changed === undefined
      ? []
      : [`The last that changed something is ${shown(changed.title ?? changed.recipe)}: headgate undo ${changed.run}`]),
  ].join(' ');
}

/** All that a person has to know of, and a few of the others. */
function showItems(items: readonly UndoItem[], more: number, out: Output): void {
  const special = items.filter((item) => item.result !== 'undone');
  const plain = items.filter((item) => item.result === 'undone');
  const first = [...special, ...plain.slice(0, PLAIN_SHOWN)];
  // The host has made names in these safe to print.
  out.table(first.map(({ result, says }) => [out.paint(...SIGNS[result]), says]));
  const hidden = more + plain.length - Math.min(plain.length, PLAIN_SHOWN);
  if (hidden > 0) out.line(out.paint('dim', `  … and ${hidden} more`));
}
