// Extractive summary: the sentences that say most of the text, without saying a thing twice, in the text's own order.
import { type Block, splitBlocks } from './blocks.ts';
import { detectLanguage } from './language.ts';
import type { Language } from './stem.ts';
import { rankSentences } from './rank-sentences.ts';
import { isWhole, sentencePrior } from './sentence-prior.ts';
import { isHighSurrogate, type Sentence, splitBlock } from './sentences.ts';
import { cosine, createVectors, mildRarity, type Vector } from './vectors.ts';
import { contentWords } from './words.ts';

/** `ranges` are the source places (UTF-16 offsets, `end` exclusive) of the sentences taken, in order. */
export interface Summary {
  summary: string;
  language: Language;
  ranges: { start: number; end: number }[];
}

const DEFAULT_SENTENCES = 3;
const DEFAULT_MAX_CHARS = 600;

/** Of longer texts the first 1,500 and the last 500 sentences are considered: openings and conclusions say most. */
const HEAD_SENTENCES = 1500;
const TAIL_SENTENCES = 500;

/** How many of the best sentences are weighed against each other for redundancy. */
const MAX_RIVALS = 100;

/** What centrality counts against novelty (MMR, Carbonell and Goldstein 1998). */
const RELEVANCE = 0.7;

/** What ranks below this part of the best (a heading, a greeting) is left out, even if fewer sentences remain. */
const MIN_RANK_SHARE = 0.15;

/**
 * Sums a text up in its own sentences: at most `sentences` (3) of them and `maxChars` (600) characters. Where no sentence
 * worth taking fits, the best is cut between words and ends in "…"; its range still covers the whole sentence. A text
 * without words gives an empty summary. Considers 2,000 sentences at most and takes time linear in the text's length.
 */
export function summarize(text: string, options: { sentences?: number; maxChars?: number } = {}): Summary {
  const language = detectLanguage(text);
  const candidates = findCandidates(text, language);
  const maxChars = toLimit(options.maxChars, DEFAULT_MAX_CHARS);
  const chosen = choose(candidates, toLimit(options.sentences, DEFAULT_SENTENCES), maxChars);
  const taken = chosen.map((candidate) => candidate.sentence).sort((a, b) => a.start - b.start);
  const summary = cutAtWord(taken.reduce(append, ''), maxChars);
  const ranges = summary === '' ? [] : taken.map(({ start, end }) => ({ start, end }));
  return { summary, language, ranges };
}

interface Candidate {
  sentence: Sentence;
  vector: Vector;
  rank: number;
}

function findCandidates(text: string, language: Language): Candidate[] {
  const considered = considerEnds(findPlaces(text, language));
  const stems = considered.map(({ sentence }) => contentWords(sentence.text, language).map((word) => word.stem));
  const vectors = createVectors(stems, mildRarity);
  let position = 0;
  const priors = considered.map(({ sentence, kind, index }, at) => {
    const prior = sentencePrior({ text: sentence.text, kind, index, position, words: stems[at]?.length ?? 0 });
    if (prior >= 1) position += 1;
    return prior;
  });
  const ranks = rankSentences(vectors);
  return considered.map(({ sentence }, at) => ({
    sentence,
    vector: vectors[at] ?? { ids: [], weights: [] },
    rank: (ranks[at] ?? 0) * (priors[at] ?? 0),
  }));
}

interface Place {
  sentence: Sentence;
  kind: Block['kind'];
  index: number;
}

/** Every sentence with its place, once: what repeats to the letter is a page's header or a quoted mail. */
function findPlaces(text: string, language: Language): Place[] {
  const seen = new Set<string>();
  const places: Place[] = [];
  for (const block of splitBlocks(text)) {
    for (const [index, sentence] of splitBlock(block, language).entries()) {
      if (!seen.has(sentence.text)) places.push({ sentence, kind: block.kind, index });
      seen.add(sentence.text);
    }
  }
  return places;
}

function considerEnds(places: Place[]): Place[] {
  if (places.length <= HEAD_SENTENCES + TAIL_SENTENCES) return places;
  return [...places.slice(0, HEAD_SENTENCES), ...places.slice(-TAIL_SENTENCES)];
}

/** Takes the best, then again and again the one that adds most; leaves out what does not fit in `maxChars`. */
function choose(candidates: readonly Candidate[], sentences: number, maxChars: number): Candidate[] {
  const rivals = [...candidates].sort((a, b) => b.rank - a.rank).slice(0, MAX_RIVALS);
  const best = rivals[0];
  if (!best || sentences < 1) return [];
  const worthy = rivals.filter((rival) => rival.rank >= best.rank * MIN_RANK_SHARE);
  const fitting = worthy.filter((rival) => rival.sentence.text.length <= maxChars);
  if (fitting.length === 0) return [best];
  const chosen: Candidate[] = [];
  let left = maxChars;
  while (chosen.length < sentences) {
    const next = mostNovel(fitting, chosen, left, best.rank);
    if (!next) break;
    chosen.push(next);
    left -= next.sentence.text.length + JOINER_CHARS;
  }
  return chosen;
}

function mostNovel(rivals: readonly Candidate[], chosen: readonly Candidate[], left: number, top: number) {
  let best: { rival: Candidate; score: number } | undefined;
  for (const rival of rivals) {
    if (chosen.includes(rival) || rival.sentence.text.length > left) continue;
    const repeated = chosen.reduce((most, other) => Math.max(most, cosine(rival.vector, other.vector)), 0);
    const score = RELEVANCE * (rival.rank / (top || 1)) - (1 - RELEVANCE) * repeated;
    if (repeated < 0.95 && (!best || score > best.score)) best = { rival, score };
  }
  return best?.rival;
}

const JOINER_CHARS = 2;

/** A sentence that closes itself is followed by a space; a heading or a list item by a semicolon. */
function append(summary: string, { text }: Sentence): string {
  if (summary === '') return text;
  return isWhole(summary) || /[:;]$/.test(summary) ? `${summary} ${text}` : `${summary}; ${text}`;
}

function cutAtWord(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const room = text.slice(0, Math.max(0, maxChars - 1));
  const space = room.lastIndexOf(' ');
  const isWordEnd = text[room.length] === ' ';
  const cut = isWordEnd || space < room.length / 2 ? room : room.slice(0, space);
  const whole = isHighSurrogate(cut.charCodeAt(cut.length - 1)) ? cut.slice(0, -1) : cut;
  const kept = whole.replace(/[\s,;:–—-]+$/u, '');
  return kept === '' ? '' : `${kept}…`;
}

/** A limit as a whole number from 0; what is no number limits to 0. */
function toLimit(value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  return value > 0 ? Math.floor(value) : 0;
}
