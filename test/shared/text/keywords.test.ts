import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keywords } from '../../../shared/text/keywords.ts';
import { STOP_WORDS } from '../../../shared/text/stop-words.ts';
import { BEES, FRENCH, LECTURE_DE, MAIL, NEWS, PAPERS_DE, PDF_TEXT, RENT_DE, SOLAR } from './samples.ts';

const termsOf = (texts: string[], max?: number) => keywords(texts, max === undefined ? {} : { max }).map((k) => k.term);

test('phrases that repeat are terms', () => {
  const terms = termsOf([SOLAR]);
  expect(terms).toContain('balcony solar systems');
  expect(terms).toContain('solar panels');
  expect(termsOf([MAIL])[0]).toBe('payment provider');
});

test('a word inside a stronger phrase is not said again', () => {
  expect(termsOf([SOLAR])).not.toContain('panels');
});

test('a phrase does not begin inside a hyphenated word', () => {
  const said = 'We write application-scale code. All application-scale code is long.';
  expect(termsOf([said])).not.toContain('scale code');
  expect(termsOf([said])).toContain('application-scale code');
});

test('German terms are nouns as they are written', () => {
  expect(termsOf([RENT_DE], 5)).toEqual(['Mietpreisbremse', 'Entwurf', 'Wohnungen', 'Vermieter', 'Mieter']);
  expect(termsOf([LECTURE_DE], 3)).toEqual(['Kohlendioxid', 'Photosynthese', 'Calvin-Zyklus']);
});

test('of several texts the themes that they share come first', () => {
  expect(termsOf(NEWS, 3)).toEqual(['bike lanes', 'protected bike lanes', 'flour']);
  expect(termsOf(BEES, 3)).toEqual(['bees', 'colony', 'hive']);
});

test('no term is a stop word', () => {
  for (const text of [SOLAR, RENT_DE, MAIL, PDF_TEXT, LECTURE_DE, FRENCH, ...PAPERS_DE]) {
    for (const term of termsOf([text], 100)) {
      for (const language of ['en', 'de'] as const) {
        if (/^[A-ZÄÖÜ]/.test(term) && language === 'en') continue;
        expect(STOP_WORDS[language].has(term), term).toBe(false);
      }
    }
  }
});

test('weights start at 1 and do not rise', () => {
  const weights = keywords([SOLAR], { max: 50 }).map((keyword) => keyword.weight);
  expect(weights[0]).toBe(1);
  expect(weights).toEqual([...weights].sort((a, b) => b - a));
});

test('max is kept, and 10 by default', () => {
  expect(keywords([SOLAR])).toHaveLength(10);
  expect(keywords([SOLAR], { max: 3 })).toHaveLength(3);
  expect(keywords([SOLAR], { max: 0 })).toEqual([]);
});

test('no term is longer than 80 characters', () => {
  const long = `${'a'.repeat(60)} ${'b'.repeat(60)} ${'c'.repeat(10)}`;
  expect(keywords([`${long}. ${long}.`]).every(({ term }) => term.length <= 80)).toBe(true);
});

test('nothing to read gives no keywords', () => {
  expect(keywords([])).toEqual([]);
  expect(keywords(['', '12 34', '...'])).toEqual([]);
});

test('the same texts give the same keywords', () => {
  expect(keywords([...NEWS, ...BEES])).toEqual(keywords([...NEWS, ...BEES]));
});

test('any texts give distinct terms with weights above 0 up to 1', () => {
  const part = fc.oneof(fc.constantFrom(...NEWS, FRENCH), fc.string({ unit: 'binary', maxLength: 80 }));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), fc.integer({ min: -1, max: 30 }), (texts, max) => {
      const found = keywords(texts, { max });
      expect(found.length).toBeLessThanOrEqual(Math.max(0, max));
      expect(found.every(({ term, weight }) => term !== '' && weight > 0 && weight <= 1)).toBe(true);
    }),
  );
});
