// The text engine at home: the same answer at once and by way of its thread, and nothing is kept of a question that is answered.
import { getEventListeners } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { createHomeEngine } from '../../../native-host/runs/home-engine.ts';
import { answerText, type TextQuestion } from '../../../shared/ops/text.ts';

const engine = createHomeEngine();
afterEach(() => engine.close());

const LARGE = 'The river rose two hands above the sill before the keeper lowered the gate. '.repeat(800);
const question = (text: string): TextQuestion => ({ texts: [text], max: 4 });

test.each([
  ['a small text', LARGE.slice(0, 2_000)],
  ['a large one, in the thread', LARGE],
])('%s gets the engine’s answer', async (_size, text) => {
  const answer = await engine.answer('text.keywords', question(text), new AbortController().signal);
  expect(answer).toEqual(answerText('text.keywords', question(text)));
});

test('what was answered is not kept by the signal of the step, which outlives it', async () => {
  const { signal } = new AbortController();
  await engine.answer('text.keywords', question(LARGE), signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a question is given up with its step', async () => {
  const step = new AbortController();
  const answer = engine.answer('text.keywords', question(LARGE), step.signal);
  step.abort();
  await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
});
