// Decides whether a mark ends a sentence. Pure: it sees the word before, what comes after, and the language.
import { BEFORE_NUMBER, MAYBE_LAST, MONTHS, NEVER_LAST } from './abbreviations.ts';
import type { Language } from './stem.ts';
import { isStopWord } from './stop-words.ts';
import { fold } from './words.ts';

/** What surrounds a mark such as `.` or `?`. */
export interface Mark {
  /** The marks themselves, with closing quotes and brackets: `.`, `?!`, `.")`. */
  mark: string;
  /** The word the marks are attached to, without opening quotes; empty when there is none. */
  word: string;
  /** The word before that one, with its own full stop if it has one. */
  earlier: string;
  /** The word after, without opening quotes; empty at the end of the block. */
  next: string;
}

/** Whether a sentence ends here. In doubt it ends, except after what looks like an abbreviation or an ordinal. */
export function endsSentence(around: Mark, language: Language): boolean {
  if (around.next === '') return true;
  if (/^\p{Ll}/u.test(around.next)) return false;
  if (!around.mark.startsWith('.') || /^\.\.|…/.test(around.mark)) return true;
  if (/^\d+$/.test(around.word)) return !isOrdinal(around, language);
  return !isAbbreviation(around, language);
}

/** "3. Mai" in any language; "19. Jahrhundert" where ordinals are written with a full stop, which English does not. */
function isOrdinal({ word, next }: Mark, language: Language): boolean {
  if (word.length > 2) return false;
  return MONTHS.has(bareWord(next)) || (language !== 'en' && !isOpener(next));
}

function isAbbreviation({ word, earlier, next }: Mark, language: Language): boolean {
  const folded = fold(word);
  if (NEVER_LAST.has(folded)) return true;
  if (MAYBE_LAST.has(folded)) return /^\d/.test(next);
  if (BEFORE_NUMBER.has(folded) && /^\d/.test(next)) return true;
  if (/^\p{L}$/u.test(word)) return /^\p{L}\.$/u.test(earlier) || !isOpener(next);
  if (/^(?:\p{L}\.)+\p{L}$/u.test(word)) return !isOpener(next);
  return language !== 'en' && /^[IVXL]{2,5}$/.test(word) && !isOpener(next);
}

/** Whether a word with a capital is one that has it only because a sentence begins: "The", "Danach". */
function isOpener(next: string): boolean {
  const folded = bareWord(next);
  return isStopWord(folded, 'en') || isStopWord(folded, 'de');
}

function bareWord(word: string): string {
  return fold(word).replace(/[^\p{L}\p{N}']+$/u, '');
}
