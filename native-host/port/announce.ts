// Tells clients about changed runs: the first change at once, a flood of them a few times a second, the end at once.
import type { RunSummary } from '../../shared/protocol/native.ts';
import type { RunRecord } from '../runs/log.ts';
import { summarizeRun } from '../runs/summary.ts';
import type { Store } from '../state/database.ts';

const FLOOD_MS = 80;

/** A run is told at once when it starts: the screen must know it as this device's before the cloud tells of it. */
export function announceRuns(store: Store, tell: (summary: RunSummary) => void, now: () => number = Date.now): (record: RunRecord) => void {
  const later = new Map<string, NodeJS.Timeout>();
  const saidAt = new Map<string, number>();
  const say = (record: RunRecord): void => {
    clearTimeout(later.get(record.id));
    later.delete(record.id);
    if (record.state.status === 'running') saidAt.set(record.id, now());
    else saidAt.delete(record.id);
    tell(summarizeRun(store, record));
  };
  return (record) => {
    if (record.state.status !== 'running') return say(record);
    if (later.has(record.id)) return;
    const waitMs = (saidAt.get(record.id) ?? 0) + FLOOD_MS - now();
    if (waitMs <= 0) say(record);
    else
      later.set(
        record.id,
        setTimeout(() => say(record), waitMs),
      );
  };
}
