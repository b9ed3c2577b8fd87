import { expect, test } from 'vitest';
import { rankSentences } from '../../../shared/text/rank-sentences.ts';
import { createVectors, mildRarity } from '../../../shared/text/vectors.ts';

test('the sentence that shares words with all others ranks highest', () => {
  const stems = [
    ['bee', 'hive', 'queen'],
    ['bee', 'wax'],
    ['hive', 'frame'],
    ['queen', 'swarm'],
    ['tax', 'law'],
  ];
  const ranks = rankSentences(createVectors(stems, mildRarity));
  expect(ranks.indexOf(Math.max(...ranks))).toBe(0);
  expect(ranks.indexOf(Math.min(...ranks))).toBe(4);
});

test('sentences without words and no sentences at all are ranked too', () => {
  expect(rankSentences([])).toEqual([]);
  expect(rankSentences(createVectors([[], []], mildRarity)).every(Number.isFinite)).toBe(true);
});
