// German writes compounds as one word, so that "Stromrechnung" and "Rechnung" would share nothing. Without a dictionary,
// the words of the texts at hand serve as one.
import type { Language } from './stem.ts';

/** Shorter parts are too often chance. */
const MIN_PART = 5;

/** The stems of a text, German compounds followed by the words of `vocabulary` that they begin or end with. */
export function splitCompounds(stems: readonly string[], language: Language, vocabulary: ReadonlySet<string>): string[] {
  if (language !== 'de') return [...stems];
  return stems.flatMap((word) => [word, ...partsOf(word, vocabulary)]);
}

function partsOf(word: string, vocabulary: ReadonlySet<string>): string[] {
  const parts: string[] = [];
  for (let length = word.length - 3; length >= MIN_PART; length -= 1) {
    for (const part of [word.slice(0, length), word.slice(-length)]) if (vocabulary.has(part)) parts.push(part);
    if (parts.length > 0) break;
  }
  return parts;
}
