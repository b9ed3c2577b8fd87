// Which language a text is in, as far as the engine needs to know: enough to pick stop words and a stemmer.
import type { Language } from './stem.ts';
import { STOP_WORDS } from './stop-words.ts';
import { fold, splitWords } from './words.ts';

/** A page or two decides; more text does not decide better. */
const MAX_CHARS = 20_000;

/** Running English and German text is 40–50 % stop words; unrelated languages reach about 8 % by chance. */
const MIN_SHARE = 0.15;

/** The winner needs this many times the hits of the runner-up. */
const MARGIN = 1.3;

/**
 * Tells English from German from anything else by counting stop words that only one of the profiles has.
 * Reads the first 20,000 characters. A text of a few names and numbers is `und`.
 */
export function detectLanguage(text: string): Language {
  const words = splitWords(text.slice(0, MAX_CHARS));
  const hits: Record<Language, number> = { en: 0, de: 0, und: 0 };
  for (const word of words) countHit(hits, fold(word.text));
  const best = hits.de > hits.en ? 'de' : 'en';
  const other = best === 'de' ? 'en' : 'de';
  const isClear = hits[best] >= MARGIN * Math.max(hits[other], hits.und);
  return isClear && hits[best] > 0 && hits[best] >= MIN_SHARE * words.length ? best : 'und';
}

/**
 * The language of each of several texts that belong together. A text too short to tell takes the language that most of
 * the others have, so that a title stems like the document beside it.
 */
export function detectLanguages(texts: readonly string[]): Language[] {
  const found = texts.map(detectLanguage);
  const english = found.filter((language) => language === 'en').length;
  const german = found.filter((language) => language === 'de').length;
  const usual: Language = english === german ? 'und' : english > german ? 'en' : 'de';
  return found.map((language, index) => (language === 'und' && isShort(texts[index] ?? '') ? usual : language));
}

function countHit(hits: Record<Language, number>, folded: string): void {
  const inEnglish = STOP_WORDS.en.has(folded);
  const inGerman = STOP_WORDS.de.has(folded);
  if (inEnglish && !inGerman) hits.en += 1;
  if (inGerman && !inEnglish) hits.de += 1;
  if (STOP_WORDS.und.has(folded)) hits.und += 1;
}

function isShort(text: string): boolean {
  return text.length < 200;
}
