import { expect, test } from 'vitest';
import { BEFORE_NUMBER, MAYBE_LAST, MONTHS, NEVER_LAST } from '../../../shared/text/abbreviations.ts';
import { LABEL_CUES } from '../../../shared/text/label-cues.ts';
import { GENERIC_WORDS, isGenericWord, isStopWord, STOP_WORDS } from '../../../shared/text/stop-words.ts';
import { fold } from '../../../shared/text/words.ts';

test('every entry of every table is folded, or it would never be met', () => {
  const sets = [...Object.values(STOP_WORDS), ...Object.values(GENERIC_WORDS), BEFORE_NUMBER, MAYBE_LAST, MONTHS, NEVER_LAST];
  const words = [...sets.flatMap((set) => [...set]), ...LABEL_CUES.flatMap(({ names, cues }) => [...names, ...cues])];
  expect(words.filter((word) => word !== fold(word))).toEqual([]);
});

test('a word is a stop word in its own language only, unless the language is unknown', () => {
  expect([isStopWord('the', 'en'), isStopWord('the', 'de'), isStopWord('the', 'und')]).toEqual([true, false, true]);
  expect([isStopWord('nicht', 'de'), isStopWord('nicht', 'en')]).toEqual([true, false]);
});

test('generic words name no theme', () => {
  expect([isGenericWord('year', 'en'), isGenericWord('jahr', 'de'), isGenericWord('bee', 'en')]).toEqual([true, true, false]);
});
