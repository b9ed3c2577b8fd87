import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classify } from '../../../shared/text/classify.ts';
import { BEES, FRENCH, MAIL, NEWS, PAPERS_DE, THREE_THEMES_DE } from './samples.ts';

const labelsOf = (texts: readonly string[], labels?: readonly string[]) =>
  classify(texts, labels ? { labels } : {}).items.map((item) => item.label);
const oddOf = (texts: readonly string[]) => classify(texts).items.map((item) => item.odd);

test('one outlier among six documents is the odd one', () => {
  expect(oddOf(BEES)).toEqual([false, false, false, false, false, true]);
  expect(oddOf([FRENCH, ...THREE_THEMES_DE.slice(0, 3)])).toEqual([true, false, false, false]);
});

test('the order of the documents does not change which one is odd', () => {
  expect(oddOf([...BEES].reverse())).toEqual([true, false, false, false, false, false]);
});

test('with given labels the outlier is odd as well', () => {
  const { items } = classify(BEES, { labels: ['Bees', 'Law'] });
  expect(items.map((item) => item.odd)).toEqual([false, false, false, false, false, true]);
});

test('themes are found and named', () => {
  expect(labelsOf(THREE_THEMES_DE)).toEqual([...Array(3).fill('Bank'), ...Array(3).fill('Hütte'), ...Array(3).fill('Konzert')]);
  expect(labelsOf(NEWS)).toEqual([...Array(3).fill('bike lanes'), ...Array(2).fill('flour'), null]);
});

test('labels list the groups, largest first', () => {
  expect(classify(NEWS).labels).toEqual(['bike lanes', 'flour']);
});

test('texts are put under the label whose words they use', () => {
  expect(labelsOf(NEWS, ['Cycling', 'Bread', 'Football'])).toEqual(['Cycling', 'Cycling', 'Cycling', 'Bread', 'Bread', null]);
});

test('common labels are known in both languages', () => {
  const german = ['Rechnungen', 'Verträge', 'Gesundheit', 'Rezepte'];
  expect(labelsOf(PAPERS_DE, german)).toEqual(['Rechnungen', ...german, null]);
  const english = ['Invoices', 'Contracts', 'Health', 'Recipes'];
  expect(labelsOf(PAPERS_DE, english)).toEqual(['Invoices', ...english, null]);
});

test('where no label fits there is none', () => {
  expect(labelsOf([MAIL, FRENCH], ['Zebras', ''])).toEqual([null, null]);
  expect(classify([MAIL], { labels: [] })).toEqual({ labels: [], items: [{ label: null, score: 0, odd: false }] });
});

test('labels come back once each, in the order given', () => {
  expect(classify([MAIL], { labels: ['B', 'A', 'B'] }).labels).toEqual(['B', 'A']);
});

test('one or two texts are never odd, and neither is a text without words', () => {
  expect(oddOf([MAIL, FRENCH])).toEqual([false, false]);
  expect(oddOf([...BEES, '', '...']).slice(-2)).toEqual([false, false]);
});

test('the same texts give the same answer', () => {
  const texts = [...BEES, ...NEWS, ...PAPERS_DE, ...THREE_THEMES_DE];
  expect(classify(texts)).toEqual(classify(texts));
});

test('texts beyond those compared still get a given label', () => {
  const many = Array.from({ length: 450 }, (_, index) => `The bees of hive ${index} swarm.`);
  expect(labelsOf(many, ['Bees']).every((label) => label === 'Bees')).toBe(true);
});

test('any texts and labels give one item a text, with a label of the list or none', () => {
  const text = fc.oneof(fc.constantFrom(...BEES, ...PAPERS_DE, ''), fc.string({ unit: 'binary', maxLength: 60 }));
  const label = fc.oneof(fc.constantFrom('Rechnung', 'bees', '__proto__'), fc.string({ unit: 'binary', maxLength: 8 }));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), fc.option(fc.array(label), { nil: undefined }), (texts, labels) => {
      const found = classify(texts, labels ? { labels } : {});
      expect(found.items).toHaveLength(texts.length);
      for (const item of found.items) {
        expect(item.label === null || found.labels.includes(item.label)).toBe(true);
        expect(item.score >= 0 && item.score <= 1).toBe(true);
        expect(item.odd && texts.length < 3).toBe(false);
      }
    }),
  );
});
