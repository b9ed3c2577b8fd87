import { expect, test } from 'vitest';
import { groupSteps } from '../../../../extension/screens/runs/steps.ts';
import type { StepId } from '../../../../shared/ids.ts';
import type { StepView } from '../../../../shared/run/view.ts';

const step = (id: string, status: string, more: Partial<StepView> = {}): StepView => ({
  step: id as StepId,
  op: 'text.summarize',
  where: 'cloud',
  why: ['cheaper there'],
  status,
  ...more,
});

test('a fan-out is one line with counts', () => {
  const groups = groupSteps([
    step('list', 'succeeded', { op: 'fs.list', where: 'home', ms: 3 }),
    step('sum.0', 'succeeded', { ms: 10 }),
    step('sum.1', 'started'),
    step('sum.2', 'planned', { where: null }),
  ]);
  expect(groups).toMatchObject([
    { base: 'list', op: 'fs.list', count: 1, done: 1, state: 'done', where: ['home'], ms: 3 },
    { base: 'sum', count: 3, done: 1, state: 'busy', where: ['cloud'], why: ['cheaper there'], ms: 10 },
  ]);
});

test('a question that waits is the loudest, then work, then failures', () => {
  const loudest = (...statuses: string[]) => groupSteps(statuses.map((status, index) => step(`s.${index}`, status)))[0]?.state;
  expect(loudest('succeeded', 'failed', 'started', 'waiting')).toBe('wait');
  expect(loudest('succeeded', 'failed', 'started')).toBe('busy');
  expect(loudest('succeeded', 'refused')).toBe('failed');
  expect(loudest('succeeded', 'cancelled')).toBe('done');
  expect(loudest('a status to come')).toBe('planned');
});

test('what engines and notes say is told once each', () => {
  const [group] = groupSteps([
    step('s.0', 'succeeded', { engine: 'm', note: 'slow' }),
    step('s.1', 'succeeded', { engine: 'm', note: 'slow' }),
    step('s.2', 'succeeded', { engine: 'own' }),
  ]);
  expect(group).toMatchObject({ engines: ['m', 'own'], notes: ['slow'] });
});

test('what the cloud says of a step hides nothing', () => {
  const words = 'no\u202egnihton\u200b';
  const [group] = groupSteps([step('s', 'failed', { engine: words, note: words, message: words, why: [words] })]);
  const seen = ['no‹U+202E›gnihton‹U+200B›'];
  expect(group).toMatchObject({ engines: seen, notes: seen, messages: seen, why: seen });
});
