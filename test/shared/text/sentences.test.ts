import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_SENTENCE_CHARS, splitSentences } from '../../../shared/text/sentences.ts';
import { MAIL, PDF_TEXT, RENT_DE, SOLAR } from './samples.ts';

const textsOf = (text: string) => splitSentences(text).map((sentence) => sentence.text);

test.each([
  ['Dr. Weber met Mrs. Jones at 5 p.m. in Room No. 12. They talked.', 2],
  ['Bring fruit, e.g. apples, i.e. what is ripe. Then go.', 2],
  ['We sell pens, paper, etc. The shop opens at 9 a.m. Nobody came.', 3],
  ['It cost 3.50 euros. That is version 2.1.7 of node.js.', 2],
  ['J. R. Smith wrote it. See https://a.example/x.y?z=1. Done.', 3],
  ['It happened in 2019. The company grew.', 2],
  ['“Really?” he asked. “Yes!” she said.', 2],
  ['Wait... what? No! (It was late.) We left.', 4],
  ['The U.S. economy grew. He lives in the U.S. They do not.', 3],
])('English: %j is %i sentences', (text, count) => {
  expect(textsOf(text)).toHaveLength(count);
});

test.each([
  ['Am 3. Mai kam z. B. Herr Dr. Maier, d. h. der Arzt. Er blieb.', 2],
  ['Das 19. Jahrhundert war lang. Die Zeit verging.', 2],
  ['Es kostet ca. 5 Mio. Euro bzw. mehr. Das ist viel.', 2],
  ['Gemäß Art. 5 Abs. 2 gilt das nicht. Siehe Nr. 7.', 2],
  ['Friedrich II. König von Preußen spielte Flöte. Danach schlief er.', 2],
  ['Wir kauften Brot, Käse usw. Danach gingen wir heim.', 2],
  ['„Komm!“, rief sie. Er kam nicht.', 2],
  ['Er wurde im Jahr 1998 geboren. Danach zog er nach Bonn.', 2],
])('German: %j is %i sentences', (text, count) => {
  expect(textsOf(text)).toHaveLength(count);
});

test('other scripts are cut at their own marks', () => {
  expect(textsOf('今天很冷。我们在家！你呢？')).toEqual(['今天很冷。', '我们在家！', '你呢？']);
  expect(textsOf('هل أنت هنا؟ نعم، أنا هنا.')).toHaveLength(2);
});

test('an article gives its prose and neither its code nor its table', () => {
  const texts = textsOf(SOLAR);
  expect(texts).toHaveLength(23);
  expect(texts).toContain('See the guide of the consumer agency for a sample letter.');
  expect(texts.join(' ')).not.toMatch(/const watts|\||\*|#/);
});

test('ordinals and abbreviations inside a German article end nothing', () => {
  const texts = textsOf(RENT_DE);
  expect(texts).toContain('Das 19. Jahrhundert habe gezeigt, dass Preisregeln allein keine Wohnungen schaffen.');
  expect(texts).toContain('Stimmt er zu, gelten die neuen Regeln ab dem 1. Januar des kommenden Jahres.');
});

test('text out of a PDF has its lines joined', () => {
  expect(textsOf(PDF_TEXT)).toContain('Road traffic is the most widespread source of environmental noise in European cities.');
});

test('list items in a mail stand alone', () => {
  expect(textsOf(MAIL)).toContain('Confirm the new launch date with the board');
});

test('in plain text the range holds the sentence itself', () => {
  const text = 'One is here.  Two is there. “Three.”';
  for (const sentence of splitSentences(text)) expect(text.slice(sentence.start, sentence.end)).toBe(sentence.text);
});

test('in Markdown the range holds the sentence with its markup', () => {
  const [, second] = splitSentences('First. A **bold**\n[link](https://a.example) ends.');
  expect(second?.text).toBe('A bold link ends.');
  expect(second?.start).toBe(7);
});

test('what runs on is cut between words', () => {
  const text = 'wort und '.repeat(500);
  const pieces = splitSentences(text);
  expect(pieces.every((piece) => piece.text.length <= MAX_SENTENCE_CHARS && /^(wort|und)/.test(piece.text))).toBe(true);
  expect(pieces.map((piece) => piece.text).join(' ')).toBe(text.trim());
});

test('a cut parts no surrogate pair', () => {
  const pieces = textsOf(`a${'😀'.repeat(900)}b`);
  expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
});

test('any string gives ranges that ascend, do not overlap and hold their text', () => {
  const unit = fc.oneof(
    fc.constantFrom('. ', '.', '! ', '\n', '\n\n', '- ', '# ', 'z. B. ', '3. ', 'Mai', 'a', 'B', '*', ' ', '。'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 80 }), (parts) => {
      const text = parts.join('');
      let before = 0;
      for (const { text: shown, start, end } of splitSentences(text)) {
        expect(start).toBeGreaterThanOrEqual(before);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        expect(text[start]).toBe(shown[0]);
        expect(text[end - 1]).toBe(shown.at(-1));
        expect(shown).toMatch(/[\p{L}\p{N}]/u);
        before = end;
      }
    }),
    { numRuns: 500 },
  );
});
