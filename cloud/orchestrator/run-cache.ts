// Runs that were worked on lately, so that a report costs one statement and not two. The store is the truth: an entry is put
// here after it was stored, and dropped whenever storing fails.
import type { RunId } from '../../shared/ids.ts';
import type { StoredRun } from '../store/runs.ts';

export interface RunCache {
  get(run: RunId): StoredRun | undefined;
  put(run: RunId, stored: StoredRun): void;
  drop(run: RunId): void;
}

const MAX_RUNS = 200;

export function createRunCache(max: number = MAX_RUNS): RunCache {
  // A Map keeps the order of insertion: the first entry is the one that was used longest ago.
  const entries = new Map<RunId, StoredRun>();
  return {
    get(run) {
      const stored = entries.get(run);
      if (stored === undefined) return undefined;
      entries.delete(run);
      entries.set(run, stored);
      return stored;
    },
    put(run, stored) {
      entries.delete(run);
      entries.set(run, stored);
      const oldest = entries.keys().next();
      if (entries.size > max && oldest.done === false) entries.delete(oldest.value);
    },
    drop: (run) => void entries.delete(run),
  };
}
