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

test('the step at work becomes its op, whatever words the host has for it', () => {
  const known = createKnown(() => undefined);
  known.setRun(run({ run: runId(1), now: 'Summarise text' }));
  known.setRun(run({ run: runId(2), now: 'Do something new' }));
  expect(known.run(runId(1))?.now).toBe('text.summarize');
  expect(known.run(runId(2))?.now).toBeUndefined();
});
