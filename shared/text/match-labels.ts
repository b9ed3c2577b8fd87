// Finds the given label that fits a text best, by the label's own words and by cues that are known for common labels.
import { LABEL_CUES } from './label-cues.ts';
import { type Language, stem } from './stem.ts';
import { isStopWord } from './stop-words.ts';
import { fold, splitWords } from './words.ts';

/** A text as the matcher sees it. */
export interface Counted {
  language: Language;
  /** The stems of the words that carry a subject. */
  stems: readonly string[];
}

export interface Match {
  label: string | null;
  /** 0 nothing in common, towards 1 the more and the denser the label's words are. */
  score: number;
}

/** Below this, what a text shares with a label is chance: a single cue in several pages. */
const MIN_SCORE = 0.2;

const CUE_WEIGHT = 0.35;

/** A compound holds the word (`Stromrechnung` for "Rechnung"): weaker than the word, and only for stems this long. */
const COMPOUND_WEIGHT = 0.6;
const MIN_COMPOUND_STEM = 5;

/** The best label of each text; of equal ones the first. */
export function matchLabels(texts: readonly Counted[], labels: readonly string[]): Match[] {
  const wanted = new Map<Language, Map<string, number>[]>();
  return texts.map((text) => {
    const byLabel = wanted.get(text.language) ?? labels.map((label) => expandLabel(label, text.language));
    wanted.set(text.language, byLabel);
    return bestMatch(text, labels, byLabel);
  });
}

function bestMatch(text: Counted, labels: readonly string[], byLabel: readonly Map<string, number>[]): Match {
  const counts = new Map<string, number>();
  for (const word of text.stems) counts.set(word, (counts.get(word) ?? 0) + 1);
  let best: Match = { label: null, score: 0 };
  for (const [index, label] of labels.entries()) {
    const score = scoreLabel(counts, text, byLabel[index] ?? new Map());
    if (score >= MIN_SCORE && score > best.score) best = { label, score };
  }
  return best;
}

/** The stems a label is known by in one language, and what each of them counts. */
function expandLabel(label: string, language: Language): Map<string, number> {
  const all = splitWords(label).map((word) => fold(word.text));
  const subjects = all.filter((word) => !isStopWord(word, language));
  const own = subjects.length > 0 ? subjects : all;
  const weights = new Map<string, number>();
  for (const word of own) {
    for (const { names, cues } of LABEL_CUES) {
      if (!names.some((name) => stem(name, 'en') === stem(word, 'en') || stem(name, 'de') === stem(word, 'de'))) continue;
      for (const cue of cues) weights.set(stem(cue, language), CUE_WEIGHT);
    }
  }
  for (const word of own) weights.set(stem(word, language), 1 / Math.sqrt(own.length));
  return weights;
}

/** Rises with each word found, less with each repeat, and falls with the text's length. */
function scoreLabel(counts: ReadonlyMap<string, number>, text: Counted, wanted: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [word, count] of counts) {
    const weight = wanted.get(word) ?? (text.language === 'en' ? 0 : weighCompound(word, wanted));
    sum += weight * (1 + Math.log(count));
  }
  return 1 - Math.exp(-sum / (1 + Math.log(1 + text.stems.length / 150)));
}

function weighCompound(word: string, wanted: ReadonlyMap<string, number>): number {
  if (word.length < MIN_COMPOUND_STEM + 3) return 0;
  let best = 0;
  for (const [part, weight] of wanted) {
    if (part.length < MIN_COMPOUND_STEM || weight * COMPOUND_WEIGHT <= best) continue;
    if (word.startsWith(part) || word.endsWith(part)) best = weight * COMPOUND_WEIGHT;
  }
  return best;
}
