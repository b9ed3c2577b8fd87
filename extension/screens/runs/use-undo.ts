// Taking a run back, from the first look at what that would do to what came of it:
//   idle → looking (the host is asked what would go back) → preview → undoing → outcome
// Any of them can be left; only `undoing` changes anything, and only from `preview`. Repeating it is safe: the host takes
// nothing back twice.
import { useRef, useState } from 'preact/hooks';
import type { RunId } from '../../../shared/ids.ts';
import type { UndoReport } from '../../../shared/protocol/native.ts';
import { failureWords } from '../words.ts';
import type { Ask } from '../worker.ts';

export type UndoState =
  | { at: 'idle' }
  | { at: 'looking' }
  | { at: 'preview'; report: UndoReport }
  | { at: 'undoing'; report: UndoReport }
  | { at: 'outcome'; report: UndoReport }
  | { at: 'failed'; words: string };

export interface Undo {
  state: UndoState;
  look(): void;
  go(): void;
  close(): void;
}

export function useUndo(run: RunId, ask: Ask): Undo {
  const [state, setState] = useState<UndoState>({ at: 'idle' });
  const turn = useRef(0);

  /** An answer that comes after the person left is not shown. */
  const step = (during: UndoState, dryRun: boolean, then: (report: UndoReport) => UndoState) => {
    const mine = ++turn.current;
    const settle = (next: UndoState) => mine === turn.current && setState(next);
    setState(during);
    ask('runs.undo', { run, dryRun }).then(
      (report) => settle(then(report)),
      (error: unknown) => settle({ at: 'failed', words: failureWords(error) }),
    );
  };
  return {
    state,
    look: () => step({ at: 'looking' }, true, (report) => ({ at: 'preview', report })),
    go() {
      if (state.at === 'preview') step({ at: 'undoing', report: state.report }, false, (report) => ({ at: 'outcome', report }));
    },
    close() {
      if (state.at === 'undoing') return;
      turn.current += 1;
      setState({ at: 'idle' });
    },
  };
}
