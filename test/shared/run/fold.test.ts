import { expect, test } from 'vitest';
import type { RunId } from '../../../shared/ids.ts';
import { step } from '../../../shared/recipes/recipe.ts';
import { numberEvents, type RunEvent } from '../../../shared/run/events.ts';
import { fold, foldAll } from '../../../shared/run/fold.ts';
import { makeSpec, RUN, START } from './simulation.ts';

const SPEC = makeSpec([step('a', 'fs.list')]);
const [CREATED] = numberEvents(RUN, { seq: 0, epoch: 1 }, START, [{ type: 'run.created', spec: SPEC }]) as [RunEvent];
const at = (seq: number, epoch = 1): RunEvent => ({ run: RUN, seq, epoch, at: START, type: 'run.cancelRequested' });

test('an empty log has no state', () => {
  expect(() => foldAll([])).toThrow(TypeError);
});

test('a log starts with run.created', () => {
  expect(() => fold(null, at(1))).toThrow('a log starts with run.created, not run.cancelRequested');
});

test.each([3, 1, 0, -1])('event %i after the first throws: the log has a gap or repeats itself', (seq) => {
  expect(() => foldAll([CREATED, at(seq)])).toThrow(`event ${seq} does not follow 1`);
});

test('an event of an older epoch throws', () => {
  expect(() => foldAll([CREATED, at(2, 3), at(3, 2)])).toThrow('epoch 2 is older than 3');
});

test('an event of another run throws', () => {
  expect(() => foldAll([CREATED, { ...at(2), run: `r_${'f'.repeat(32)}` as RunId }])).toThrow(`does not belong to ${RUN}`);
});

test('a plan is never replaced: a second run.created throws', () => {
  const other = makeSpec([step('evil', 'fs.create')]);
  expect(() => foldAll([CREATED, { ...CREATED, seq: 2, spec: other } as RunEvent])).toThrow(
    'a run is created once; its plan never changes',
  );
});

test('folding changes no state that was handed in', () => {
  const state = fold(null, CREATED);
  const before = structuredClone(state);
  fold(state, {
    run: RUN,
    seq: 2,
    epoch: 1,
    at: START,
    type: 'step.placed',
    step: SPEC.steps[0]?.id,
    where: 'home',
    reasons: [],
  } as RunEvent);
  expect(state).toEqual(before);
});

test('an event about a step that is not in the plan changes no step', () => {
  const state = fold(null, CREATED);
  const next = fold(state, { run: RUN, seq: 2, epoch: 1, at: START, type: 'step.started', step: 'nope.4' } as unknown as RunEvent);
  expect(next.steps).toEqual(state.steps);
});
