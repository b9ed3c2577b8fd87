// The ledgers of this device as one: the agent's own, and what MCP clients got, which each server of theirs keeps beside its
// journal.
import type { Receipt } from '../../shared/gate/release.ts';
import type { RunId } from '../../shared/ids.ts';
import type { LedgerVerdict } from '../../shared/protocol/native.ts';
import { listReceipts, viewReceipt } from '../gate/ledger.ts';
import type { LedgerHeads } from '../gate/ledger-heads.ts';
import { findMcpLedgerProblems, listMcpReceipts } from '../mcp/receipts.ts';
import type { Store } from '../state/database.ts';

/** The newest receipts; of one run they are all the agent's. */
export function listAllReceipts(store: Store, limit: number, run: RunId | undefined): Receipt[] {
  const own = listReceipts(store, limit, run).map(viewReceipt);
  if (run !== undefined) return own;
  const clients = listMcpReceipts(store.home, limit).map(({ files: _files, ...receipt }) => viewReceipt(receipt));
  return [...own, ...clients].sort((one, two) => two.at - one.at).slice(0, limit);
}

/** Looks through every ledger of this device. Lines are those of the agent's, which alone has a signed head. */
export async function verifyAllLedgers(store: Store, heads: LedgerHeads): Promise<LedgerVerdict> {
  const verdict = await heads.verify();
  return { ...verdict, problems: [...verdict.problems, ...findMcpLedgerProblems(store.home)] };
}
