import { afterEach, expect, test } from 'vitest';
import { createThread, type Thread } from '../../native-host/thread.ts';

type Task = { fill: number } | { spin: true } | { say: string } | { crash: true };

/** Fills so many megabytes of bytes, spins for ever, says something back, or ends with an error. */
const WORKER = `
import { parentPort } from 'node:worker_threads';
parentPort.on('message', async (task) => {
  if ('crash' in task) setImmediate(() => { throw new Error('crash'); });
  while ('spin' in task);
  const kept = [];
  for (let at = 0; at < (task.fill ?? 0); at += 10) {
    kept.push(new Uint8Array(10 * 1048576).fill(1));
    const until = performance.now() + 20;
    while (performance.now() < until);
  }
  if (!('crash' in task)) parentPort.postMessage({ id: task.id, answer: task.say ?? 'filled ' + kept.length });
});`;

/** Enough for a thread to begin in and say something, also where the processors have other things to do. */
const SHORT_MS = 1_500;

let thread: Thread<Task, string>;
afterEach(() => thread.close());

function open(deadlineMs: number): Thread<Task, string> {
  const source = new URL(`data:text/javascript,${encodeURIComponent(WORKER)}`);
  thread = createThread({ bundled: 'none.cjs', source, deadlineMs, megabytes: 200 });
  return thread;
}

test('a thread that takes too many bytes beside its objects is ended, and the next task has a new one', async () => {
  open(60_000);
  expect(await thread.ask({ fill: 100 })).toBe('filled 10');
  expect(await thread.ask({ fill: 2_000 })).toBe(null);
  expect(await thread.ask({ say: 'here' })).toBe('here');
});

test('a thread that does not end, or crashes, answers null, and the next task has a new one', async () => {
  open(SHORT_MS);
  expect(await thread.ask({ spin: true })).toBe(null);
  expect(await thread.ask({ crash: true })).toBe(null);
  expect(await thread.ask({ say: 'here' })).toBe('here');
});

test('a task that is ended takes no other with it, and none loses time by waiting for its turn', async () => {
  open(SHORT_MS);
  const asked = [{ say: 'before' }, { spin: true }, { spin: true }, { crash: true }, { say: 'after' }] satisfies Task[];
  expect(await Promise.all(asked.map((task) => thread.ask(task)))).toEqual(['before', null, null, null, 'after']);
});

test('what waits for its turn is cancelled at once and never begun, and answers null when the thread is closed', async () => {
  open(60_000);
  const stop = new AbortController();
  const first = thread.ask({ fill: 50 });
  const second = thread.ask({ spin: true }, stop.signal);
  stop.abort();
  await expect(second).rejects.toThrow('Cancelled.');
  expect(await first).toBe('filled 5');
  const [spinning, waiting] = [thread.ask({ spin: true }), thread.ask({ say: 'here' })];
  thread.close();
  expect(await Promise.all([spinning, waiting])).toEqual([null, null]);
});

test('an answer that came while this thread stood still is taken, though its deadline has passed', async () => {
  open(2_000);
  await thread.ask({ say: 'started' });
  // Timers have the next turn after this, before what came from the thread.
  await new Promise((resolve) => setImmediate(resolve));
  const asked = thread.ask({ say: 'here' });
  for (const until = performance.now() + 2_500; performance.now() < until; );
  expect(await asked).toBe('here');
});

test('a cancelled task rejects at once, though the thread goes on', async () => {
  open(60_000);
  const stop = new AbortController();
  const asked = thread.ask({ fill: 100 }, stop.signal);
  stop.abort();
  await expect(asked).rejects.toThrow('Cancelled.');
  expect(await thread.ask({ say: 'here' })).toBe('here');
});
