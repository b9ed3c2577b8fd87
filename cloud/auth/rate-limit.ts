// At most `max` tries in a window, by key and over all keys together. Fixed windows in memory: a restart forgives, which
// is harmless beside codes that live ten minutes.
import { HeadgateError } from '../../shared/errors.ts';

export interface RateLimit {
  /** Counts one try. Throws `busy` when there were too many. */
  take(key: string): void;
}

const MAX_KEYS = 10_000;

export function createRateLimit(limits: { perKey: number; overall: number; windowMs: number }, now: () => number): RateLimit {
  let windowEnds = 0;
  let all = 0;
  let byKey = new Map<string, number>();
  return {
    take(key) {
      if (now() >= windowEnds) {
        windowEnds = now() + limits.windowMs;
        all = 0;
        byKey = new Map();
      }
      const count = (byKey.get(key) ?? 0) + 1;
      all += 1;
      if (byKey.size < MAX_KEYS) byKey.set(key, count);
      if (count <= limits.perKey && all <= limits.overall) return;
      const seconds = Math.ceil((windowEnds - now()) / 1000);
      throw new HeadgateError('busy', 'There were too many tries.', { next: `Wait ${seconds} seconds and try again.` });
    },
  };
}
