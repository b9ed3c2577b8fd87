// `headgate undo RUN`: takes back what a run changed and says of each change what became of it.
import type { UndoItem } from '../../shared/protocol/native.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import type { Output, Paint } from './output.ts';
import { findRun } from './runs-lookup.ts';
import { connectTerminal } from './terminal.ts';

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
  if (undone + beside + left + failed === 0) out.line('There is nothing to undo in this run.');
  else out.line(`${dryRun ? 'Would be' : 'Now'}: ${undone} taken back, ${beside} put beside yours, ${left} left, ${failed} failed.`);
  return failed > 0 ? EXIT.failed : EXIT.ok;
}

/** All that a person has to know of, and a few of the others. */
function showItems(items: readonly UndoItem[], more: number, out: Output): void {
  const special = items.filter((item) => item.result !== 'undone');
  const plain = items.filter((item) => item.result === 'undone');
  const shown = [...special, ...plain.slice(0, PLAIN_SHOWN)];
  // The host has made names in these safe to print.
  out.table(shown.map(({ result, says }) => [out.paint(...SIGNS[result]), says]));
  const hidden = more + plain.length - Math.min(plain.length, PLAIN_SHOWN);
  if (hidden > 0) out.line(out.paint('dim', `  … and ${hidden} more`));
}
