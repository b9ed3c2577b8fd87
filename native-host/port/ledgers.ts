// The ledgers of this device as one: the agent's own, and what MCP clients got, which each server of theirs keeps beside its
// journal.
import { HeadgateError } from '../../shared/errors.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import type { Receipt } from '../../shared/gate/release.ts';
import type { ReceiptId, RunId } from '../../shared/ids.ts';
import type { LedgerVerdict } from '../../shared/protocol/native.ts';
import { listReceipts, viewReceipt } from '../gate/ledger.ts';
import type { LedgerHeads } from '../gate/ledger-heads.ts';
import { type LeftOfFile, receiptsOf } from '../gate/ledger-of.ts';
import { readSent } from '../gate/sent-texts.ts';
import type { DeviceKeys } from '../link/keys.ts';
import { listMcpReceipts, mcpReceiptsOf, readMcpSent, verifyMcpLedgers } from '../mcp/ledgers.ts';
import type { Store } from '../state/database.ts';

/** The newest receipts; of one run they are all the agent's. */
export function listAllReceipts(store: Store, limit: number, run: RunId | undefined): Receipt[] {
  const own = listReceipts(store, limit, run).map(viewReceipt);
  if (run !== undefined) return own;
  const clients = listMcpReceipts(store.home, limit).map(({ files: _files, ...receipt }) => viewReceipt(receipt));
  return [...own, ...clients].sort((one, two) => two.at - one.at).slice(0, limit);
}

/** What one release sent, to the letter; `null` in place of what is no longer kept, and nothing for what no release sent. */
export function readAllSent(store: Store, receipt: ReceiptId): (string | null)[] {
  const own = readSent(store, receipt);
  return own.length > 0 ? own : (readMcpSent(store.home, receipt) ?? []);
}

/** What has left of a file, newest first. Throws `grant_not_found` for one that lies in no grant and that no client was given. */
export function allReceiptsOf(store: Store, grants: readonly Grant[], file: string): LeftOfFile[] {
  const clients = mcpReceiptsOf(store.home, file);
  return [...ownReceiptsOf(store, grants, file, clients.length > 0), ...clients].sort((one, two) => two.receipt.at - one.receipt.at);
}

function ownReceiptsOf(store: Store, grants: readonly Grant[], file: string, elsewhere: boolean): LeftOfFile[] {
  try {
    return receiptsOf(store, grants, file);
  } catch (thrown) {
    if (elsewhere && thrown instanceof HeadgateError && thrown.code === 'grant_not_found') return [];
    throw thrown;
  }
}

/** Looks through every ledger of this device. Lines and head are those of the agent's own. */
export async function verifyAllLedgers(store: Store, heads: LedgerHeads, keys: () => Promise<DeviceKeys>): Promise<LedgerVerdict> {
  const verdict = await heads.verify();
  const problems = [...verdict.problems, ...(await verifyMcpLedgers(store.home, keys))];
  return { ...verdict, problems: problems.slice(0, MAX_PROBLEMS) };
}

const MAX_PROBLEMS = 200;
