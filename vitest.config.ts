// How the tests run. Five projects: `unit` (pure logic and the real parts in this process), `extension` (the browser's
// half against WXT's fake browser, happy-dom where a file asks for it), `chaos` (processes that are killed),
// `attack` (the short form of `npm run attack`), `e2e` (real Chromium, host and cloud, a world
// of its own for each file; only when the others are through).
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { WxtVitest } from 'wxt/testing/vitest-plugin';

const UNIT = ['shared', 'native-host', 'cloud', 'conventions', 'support'];
const BUILT = 'test/support/build-first.ts';
const STRICT = 'test/support/strict.ts';
/** Most tests wait for disks and processes half of their time, so no core is left free for the runner. */
const WORKERS = Math.max(2, availableParallelism());
/** Ends what hangs: a test that takes two seconds takes twenty on a machine that does ten other things. */
const LIMIT_MS = 60_000;
/** How long `expect.poll` waits where nothing is said: vitest's second is less than a busy disk may take. */
const PATIENT = { poll: { timeout: 15_000 } };
/** Files in one process, one after the other: a start for each would take as long as their tests. What one leaves behind would be a fault. */
const IN_TURN = { isolate: false, maxWorkers: WORKERS, sequence: { groupOrder: 0 } };

export default defineConfig({
  test: {
    watch: false,
    reporters: ['default'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          expect: PATIENT,
          globalSetup: [BUILT],
          include: UNIT.map((folder) => `test/${folder}/**/*.test.ts`),
          setupFiles: [STRICT],
          testTimeout: LIMIT_MS,
          hookTimeout: LIMIT_MS,
          ...IN_TURN,
        },
      },
      {
        plugins: [await WxtVitest()],
        test: {
          name: 'extension',
          expect: PATIENT,
          include: ['test/extension/**/*.test.{ts,tsx}'],
          setupFiles: [STRICT],
          testTimeout: LIMIT_MS,
          ...IN_TURN,
        },
      },
      {
        test: {
          name: 'chaos',
          expect: PATIENT,
          globalSetup: [BUILT],
          include: ['test/chaos/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 60_000,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'attack',
          expect: PATIENT,
          globalSetup: [BUILT],
          include: ['test/attack/**/*.test.ts'],
          setupFiles: [STRICT],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          expect: PATIENT,
          globalSetup: [BUILT],
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
