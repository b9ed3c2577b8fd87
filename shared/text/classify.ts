// Sorts texts: under labels that are given, or into the groups that are there. Also says which texts are like no other.
import { compareAll, findGroups } from './find-groups.ts';
import { detectLanguages } from './language.ts';
import { type Counted, type Match, matchLabels } from './match-labels.ts';
import { nameGroups } from './name-groups.ts';
import { splitCompounds } from './split-compounds.ts';
import { createVectors, strictRarity, type Vector } from './vectors.ts';
import { contentWords } from './words.ts';

/**
 * `items` run beside the texts. `label` is one of `labels`, or null where nothing fits; `score` is from 0 to 1 and
 * compares items of one call only; `odd` marks a text that is like none of the others.
 */
export interface Classified {
  labels: string[];
  items: { label: string | null; score: number; odd: boolean }[];
}

/** Grouping compares all pairs, so it is done on this many texts; later ones get a given label or null, never `odd`. */
const MAX_COMPARED = 400;

/** How much is read of one text, and of all together, in equal shares. */
const MAX_CHARS_EACH = 100_000;
const MAX_CHARS = 2_000_000;

/** Fewer texts have no usual, so none of them is odd. */
const MIN_TEXTS_FOR_ODD = 3;

/** A text is odd when the text most like it is less alike than this, or than a part of what is usual here. */
const ODD_BELOW = 0.1;
const ODD_SHARE = 0.35;

/**
 * With `labels`, gives each text the label that fits best. Without, finds groups of two or more texts alike, largest
 * first, and names each by a keyword. In both cases marks odd texts when there are three or more; a text without words
 * is never odd. Compares the first 400 texts; reads 100,000 characters of a text and 2,000,000 in all.
 */
export function classify(texts: readonly string[], options: { labels?: readonly string[] } = {}): Classified {
  const read = texts.map((text) => text.slice(0, Math.min(MAX_CHARS_EACH, Math.ceil(MAX_CHARS / texts.length))));
  const languages = detectLanguages(read);
  const counted = read.map((text, index): Counted => {
    const language = languages[index] ?? 'und';
    return { language, stems: contentWords(text, language).map((word) => word.stem) };
  });
  const likeness = compareAll(createTextVectors(counted.slice(0, MAX_COMPARED)));
  const labels = options.labels ? [...new Set(options.labels)] : undefined;
  const { names, matches } = labels ? { names: labels, matches: matchLabels(counted, labels) } : group(read, likeness);
  const odd = findOdd(likeness, counted);
  const items = matches.map((match, index) => ({ ...match, score: round(match.score), odd: odd.has(index) }));
  return { labels: names, items };
}

function createTextVectors(texts: readonly Counted[]): Vector[] {
  const vocabulary = new Set(texts.flatMap((text) => text.stems));
  const stems = texts.map((text) => splitCompounds(text.stems, text.language, vocabulary));
  return createVectors(stems, strictRarity);
}

function group(texts: readonly string[], likeness: readonly number[][]): { names: string[]; matches: Match[] } {
  const groups = findGroups(likeness);
  const names = nameGroups(groups, texts);
  const matches = texts.map((): Match => ({ label: null, score: 0 }));
  for (const [index, members] of groups.entries()) {
    for (const member of members) {
      const others = members.filter((other) => other !== member).map((other) => likeness[member]?.[other] ?? 0);
      matches[member] = { label: names[index] ?? null, score: mean(others) };
    }
  }
  return { names, matches };
}

/** Indexes of texts whose nearest neighbour is far away, measured by how near neighbours are here. */
function findOdd(likeness: readonly number[][], texts: readonly Counted[]): Set<number> {
  const nearest = likeness.map((row) => row.reduce((most, value) => Math.max(most, value), 0));
  const judged = [...nearest.keys()].filter((index) => (texts[index]?.stems.length ?? 0) > 0);
  if (judged.length < MIN_TEXTS_FOR_ODD) return new Set();
  const usual = median(judged.map((index) => nearest[index] ?? 0));
  const limit = Math.max(ODD_BELOW, usual * ODD_SHARE);
  return new Set(judged.filter((index) => (nearest[index] ?? 0) < limit));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
