import { expect, test } from 'vitest';
import { cosine, createVectors, mildRarity, strictRarity } from '../../../shared/text/vectors.ts';

const documents = [['bee', 'hive'], ['hive', 'bee', 'bee'], ['court'], []];

test('vectors have length one, or none where there are no words', () => {
  const lengths = createVectors(documents, mildRarity).map((vector) => Math.hypot(...vector.weights));
  expect(lengths.map((length) => Math.round(length * 1e6) / 1e6)).toEqual([1, 1, 1, 0]);
});

test('the more words are shared the greater the cosine', () => {
  const [a, b, c, none] = createVectors(documents, strictRarity);
  if (!a || !b || !c || !none) throw new Error('four documents give four vectors');
  expect(cosine(a, a)).toBeCloseTo(1);
  expect(cosine(a, b)).toBeGreaterThan(0.9);
  expect(cosine(a, c)).toBe(0);
  expect(cosine(a, none)).toBe(0);
});

test('the rarer word weighs more', () => {
  expect(strictRarity(2, 10)).toBeGreaterThan(strictRarity(9, 10));
  expect(mildRarity(1, 10)).toBeGreaterThan(mildRarity(2, 10));
});
