import { expect, test, vi } from 'vitest';
import { createKnown, MAX_RUNS } from '../../../extension/background/known.ts';
import { settle } from '../support/browser.ts';
import { run, runId, status } from '../support/samples.ts';

test('several changes in one turn are told once', async () => {
  const onChange = vi.fn();
  const known = createKnown(onChange);
  known.set({ status: status() });
  known.set({ saving: true });
  known.setRun(run());
  await settle();
  expect(onChange).toHaveBeenCalledOnce();
  expect(onChange.mock.calls[0]?.[0]).toMatchObject({ saving: true, runs: [{ run: runId(1) }] });
});

test('changes that come to the same are not told', async () => {
  const onChange = vi.fn();
  const known = createKnown(onChange);
  known.set({ status: status() });
  await settle();
  known.set({ status: status() });
  await settle();
  expect(onChange).toHaveBeenCalledOnce();
});

test('runs come newest first, and no more than the cap', () => {
  const known = createKnown(() => undefined);
  for (let number = 1; number <= MAX_RUNS + 5; number += 1) known.setRun(run({ run: runId(number), createdAt: number }));
  const { runs } = known.snapshot();
  expect(runs).toHaveLength(MAX_RUNS);
  expect(runs[0]?.run).toBe(runId(MAX_RUNS + 5));
});

test('this device’s word on a run wins over the cloud’s', () => {
  const known = createKnown(() => undefined);
  const { files, ...told } = run({ run: runId(1), status: 'running' });
  known.setElsewhere(told);
  known.setElsewhere({ ...told, run: runId(2) });
  known.setRun(run({ run: runId(1), files }));
  expect(known.snapshot().runs).toMatchObject([
    { run: runId(1), status: 'succeeded' },
    { run: runId(2), elsewhere: true },
  ]);
});

test('a cloud that tells of ever new runs takes none of this device’s own from the list, nor the first place for ever', () => {
  const known = createKnown(() => undefined);
  known.setRun(run({ run: runId(1), createdAt: 1 }));
  const { files: _none, ...told } = run();
  for (let number = 2; number <= 3 * MAX_RUNS; number += 1) known.setElsewhere({ ...told, run: runId(number), createdAt: 1e15 });
  const { runs } = known.snapshot();
  expect(runs.map(({ run: id }) => id)).toContain(runId(1));
  expect(runs.length).toBeLessThanOrEqual(MAX_RUNS + 1);
  known.setRun(run({ run: runId(900), createdAt: Date.now() + 1 }));
  expect(known.snapshot().runs[0]?.run).toBe(runId(900));
});

test('the step at work becomes its op, whatever words the host has for it', () => {
  const known = createKnown(() => undefined);
  known.setRun(run({ run: runId(1), now: 'Summarise text' }));
  known.setRun(run({ run: runId(2), now: 'Do something new' }));
  expect(known.run(runId(1))?.now).toBe('text.summarize');
  expect(known.run(runId(2))?.now).toBeUndefined();
});
