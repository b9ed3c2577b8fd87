import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentWords, fold, splitWords } from '../../../shared/text/words.ts';

const textsOf = (text: string) => splitWords(text).map((word) => word.text);

test('apostrophes and dots join a word, dashes and underscores part it', () => {
  expect(textsOf("don't stop node.js — open-source jahres_bericht")).toEqual([
    "don't",
    'stop',
    'node.js',
    'open',
    'source',
    'jahres',
    'bericht',
  ]);
});

test('a hyphen after one or two letters or before digits stays in the word', () => {
  expect(textsOf('e-mail, U-Bahn, covid-19')).toEqual(['e-mail', 'U-Bahn', 'covid-19']);
});

test('links and addresses are no words', () => {
  expect(textsOf('see https://a.example/x?y=1 or www.b.example, mail to a.b@c.example now')).toEqual(['see', 'or', 'mail', 'to', 'now']);
});

test('a run of more than 64 characters is no word', () => {
  expect(textsOf(`${'a'.repeat(64)} ${'b'.repeat(65)}`)).toEqual(['a'.repeat(64)]);
});

test('scripts without spaces give pairs of characters', () => {
  expect(textsOf('使用Node服务器')).toEqual(['使用', 'Node', '服务', '务器']);
});

test('folding composes, lowers and straightens', () => {
  expect(fold('U\u0308BER’S')).toBe("über's");
  expect(fold('İ')).toBe('İ'.toLowerCase());
});

test('content words leave out stop words, numbers and single letters', () => {
  expect(contentWords('The 3 files of a user were in x', 'en').map((word) => word.stem)).toEqual(['fil', 'user']);
  expect(contentWords('Die Dateien und der Ordner', 'de').map((word) => word.stem)).toEqual(['datei', 'ordn']);
});

test('in French the article is taken off the word', () => {
  expect(contentWords("l'institut", 'und')).toEqual([{ text: 'institut', stem: 'institut', start: 2, end: 10 }]);
});

test('each word stands where it says, in order, without overlap but for pairs', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.constantFrom('en', 'de', 'und'), (text, language) => {
      let before = 0;
      for (const word of [...splitWords(text), ...contentWords(text, language)]) {
        expect(text.slice(word.start, word.end)).toBe(word.text);
        expect(word.text).not.toBe('');
      }
      for (const word of splitWords(text)) {
        expect(word.start).toBeGreaterThanOrEqual(before);
        before = word.start;
      }
    }),
  );
});
