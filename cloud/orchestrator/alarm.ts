// One timer for all runs: it is set to the soonest of their moments. What a run waits for is stored beside its state, so a
// restart loses nothing.
import type { RunId } from '../../shared/ids.ts';

export interface Alarm {
  set(run: RunId, at: number | null): void;
  stop(): void;
}

const LONGEST_MS = 24 * 3600_000;

export function createAlarm(now: () => number, onDue: (run: RunId) => void): Alarm {
  const moments = new Map<RunId, number>();
  let timer: NodeJS.Timeout | null = null;
  let timerAt = Number.POSITIVE_INFINITY;

  const ring = () => {
    timer = null;
    timerAt = Number.POSITIVE_INFINITY;
    const due = [...moments].filter(([, at]) => at <= now()).map(([run]) => run);
    for (const run of due) moments.delete(run);
    arm();
    for (const run of due) onDue(run);
  };
  const arm = () => {
    let soonest = Number.POSITIVE_INFINITY;
    for (const at of moments.values()) if (at < soonest) soonest = at;
    if (soonest === timerAt) return;
    if (timer !== null) clearTimeout(timer);
    timerAt = soonest;
    timer = soonest === Number.POSITIVE_INFINITY ? null : setTimeout(ring, Math.min(LONGEST_MS, Math.max(0, soonest - now()))).unref();
  };
  return {
    set(run, at) {
      const before = moments.get(run);
      if (at === null) moments.delete(run);
      else moments.set(run, at);
      if (at !== null && at < timerAt) arm();
      else if (before === timerAt) arm();
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      moments.clear();
    },
  };
}
