import { expect, test } from 'vitest';
import { detectLanguage } from '../../../shared/text/language.ts';
import { matchLabels } from '../../../shared/text/match-labels.ts';
import { contentWords } from '../../../shared/text/words.ts';

const count = (text: string) => {
  const language = detectLanguage(text);
  return { language, stems: contentWords(text, language).map((word) => word.stem) };
};
const match = (text: string, labels: string[]) => matchLabels([count(text)], labels)[0];

test('the form of the label does not matter', () => {
  expect(match('The contract was signed by both of them.', ['Contracts'])?.label).toBe('Contracts');
});

test('a German compound matches the label that it holds', () => {
  expect(match('Die Jahresabrechnung und die Stromrechnung sind da.', ['Urlaub', 'Rechnungen'])?.label).toBe('Rechnungen');
});

test('one cue in several pages is chance', () => {
  const page = 'The garden needs water and the roses need sun for the whole of the summer. '.repeat(60);
  expect(match(`${page} A patient gardener waits.`, ['Health'])).toEqual({ label: null, score: 0 });
});

test('of two labels the one said more often wins', () => {
  expect(match('The bees left the hive, and the bees were gone before the court sat.', ['Court', 'Bees'])?.label).toBe('Bees');
});

test('a label of stop words only is looked for as it is', () => {
  expect(match('Bread and butter.', ['The'])?.label).toBeNull();
});
