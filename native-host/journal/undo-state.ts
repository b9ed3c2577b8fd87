// Whether what a run changed can still be taken back, from the journal's rows alone: no file is looked at.
import type { RunId } from '../../shared/ids.ts';
import type { RunUndo } from '../../shared/protocol/native.ts';
import type { Store } from '../state/database.ts';

interface Counts {
  /** Changes that stand. */
  done: number;
  undone: number;
  /** Changes that stand and need an old version that is not kept any more. */
  lost: number;
}

/** `null`: the run changed nothing. */
export function undoStateOf(store: Store, run: RunId): RunUndo | null {
  const counts = store.get<Counts>(
    `SELECT coalesce(sum(state = 'done'), 0) AS done, coalesce(sum(state = 'undone'), 0) AS undone,
       coalesce(sum(state = 'done' AND pre_image IS NOT NULL AND pre_image NOT IN (SELECT hash FROM pre_images)), 0) AS lost
     FROM changes WHERE run = ? AND undoes IS NULL AND state IN ('done', 'undone')`,
    run,
  ) ?? { done: 0, undone: 0, lost: 0 };
  const changes = counts.done + counts.undone;
  if (changes > 0) return { changes, state: decideUndoState(counts) };
  // The journal lets go of old rows; the run remembers how much it changed.
  const changed = store.get<{ changed: number }>('SELECT changed FROM runs WHERE id = ?', run)?.changed ?? 0;
  return changed > 0 ? { changes: changed, state: 'expired' } : null;
}

/** Pure. */
export function decideUndoState({ done, undone, lost }: Counts): RunUndo['state'] {
  if (done === 0) return 'done';
  if (lost === done) return 'expired';
  return undone > 0 || lost > 0 ? 'partly' : 'possible';
}
