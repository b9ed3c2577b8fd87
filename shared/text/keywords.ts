// Keywords and themes: the words and short phrases that say what texts are about.
import { collectPhrases, type Phrase } from './phrases.ts';

/** `term` in the form most seen, 80 characters at most; `weight` from 1 (the strongest) down to above 0. */
export interface Keyword {
  term: string;
  weight: number;
}

const DEFAULT_MAX = 10;

/** More texts than this are not read, and of all of them together no more than a million characters. */
const MAX_TEXTS = 1000;
const MAX_CHARS = 1_000_000;

/** What a phrase that only one of several texts has counts against one that they share. */
const UNSHARED = 0.35;

/**
 * The `max` (10) strongest terms of one or more texts, strongest first. Phrases of two or three words are taken when
 * they repeat, words inside a stronger phrase are left out. Of several texts, what more than one of them has comes first: those are themes.
 * Reads the first 1,000 texts, an equal share of 1,000,000 characters of each. Texts without words give no keywords.
 */
export function keywords(texts: readonly string[], options: { max?: number } = {}): Keyword[] {
  const read = texts.slice(0, MAX_TEXTS);
  const phrases = collectPhrases(read, Math.floor(MAX_CHARS / Math.max(1, read.length)));
  const scored = keepFrequent(phrases).map((phrase) => ({ phrase, score: scorePhrase(phrase, read.length) }));
  const ranked = scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .filter(isNews());
  const top = ranked[0]?.score ?? 1;
  const max = options.max ?? DEFAULT_MAX;
  return ranked.slice(0, max > 0 ? Math.floor(max) : 0).map(({ phrase, score }) => ({
    term: commonForm(phrase),
    weight: Math.max(0.001, Math.round((score / top) * 1000) / 1000),
  }));
}

/**
 * Phrases that come often enough, longest first, each taking its occurrences away from the shorter ones inside it: if
 * "solar" is nearly always said of a "solar panel", only the panel is a keyword.
 */
function keepFrequent(phrases: ReadonlyMap<string, Phrase>): Phrase[] {
  const kept: Phrase[] = [];
  for (const size of [3, 2, 1]) {
    for (const phrase of phrases.values()) {
      if (phrase.size !== size || countAll(phrase) < Math.min(size, 2)) continue;
      kept.push(phrase);
      for (const part of partsOf(phrase.key)) takeAway(phrases.get(part), phrase);
    }
  }
  return kept;
}

/** Lets a phrase pass unless a phrase that passed before it holds all of it. */
function isNews(): (ranked: { phrase: Phrase }) => boolean {
  const said = new Set<string>();
  return ({ phrase }) => {
    const isNew = !said.has(phrase.key);
    if (isNew) for (const part of partsOf(phrase.key)) said.add(part);
    return isNew;
  };
}

/** All shorter runs inside a phrase: of "a b c" those are a, b, c, a b and b c. */
function partsOf(key: string): string[] {
  const words = key.split(' ');
  const pairs = words.length > 2 ? words.slice(1).map((word, index) => `${words[index]} ${word}`) : [];
  return words.length > 1 ? [...words, ...pairs] : [];
}

function takeAway(part: Phrase | undefined, whole: Phrase): void {
  for (const [text, count] of whole.counts) {
    part?.counts.set(text, Math.max(0, (part.counts.get(text) ?? 0) - count));
  }
}

function countAll(phrase: Phrase): number {
  return [...phrase.counts.values()].reduce((sum, count) => sum + count, 0);
}

function scorePhrase(phrase: Phrase, texts: number): number {
  const counts = [...phrase.counts.values()].filter((count) => count > 0);
  const frequency = counts.reduce((sum, count) => sum + Math.log(1 + count), 0);
  const shared = texts > 1 && counts.length < 2 ? UNSHARED : 1;
  return frequency * shared * (1 + 0.4 * (phrase.size - 1)) * formFactor(phrase);
}

/** German writes nouns, English names, with a capital; verbs and adverbs seldom name a theme. */
function formFactor(phrase: Phrase): number {
  const capitals = phrase.inside === 0 ? 0.5 : phrase.capitals / phrase.inside;
  if (phrase.language === 'de') return capitals > 0.5 ? 1 : capitals === 0.5 ? 0.7 : 0.35;
  if (phrase.language !== 'en') return 1;
  const form = commonForm(phrase).toLowerCase();
  const row = ENGLISH_ENDINGS.find(({ ending }) => ending.test(form));
  return (row?.times ?? 1) * (capitals > 0.7 ? 1.15 : 1);
}

const ENGLISH_ENDINGS: readonly { ending: RegExp; times: number }[] = [
  { ending: /[^aeiou]ly$/, times: 0.4 },
  { ending: /[^e]ed$/, times: 0.5 },
  { ending: /.{3}ing$/, times: 0.8 },
];

/** The form most seen, without a genitive's ending; of several the first, but lower case before capitals. */
function commonForm(phrase: Phrase): string {
  let best = { form: '', seen: 0 };
  for (const [form, times] of phrase.forms) {
    const seen = form === form.toLowerCase() ? times + 0.25 : times;
    if (seen > best.seen) best = { form, seen };
  }
  return best.form.replace(/['’]s$/, '');
}
