// When a run's state is stored beside its log. A small one is stored with every event; a large one (a wide fan-out) now and
// then, and the events after it are folded on when it is loaded: the same state, for a fraction of the bytes written.
import type { RunState } from './fold.ts';

/** States up to this many steps are stored with every event. */
const SMALL_STATE_STEPS = 40;

/** Whether the state is stored now; a large one once for about every fourth part of its steps in events, and at the end. `storedSeq`: up to which event it is. */
export function storesState(state: RunState, storedSeq: number): boolean {
  return state.steps.length <= SMALL_STATE_STEPS || state.status !== 'running' || state.seq - storedSeq >= state.steps.length / 4;
}
