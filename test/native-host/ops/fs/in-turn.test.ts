import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { lookInTurn } from '../../../../native-host/ops/fs/in-turn.ts';

/** Takes so long as reading a large file does. */
const work = (ms: number) => {
  for (const until = performance.now() + ms; performance.now() < until; );
};

test('everything is looked into, in its order, also what comes meanwhile', async () => {
  const seen: string[] = [];
  const turn = lookInTurn((thing) => {
    seen.push(thing);
    return true;
  }, new AbortController().signal);
  expect(turn.add(['a', 'b'])).toBe(true);
  await turn.done();
  expect(turn.add(['c'])).toBe(true);
  await turn.done();
  expect(seen).toEqual(['a', 'b', 'c']);
});

test('others get their turn between things that take long', async () => {
  const seen: string[] = [];
  const turn = lookInTurn((thing) => {
    work(10);
    seen.push(thing);
    return true;
  }, new AbortController().signal);
  turn.add(Array.from({ length: 40 }, (_, n) => `${n}`));
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 1);
  await turn.done();
  clearInterval(ticking);
  expect(seen).toHaveLength(40);
  expect(turns).toBeGreaterThan(5);
});

test('once there is enough nothing more is looked into', async () => {
  const seen: string[] = [];
  const turn = lookInTurn((thing) => seen.push(thing) < 2, new AbortController().signal);
  expect(turn.add(['a', 'b', 'c'])).toBe(false);
  expect(turn.add(['d'])).toBe(false);
  await turn.done();
  expect(seen).toEqual(['a', 'b']);
});

test('a cancelled run ends it, and what looking throws comes out', async () => {
  const stop = new AbortController();
  const cancelled = lookInTurn(() => {
    work(10);
    return true;
  }, stop.signal);
  cancelled.add(Array.from({ length: 1_000 }, () => 'x'));
  await pause(1);
  stop.abort();
  await expect(cancelled.done()).rejects.toMatchObject({ code: 'cancelled' });
  const failing = lookInTurn(() => {
    throw new TypeError('broken');
  }, new AbortController().signal);
  failing.add(['a']);
  await expect(failing.done()).rejects.toThrow('broken');
});
