// What an undo came to, as clients get it: counted, and first what a person has to know of.
import type * as z from 'zod';
import type { RunId } from '../../shared/ids.ts';
import { MAX_UNDO_ITEMS, type NATIVE_METHODS } from '../../shared/protocol/native.ts';
import type { UndoItem, UndoResult } from '../journal/undo.ts';

const FIRST: readonly UndoResult[] = ['failed', 'beside', 'left', 'undone'];

export function undoReport(
  run: RunId,
  dryRun: boolean,
  items: readonly UndoItem[],
): z.infer<(typeof NATIVE_METHODS)['runs.undo']['result']> {
  const of = (result: UndoResult) => items.filter((item) => item.result === result);
  const shown = FIRST.flatMap(of).slice(0, MAX_UNDO_ITEMS);
  return {
    run,
    dryRun,
    undone: of('undone').length,
    beside: of('beside').length,
    left: of('left').length,
    failed: of('failed').length,
    items: shown,
    more: items.length - shown.length,
  };
}
