// The ledger as one: the agent's own, and those of the MCP servers on this device.
import { HeadgateError } from '../../shared/errors.ts';
import type { Receipt } from '../../shared/gate/release.ts';
import type { RunId } from '../../shared/ids.ts';
import { listReceipts, viewReceipt } from '../gate/ledger.ts';
import type { LedgerHead, LedgerProblem } from '../gate/ledger-verify.ts';
import { type LeftOfFile, receiptsOf } from '../gate/ledger-of.ts';
import type { HandlerServices } from './handlers.ts';

type Sources = Pick<HandlerServices, 'store' | 'grants' | 'home' | 'ledgerHeads' | 'keys'>;

/** Receipts for lists, newest first. */
export async function reportReceipts({ store, home }: Sources, limit: number, run: RunId | undefined): Promise<Receipt[]> {
  const own = listReceipts(store, limit, run);
  if (run !== undefined) return own.map(viewReceipt);
  const { listMcpReceipts } = await import('../mcp/ledgers.ts');
  return [...own, ...listMcpReceipts(home, limit)]
    .sort((a, b) => b.at - a.at)
    .slice(0, limit)
    .map(viewReceipt);
}

/** What has left of a file, newest first. Throws `grant_not_found` for one that lies in no grant and that no client was given. */
export async function reportOfFile({ store, grants, home }: Sources, file: string): Promise<LeftOfFile[]> {
  const { mcpReceiptsOf } = await import('../mcp/ledgers.ts');
  const given = mcpReceiptsOf(home, file);
  return [...ownReceiptsOf(store, grants, file, given.length > 0), ...given]
    .sort((a, b) => b.receipt.at - a.receipt.at)
    .map(({ receipt, by }) => ({ receipt: viewReceipt(receipt), by }));
}

function ownReceiptsOf(store: Sources['store'], grants: Sources['grants'], file: string, tolerant: boolean): LeftOfFile[] {
  try {
    return receiptsOf(store, grants.list(), file);
  } catch (thrown) {
    if (tolerant && thrown instanceof HeadgateError && thrown.code === 'grant_not_found') return [];
    throw thrown;
  }
}

/** Whether every line of every ledger stands as it was written. */
export async function verifyLedgers({
  home,
  ledgerHeads,
  keys,
}: Sources): Promise<{ records: number; problems: LedgerProblem[]; head: LedgerHead | null }> {
  const { verifyMcpLedgers } = await import('../mcp/ledgers.ts');
  const own = await ledgerHeads.verify();
  const clients = await verifyMcpLedgers(home, keys);
  return {
    records: own.records + clients.records,
    problems: [...own.problems, ...clients.problems].slice(0, MAX_PROBLEMS),
    head: own.head,
  };
}

const MAX_PROBLEMS = 200;
