// `headgate ledger`: what left this device, line by line.
import type { Receipt } from '../../shared/gate/release.ts';
import { listMcpReceipts } from '../mcp/receipts.ts';
import { UsageError } from './arguments.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { formatBytes, formatTime, type Output } from './output.ts';
import { findRun } from './runs-lookup.ts';
import { connectTerminal } from './terminal.ts';

export async function run({ flags, home, out }: CallOf<'ledger'>): Promise<Exit> {
  const limit = Number(flags.limit ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500) throw new UsageError('--limit is a number from 1 to 500.');
  using terminal = await connectTerminal({ home });
  const { receipts: own } = await terminal.call('ledger.list', {
    limit,
    ...(flags.run !== undefined && { run: await findRun(terminal, flags.run) }),
  });
  // What MCP clients on this device got is in ledgers of their own.
  const receipts = flags.run === undefined ? [...own, ...listMcpReceipts(home, limit)].sort((a, b) => b.at - a.at).slice(0, limit) : own;
  out.document({ receipts });
  if (receipts.length === 0) out.line('Nothing has left this device.');
  out.table(receipts.map((receipt) => rowOf(receipt, out)));
  return EXIT.ok;
}

function rowOf({ at, destination, model, bytes, purpose, label, approvedBy, handles, run }: Receipt, out: Output): string[] {
  const to = model === null ? destination : `${destination} (${model})`;
  return [
    formatTime(at),
    to,
    formatBytes(bytes),
    `${handles.length} ${handles.length === 1 ? 'text' : 'texts'}`,
    purpose,
    `label ${label}, by ${approvedBy}`,
    out.paint('dim', run.slice(0, 10)),
  ];
}
