// An open question in full, for the screen: what its parts do, and the lines that differ or would go. Lines are content, so they go
// through the gate's release and count against what the screen may show of their files today.
import { escapeLine } from '../../shared/gate/names.ts';
import { SCREEN_CAPS } from '../../shared/gate/release.ts';
import type { ApprovalDetail, ApprovalView } from '../../shared/protocol/native.ts';
import type { Store } from '../state/database.ts';
import type { Change } from './changes.ts';
import { LIMIT_REACHED, limitShown } from './day-limits.ts';
import { release } from './release.ts';

export function showChange(store: Store, { view, change }: { view: ApprovalView; change: Change }, now: number): ApprovalDetail {
  const { parts, more, cut } = change;
  if (parts.length === 0) return { ...change, parts: partsOf(view), lines: [] };
  const lines = sayLimitOnce(linesFor(store, view, change, now));
  return { parts, more, lines, cut: cut + change.lines.length - lines.length };
}

/** Of lines that the day's limit keeps back, the first of a part says so; the others are counted. */
function sayLimitOnce(lines: ApprovalDetail['lines']): ApprovalDetail['lines'] {
  const said = new Set<number>();
  return lines.filter(({ part, excerpt }) => {
    if (excerpt !== LIMIT_REACHED) return true;
    if (said.has(part)) return false;
    said.add(part);
    return true;
  });
}

/** A question that has no more to it than its own words. */
function partsOf({ title, items, plan, uninspectable }: ApprovalView): ApprovalDetail['parts'] {
  return [title, ...(plan ?? items)].slice(0, 50).map((says, index) => ({
    says,
    ...(index === 0 && uninspectable !== undefined && { uninspectable }),
  }));
}

function linesFor(store: Store, { run, step }: ApprovalView, { lines }: Change, now: number): ApprovalDetail['lines'] {
  if (lines.length === 0) return [];
  const texts = limitShown(
    store,
    lines.map(({ of, excerpt }, index) => ({ of, line: index, excerpt })),
    now,
  );
  const request = {
    run,
    step,
    destination: 'screen',
    purpose: 'show a change',
    model: null,
    handles: [],
    labelsNow: [],
    approved: true,
  } as const;
  const outcome = release(store, { ...request, texts }, now);
  if (outcome.effect !== 'send') return [];
  return lines.map(({ part, sign, goesOn }, index) => ({
    part,
    sign,
    ...(goesOn && { goesOn }),
    excerpt: escapeLine(outcome.texts[index] ?? '').slice(0, SCREEN_CAPS.excerptChars),
  }));
}
