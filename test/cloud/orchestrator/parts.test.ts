// The orchestrator's small parts: the pen, the alarm, the cache, and what a replicated log means.
import { expect, test, vi } from 'vitest';
import { createAlarm } from '../../../cloud/orchestrator/alarm.ts';
import { createKeyedQueue } from '../../../cloud/orchestrator/keyed-queue.ts';
import { decideReplication, foldReplicated, writerAfter } from '../../../cloud/orchestrator/replicate.ts';
import { createRunCache } from '../../../cloud/orchestrator/run-cache.ts';
import type { StoredRun } from '../../../cloud/store/runs.ts';
import type { DeviceId, RunId } from '../../../shared/ids.ts';
import { type NewEvent, numberEvents } from '../../../shared/run/events.ts';
import { handle, id, newRunId, outcome, spec } from '../support/runs.ts';

test('work on one key goes one after the other, also after a failure, and other keys go beside it', async () => {
  const queue = createKeyedQueue();
  const order: string[] = [];
  const work =
    (name: string, until: Promise<void>, fail = false) =>
    async () => {
      order.push(`${name}+`);
      await until;
      order.push(`${name}-`);
      if (fail) throw new Error(name);
    };
  const slow = Promise.withResolvers<void>();
  const first = queue.run('a', work('a1', slow.promise, true));
  const second = queue.run('a', work('a2', Promise.resolve()));
  await queue.run('b', work('b', Promise.resolve()));
  slow.resolve();
  await expect(first).rejects.toThrow('a1');
  await second;
  await queue.idle();
  expect(order).toEqual(['a1+', 'b+', 'b-', 'a1-', 'a2+', 'a2-']);
});

test('the alarm rings each run at its moment with one timer', () => {
  vi.useFakeTimers({ now: 0 });
  const rung: string[] = [];
  const alarm = createAlarm(Date.now, (run) => rung.push(`${run}@${Date.now()}`));
  const [a, b, c] = ['a', 'b', 'c'] as RunId[] as [RunId, RunId, RunId];
  alarm.set(a, 300);
  alarm.set(b, 100);
  alarm.set(c, 200);
  alarm.set(c, null);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(150);
  alarm.set(b, 400);
  vi.advanceTimersByTime(1_000);
  expect(rung).toEqual(['b@100', 'a@300', 'b@400']);
  alarm.set(a, Date.now() + 40 * 24 * 3600_000);
  vi.advanceTimersByTime(39 * 24 * 3600_000);
  expect(rung).toHaveLength(3);
  vi.advanceTimersByTime(2 * 24 * 3600_000);
  expect(rung).toHaveLength(4);
  alarm.stop();
  vi.useRealTimers();
});

test('the cache forgets what was used longest ago', () => {
  const cache = createRunCache(2);
  const stored = {} as StoredRun;
  const [a, b, c] = [newRunId(), newRunId(), newRunId()];
  cache.put(a, stored);
  cache.put(b, stored);
  cache.get(a);
  cache.put(c, stored);
  expect([a, b, c].map((run) => cache.get(run) !== undefined)).toEqual([true, false, true]);
});

const plan = spec('d_00000000000000000000000000000001' as DeviceId, {
  driver: 'home',
  steps: [
    { id: id('list'), op: 'fs.list', args: {} },
    { id: id('text'), op: 'doc.text', args: {}, each: id('list') },
  ],
});
const log = (seq: number, epoch: number, ...events: NewEvent[]) => numberEvents(plan.id, { seq, epoch }, 1, events);
const started: NewEvent = { type: 'step.started', step: id('list') };

test('a log is created, extended, known, or takes our place by its epoch', () => {
  expect(decideReplication(null, log(0, 1, { type: 'run.created', spec: plan })).kind).toBe('create');
  expect(decideReplication({ seq: 3, epoch: 1, writer: 'home' }, log(2, 1, started, started))).toMatchObject({
    kind: 'extend',
    events: [{ seq: 4 }],
  });
  expect(decideReplication({ seq: 3, epoch: 1, writer: 'home' }, log(1, 1, started, started)).kind).toBe('known');
  expect(decideReplication({ seq: 9, epoch: 1, writer: 'cloud' }, log(2, 2, { type: 'run.adopted', by: 'home', reasons: [] })).kind).toBe(
    'replace',
  );
});

test('an older epoch, a gap, a second writer and a log without its beginning are conflicts that say where we stand', () => {
  const refused = (held: Parameters<typeof decideReplication>[0], events: ReturnType<typeof log>) =>
    expect(() => decideReplication(held, events));
  refused({ seq: 3, epoch: 2, writer: 'home' }, log(3, 1, started)).toThrow(
    "The cloud's log is at seq 3, epoch 2: the log has a newer writer.",
  );
  refused({ seq: 3, epoch: 1, writer: 'home' }, log(4, 1, started)).toThrow('seq 3, epoch 1: events are missing in between');
  refused({ seq: 3, epoch: 1, writer: 'cloud' }, log(3, 1, started)).toThrow('the cloud writes this log');
  refused(null, log(1, 1, started)).toThrow('the log must start with its first event');
});

test('events that are no row are refused', () => {
  const [one, two] = log(3, 2, started, started) as [ReturnType<typeof log>[0], ReturnType<typeof log>[0]];
  for (const events of [[two, one], [one, { ...two, epoch: 1 }], [one, { ...two, run: newRunId() }], [{ ...one, seq: 1 }]])
    expect(() => decideReplication({ seq: 3, epoch: 1, writer: 'home' }, events as never)).toThrow('not a log');
});

test('the writer is the driver of the plan until somebody adopts the run', () => {
  expect(writerAfter('cloud', log(0, 1, { type: 'run.created', spec: plan }))).toBe('home');
  expect(writerAfter('cloud', log(3, 2, { type: 'run.adopted', by: 'home', reasons: [] }))).toBe('home');
  expect(writerAfter('cloud', log(3, 1, started))).toBe('cloud');
});

test('a log that would grow without end is refused', () => {
  const grow: NewEvent = { type: 'step.succeeded', step: id('list'), outcome: outcome(Array.from({ length: 500 }, () => handle())) };
  expect(() => foldReplicated(null, log(0, 1, { type: 'run.created', spec: plan }, grow, grow, grow, grow, grow))).toThrow('not a log');
});
