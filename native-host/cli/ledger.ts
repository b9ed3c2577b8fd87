// `headgate ledger`: what left this device, line by line; `--verify` looks for lines that were tampered with, `--of` for one
// file, `--sent` shows one release to the letter.
import { resolve } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import { isHeldBack, type Receipt } from '../../shared/gate/release.ts';
import { ReceiptId } from '../../shared/ids.ts';
import { UsageError } from './arguments.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { readableSize } from '../ops/size.ts';
import { formatTime, type Output, shown } from './output.ts';
import { findRun } from './runs-lookup.ts';
import { connectTerminal, type Terminal } from './terminal.ts';

export async function run({ flags, home, out }: CallOf<'ledger'>): Promise<Exit> {
  const limit = Number(flags.limit ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500) throw new UsageError('--limit is a number from 1 to 500.');
  if ([flags.verify, flags.of, flags.sent].filter((flag) => flag !== undefined && flag !== false).length > 1)
    throw new UsageError('--verify, --of and --sent are asked one at a time.');
  using terminal = await connectTerminal({ home });
  if (flags.verify === true) return await verify(terminal, out);
  if (flags.of !== undefined) return await showFile(terminal, resolve(flags.of), out);
  if (flags.sent !== undefined) return await showSent(terminal, flags.sent, out);
  const { receipts } = await terminal.call('ledger.list', {
    limit,
    ...(flags.run !== undefined && { run: await findRun(terminal, flags.run) }),
  });
  out.document({ receipts });
  if (receipts.length === 0) out.line('Nothing has left this device.');
  out.table(receipts.map((receipt) => rowOf(receipt, out)));
  return EXIT.ok;
}

async function verify(terminal: Terminal, out: Output): Promise<Exit> {
  const verdict = await terminal.call('ledger.verify', {});
  out.document(verdict);
  for (const { says } of verdict.problems) out.line(`✗ ${says}`);
  const { records, head } = verdict;
  const lines = `${records} ${records === 1 ? 'line' : 'lines'}`;
  if (verdict.problems.length === 0)
    out.line(
      head === null
        ? `✓ ${lines}.`
        : `✓ ${lines}: each follows from the one before, and the signed head of ${formatTime(head.at)} is among them.`,
    );
  return verdict.problems.length === 0 ? EXIT.ok : EXIT.failed;
}

const BY = { path: 'it was here', identity: 'it is the same file', content: 'it holds the same' } as const;

async function showFile(terminal: Terminal, file: string, out: Output): Promise<Exit> {
  const { left } = await terminal.call('ledger.of', { file });
  out.document({ left });
  const releases = `${left.length} ${left.length === 1 ? 'release' : 'releases'}`;
  out.line(left.length === 0 ? `Nothing of ${shown(file)} has left this device.` : `${shown(file)}: ${releases}`);
  out.table(left.map(({ receipt, by }) => [...rowOf(receipt, out), by.map((match) => BY[match]).join(', ')]));
  return EXIT.ok;
}

async function showSent(terminal: Terminal, receipt: string, out: Output): Promise<Exit> {
  const { texts } = await terminal.call('ledger.sent', { receipt: await findReceipt(terminal, receipt) });
  out.document({ texts });
  if (texts.length === 0) out.line('Nothing was sent under it: there is no such release, it was held back, or it was shown on your own screen.');
  for (const text of texts) for (const line of (text ?? '(no longer kept: the ledger has its hash)').split('\n')) out.line(shown(line));
  return EXIT.ok;
}

/** The receipt that `word` names: its id, or the beginning of it among the last 500. */
async function findReceipt(terminal: Terminal, word: string): Promise<ReceiptId> {
  const whole = ReceiptId.safeParse(word);
  if (whole.success) return whole.data;
  if (!/^x_[0-9a-f]{2,31}$/.test(word))
    throw new UsageError('--sent takes a receipt, x_1f…: the last word of a line in "headgate ledger".');
  const { receipts } = await terminal.call('ledger.list', { limit: 500 });
  const found = receipts.filter(({ id }) => id.startsWith(word));
  const [only] = found;
  if (only === undefined) throw new HeadgateError('not_found', `There is no receipt "${word}".`, { next: '"headgate ledger" lists them.' });
  if (found.length > 1)
    throw new HeadgateError('conflict', `${found.length} receipts begin with ${word}.`, { next: 'Type more of the id.' });
  return only.id;
}

function rowOf(receipt: Receipt, out: Output): string[] {
  const { id, at, destination, model, bytes, purpose, label, approvedBy, handles, run } = receipt;
  const to = model === null ? destination : `${destination} (${model})`;
  return [
    formatTime(at),
    to,
    readableSize(bytes),
    // What an MCP client gets is no handle of a run's.
    handles.length === 0 ? '' : countOf(handles.length, purpose),
    purpose,
    `label ${label}, ${isHeldBack(receipt) ? 'held back' : `by ${approvedBy}`}`,
    withheldFrom(receipt),
    out.paint('dim', run.slice(0, 10)),
    out.paint('dim', id.slice(0, 10)),
  ];
}

/** Of what went without them, how many findings; of what did not go, which. */
function withheldFrom(receipt: Receipt): string {
  const withheld = (receipt.rules ?? []).filter(({ redacted }) => redacted);
  if (isHeldBack(receipt)) return withheld.map(({ rule, count }) => `${count} × ${rule}`).join(', ');
  const count = withheld.reduce((sum, each) => sum + each.count, 0);
  return count === 0 ? '' : `${count} taken out`;
}

/** What files are called is no text of theirs. */
function countOf(count: number, purpose: string): string {
  const what = purpose === 'names' ? 'name' : 'text';
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
