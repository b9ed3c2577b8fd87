// Collects what could be a keyword: single words, and runs of two or three that stand together more than once.
import { detectLanguages } from './language.ts';
import type { Language } from './stem.ts';
import { splitSentences } from './sentences.ts';
import { isGenericWord } from './stop-words.ts';
import { type ContentWord, contentWords, fold } from './words.ts';

/** A word or a run of words, wherever and in whatever form it was seen. */
export interface Phrase {
  /** Stems joined by spaces. */
  key: string;
  /** How many words: 1 to 3. */
  size: number;
  language: Language;
  /** How often each text has it, by the text's index. */
  counts: Map<number, number>;
  /** How often each written form was seen; the first word of a sentence counts half, for its capital means little. */
  forms: Map<string, number>;
  /** How often it was seen inside a sentence, and how often its last word had a capital there. */
  inside: number;
  capitals: number;
}

const MAX_PHRASE_WORDS = 3;
const MAX_PHRASE_CHARS = 80;

/** Collects phrases by key, in order of first appearance. Reads at most `maxChars` characters of each text. */
export function collectPhrases(texts: readonly string[], maxChars: number): Map<string, Phrase> {
  const phrases = new Map<string, Phrase>();
  const languages = detectLanguages(texts);
  for (const [index, text] of texts.entries()) {
    const language = languages[index] ?? 'und';
    for (const sentence of splitSentences(text.slice(0, maxChars))) {
      for (const run of splitRuns(sentence.text, language)) addRun(phrases, run, sentence.text, index, language);
    }
  }
  return phrases;
}

/** Words that can name a theme, in runs with nothing but a space or a hyphen between them. */
function splitRuns(sentence: string, language: Language): ContentWord[][] {
  const runs: ContentWord[][] = [];
  for (const word of contentWords(sentence, language)) {
    if (!canNameTheme(word.text, language)) continue;
    const run = runs.at(-1);
    const gap = sentence.slice(run?.at(-1)?.end ?? 0, word.start);
    if (run && (gap === ' ' || gap === '-' || gap === '‑')) run.push(word);
    else runs.push([word]);
  }
  return runs;
}

/** Two letters name something only as initials (EU, KI) or in scripts where two are a word. */
function canNameTheme(word: string, language: Language): boolean {
  const isTooShort = word.length < 3 && /^\p{Script=Latin}+$/u.test(word) && !/^\p{Lu}+$/u.test(word);
  return !isTooShort && !isGenericWord(fold(word), language);
}

function addRun(phrases: Map<string, Phrase>, run: ContentWord[], sentence: string, text: number, language: Language) {
  for (const [from, first] of run.entries()) {
    for (const [more, last] of run.slice(from, from + MAX_PHRASE_WORDS).entries()) {
      const words = run.slice(from, from + more + 1);
      if (last.end - first.start > MAX_PHRASE_CHARS) break;
      if (more > 0 && cutsCompound(sentence, first.start, last.end)) continue;
      addPhrase(phrases, words, sentence.slice(first.start, last.end), text, language);
    }
  }
}

/** "application-scale code" holds no phrase "scale code". */
function cutsCompound(sentence: string, start: number, end: number): boolean {
  return /[-‑]/.test(sentence.charAt(start - 1) + sentence.charAt(end));
}

function addPhrase(phrases: Map<string, Phrase>, words: ContentWord[], form: string, text: number, language: Language) {
  const key = words.map((word) => word.stem).join(' ');
  const phrase = phrases.get(key) ?? createPhrase(key, words.length, language);
  phrases.set(key, phrase);
  phrase.counts.set(text, (phrase.counts.get(text) ?? 0) + 1);
  const isInside = (words.at(-1)?.start ?? 0) > 0;
  phrase.forms.set(form, (phrase.forms.get(form) ?? 0) + (words[0]?.start === 0 ? 0.5 : 1));
  if (!isInside) return;
  phrase.inside += 1;
  if (/^\p{Lu}/u.test(words.at(-1)?.text ?? '')) phrase.capitals += 1;
}

function createPhrase(key: string, size: number, language: Language): Phrase {
  return { key, size, language, counts: new Map(), forms: new Map(), inside: 0, capitals: 0 };
}
