// Waiting inside a process, for what an assertion says: at once when it holds, and as long as a busy machine may need.
import { vi } from 'vitest';

/** Below a test's own limit, so that what is told is the assertion that did not come true. vitest's own is a second: less than a disk may take. */
const DEADLINE_MS = 15_000;

/** Calls `check` until it throws no more, and gives what it gives. A clock that stands still is moved on by the interval each time. */
export function eventually<Value>(check: () => Value | Promise<Value>, intervalMs = 50): Promise<Value> {
  return vi.waitFor(check, { timeout: DEADLINE_MS, interval: intervalMs });
}
