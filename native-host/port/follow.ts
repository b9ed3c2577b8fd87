// Hands the result of a short run to the client that started it and waits for it: with the end of the run, so that nobody has
// to ask for it first. What takes longer is asked for by whoever still wants to see it, because what is shown is counted.
import type { RunId } from '../../shared/ids.ts';
import type { RunResult } from '../../shared/protocol/native.ts';
import type { RunRecord } from '../runs/log.ts';
import type { Client } from './server.ts';

/** A screen that was open when the run began is most likely open still. */
const MOMENT_MS = 1_000;
const MAX_FOLLOWED = 64;

export interface Followers {
  follow(run: RunId, client: Client): void;
  /** Call before the change is told: a result comes before the end that it belongs to. */
  onChange(record: RunRecord): void;
}

export function createFollowers(
  resultOf: (record: RunRecord) => RunResult,
  now: () => number,
  logError: (error: unknown, where: string) => void,
): Followers {
  const followed = new Map<RunId, { client: Client; until: number }>();
  return {
    follow(run, client) {
      for (const [old, { until }] of followed) if (until < now()) followed.delete(old);
      if (followed.size < MAX_FOLLOWED) followed.set(run, { client, until: now() + MOMENT_MS });
    },
    onChange(record) {
      const entry = followed.get(record.id);
      if (entry === undefined || record.state.status === 'running') return;
      followed.delete(record.id);
      if (record.state.status !== 'succeeded' || entry.until < now()) return;
      try {
        entry.client.notify('run.result', { run: record.id, result: resultOf(record) });
      } catch (error) {
        // It can still be asked for, and whoever asks is told what is wrong.
        logError(error, 'run.result');
      }
    },
  };
}
