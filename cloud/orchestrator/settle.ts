// Lets a run go as far as it goes by itself: decide, number, fold, and again until there is nothing to decide. Pure.
import type { World } from '../../shared/placement.ts';
import type { StepId } from '../../shared/ids.ts';
import { decide } from '../../shared/run/decide.ts';
import { type NewEvent, numberEvents, type RunEvent } from '../../shared/run/events.ts';
import { fold, type RunState } from '../../shared/run/fold.ts';

export interface Settled {
  state: RunState;
  events: RunEvent[];
  cancels: StepId[];
  wakeAt: number | null;
}

/** Every round ends steps or starts some, so rounds are bounded by the steps; this is far above. */
const MAX_ROUNDS = 20_000;

/** Appends `first`, then what follows from it. */
export function settle(before: RunState, first: readonly NewEvent[], now: number, world: World): Settled {
  const settled: Settled = { state: before, events: [], cancels: [], wakeAt: null };
  append(settled, first, now);
  const cancels = new Set<StepId>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const decision = decide(settled.state, now, world);
    for (const step of decision.cancels) cancels.add(step);
    settled.wakeAt = decision.wakeAt;
    if (decision.events.length === 0) return { ...settled, cancels: [...cancels] };
    append(settled, decision.events, now);
  }
  throw new TypeError(`run ${before.spec.id} does not settle`);
}

function append(settled: Settled, events: readonly NewEvent[], now: number): void {
  const numbered = numberEvents(settled.state.spec.id, settled.state, now, events);
  settled.state = numbered.reduce<RunState>(fold, settled.state);
  settled.events.push(...numbered);
}
