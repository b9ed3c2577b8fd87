// Tells clients about changed runs: the first change at once, a flood of them a few times a second, the end at once.
import type { RunSummary } from '../../shared/protocol/native.ts';
import type { RunRecord } from '../runs/log.ts';
import { summarizeRun } from '../runs/summary.ts';
import type { Store } from '../state/database.ts';

const FLOOD_MS = 80;

export function announceRuns(store: Store, tell: (summary: RunSummary) => void): (record: RunRecord) => void {
  const later = new Map<string, NodeJS.Timeout>();
  const say = (record: RunRecord): void => {
    clearTimeout(later.get(record.id));
    later.delete(record.id);
    tell(summarizeRun(store, record));
  };
  return (record) => {
    if (record.state.status !== 'running') return say(record);
    if (later.has(record.id)) return;
    later.set(record.id, setTimeout(() => say(record), FLOOD_MS));
  };
}
