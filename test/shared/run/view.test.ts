import { expect, test } from 'vitest';
import type { ErrorCode } from '../../../shared/errors.ts';
import type { HandleMeta } from '../../../shared/handles.ts';
import type { HandleId, RunId, StepId } from '../../../shared/ids.ts';
import { output, step } from '../../../shared/recipes/recipe.ts';
import type { RunEvent } from '../../../shared/run/events.ts';
import { foldAll } from '../../../shared/run/fold.ts';
import type { RunSpec } from '../../../shared/run/plan.ts';
import { RunView, viewOf } from '../../../shared/run/view.ts';

const RUN = `r_${'1'.repeat(32)}` as RunId;
const head = (seq: number) => ({ run: RUN, seq, epoch: 1, at: seq });
const spec: RunSpec = {
  id: RUN,
  device: null,
  recipe: 'test',
  where: 'auto',
  driver: 'cloud',
  createdAt: 0,
  expiresAt: 9,
  steps: [step('list', 'fs.list')],
  inputs: {},
  grants: [],
};

function filesShown(outputs: readonly Partial<HandleMeta>[]) {
  const metas = outputs.map(
    (meta, n) =>
      ({ handle: `h_${String(n).padStart(32, '0')}` as HandleId, kind: 'file', size: 256, label: 'open', ...meta }) as HandleMeta,
  );
  const events: RunEvent[] = [
    { ...head(1), type: 'run.created', spec },
    { ...head(2), type: 'step.placed', step: 'list' as StepId, where: 'home', reasons: [] },
    { ...head(3), type: 'step.succeeded', step: 'list' as StepId, outcome: { outputs: metas, where: 'home', ms: 1 } },
  ];
  return RunView.parse(viewOf(foldAll(events))).steps[0]?.files;
}

test('a step shows its files by the names that were released, and by masks', () => {
  expect(filesShown([{ name: 'Heron.md' }, { mask: 'table' }, { kind: 'text' }])).toEqual([{ name: 'Heron.md' }, { mask: 'table' }]);
});

test('a step without files that were told shows none, and one of many the first twenty', () => {
  expect(filesShown([{ kind: 'text' }, {}])).toBeUndefined();
  expect(filesShown(Array.from({ length: 30 }, () => ({ mask: 'file' as const })))).toHaveLength(20);
});

/** A list of one document, its text, a summary of it, and what is made of that: each ends as `ends` says. */
function codeOf(...ends: (ErrorCode | 'succeeded' | 'cancelled')[]) {
  const plan = [
    step('list', 'fs.list'),
    step('text', 'doc.text', { target: output('list') }, { optional: true }),
    step('summary', 'text.summarize', { texts: output('text') }, { optional: true }),
    step('digest', 'doc.digest', { summaries: output('summary'), files: output('list') }),
  ];
  const events: RunEvent[] = [{ ...head(1), type: 'run.created', spec: { ...spec, steps: plan } }];
  for (const [index, end] of ends.entries()) {
    const at = { ...head(events.length + 1), step: plan[index]?.id as StepId };
    if (end === 'succeeded') events.push({ ...at, type: 'step.succeeded', outcome: { outputs: [], where: 'home', ms: 1 } });
    else if (end === 'cancelled') events.push({ ...at, type: 'step.cancelled', reasons: ['an earlier step did not succeed'] });
    else events.push({ ...at, type: 'step.refused', code: end, reasons: ['why'] });
  }
  return viewOf(foldAll(events)).code;
}

test('a run that lacked something tells why that was not to be had, where there is one reason', () => {
  expect(codeOf('succeeded', 'succeeded', 'cloud_away', 'unavailable')).toBe('cloud_away');
  expect(codeOf('succeeded', 'no_text', 'cancelled', 'unavailable')).toBe('no_text');
  expect(codeOf('succeeded', 'succeeded', 'succeeded', 'unavailable')).toBe('unavailable');
  expect(codeOf('succeeded', 'succeeded', 'cloud_away', 'disk_full')).toBe('disk_full');
});
