// The gate's one function that lets content out. It decides (shared/gate/release.ts), writes the receipt, and only then
// hands back the content, branded: what is not `Released` has no way to a socket.
import { decideRelease, type Destination, type Receipt } from '../../shared/gate/release.ts';
import { strictest } from '../../shared/gate/labels.ts';
import type { RunId, StepId } from '../../shared/ids.ts';
import type { StoredHandle } from '../ops/op.ts';
import type { Store } from '../state/database.ts';
import { appendReceipt } from './ledger.ts';

declare const released: unique symbol;
/** Content that has a receipt. Only this file makes one. */
export type Released<Content> = Content & { readonly [released]: true };

export interface ReleaseRequest {
  run: RunId;
  step: StepId;
  destination: Destination;
  /** Why, in our own words: the op's name. */
  purpose: string;
  model: string | null;
  handles: readonly StoredHandle[];
  /** What goes: made from the handles, in their order, already cut to the destination's caps. */
  texts: readonly string[];
  /** The person's yes to exactly this. */
  approved: boolean;
}

export type ReleaseOutcome =
  | { effect: 'send'; receipt: Receipt; texts: Released<string[]> }
  | { effect: 'ask'; reasons: string[]; bytes: number }
  | { effect: 'refuse'; code: 'label_refused' | 'budget_spent'; reasons: string[] };

/** Decides, writes the receipt, spends the run's budget, all in one transaction on disk; then returns the content. */
export function release(store: Store, request: ReleaseRequest, now: number): ReleaseOutcome {
  const { run, step, destination, purpose, model, handles, texts } = request;
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const label = strictest(handles.map((handle) => handle.label));
  return store.transaction((): ReleaseOutcome => {
    const row = store.get<{ released: number; approved: number; warrant: string }>(
      'SELECT released, approved, warrant FROM runs WHERE id = ?',
      run,
    );
    const allowed = row === undefined ? 0 : (JSON.parse(row.warrant) as { egressBytes: number }).egressBytes;
    const decision = decideRelease({
      label,
      destination,
      bytes,
      budgetLeft: allowed - (row?.released ?? 0),
      approved: request.approved || row?.approved === 1,
    });
    if (decision.effect === 'ask') return { effect: 'ask', reasons: decision.reasons, bytes };
    if (decision.effect === 'refuse') return decision;
    const receipt = appendReceipt(
      store,
      {
        at: now,
        run,
        step,
        destination,
        purpose,
        model,
        label,
        approvedBy: decision.approvedBy,
        handles: handles.map((handle) => handle.id),
      },
      texts,
    );
    if (destination === 'cloud') store.run('UPDATE runs SET released = released + ? WHERE id = ?', bytes, run);
    return { effect: 'send', receipt, texts: [...texts] as Released<string[]> };
  });
}
