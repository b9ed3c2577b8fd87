// After a crash: every change that was noted and has no outcome is looked at on the disk, and finished or rolled back.
// Once at start, before anything else works. What cannot be looked at now (its grant is gone, its disk is away) stays open.
import { HeadgateError } from '../../shared/errors.ts';
import type { Change } from './change.ts';
import { settleOne } from './effects.ts';
import { createFolders } from './folders.ts';
import type { Outcome } from './journal.ts';
import { type Hands, handsForUndoing } from './perform.ts';

/** The place is not there any more: whatever was to happen there did not, or went with it. */
const GONE = new Set(['vanished', 'not_a_folder']);

/** Returns how many changes were settled and how many stay open. */
export function recoverJournal(hands: Hands, logError: (error: unknown) => void = () => {}): { settled: number; open: number } {
  const { journal, grants, now } = handsForUndoing(hands);
  const rows = journal.intended();
  if (rows.length === 0) return { settled: 0, open: 0 };
  const outcomes: Outcome[] = [];
  {
    using folders = createFolders(grants);
    for (const { n, change, undoes } of rows) {
      const settled = trySettle(() => settleOne(change, { folders, now, stopIfOver: () => {}, kept: journal.preImages.kept }), logError);
      if (settled !== undefined) outcomes.push({ n, change: settled, undoes });
      // A folder that moved leaves the open ones below it elsewhere.
      if ('folder' in change && change.folder) folders.forget();
    }
  }
  journal.settle(outcomes);
  return { settled: outcomes.length, open: rows.length - outcomes.length };
}

function trySettle(settle: () => Change | null, logError: (error: unknown) => void): Change | null | undefined {
  try {
    return settle();
  } catch (error) {
    if (error instanceof HeadgateError && GONE.has(error.code)) return null;
    logError(error);
    return undefined;
  }
}
