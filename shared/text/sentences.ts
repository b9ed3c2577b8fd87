// Cuts text into sentences. Knows English and German abbreviations, German ordinals, decimals, links and Markdown; other
// languages are cut at their marks.
import { type Block, splitBlocks } from './blocks.ts';
import { detectLanguage } from './language.ts';
import type { Language } from './stem.ts';
import { endsSentence, type Mark } from './sentence-end.ts';

/**
 * `text` is clean: markup taken out, white space collapsed. `start` and `end` are UTF-16 offsets of its first and last
 * character in the source, `end` exclusive; in plain text without line breaks `source.slice(start, end) === text`.
 */
export interface Sentence {
  text: string;
  start: number;
  end: number;
}

/** What runs on for longer is no sentence (a list without marks, data, a minified line) and is cut between words. */
export const MAX_SENTENCE_CHARS = 600;

/**
 * The sentences of a text in order, none overlapping, each with at least one letter or digit. Headings and list items
 * stand alone; code, tables and front matter give none. Linear in the text's length.
 */
export function splitSentences(text: string): Sentence[] {
  const language = detectLanguage(text);
  return splitBlocks(text).flatMap((block) => splitBlock(block, language));
}

/** The sentences of one block. */
export function splitBlock(block: Block, language: Language): Sentence[] {
  const sentences: Sentence[] = [];
  let from = 0;
  for (const to of findEnds(block.text, language)) {
    pushPieces(sentences, block, from, to);
    from = to;
  }
  return sentences;
}

// Marks with what closes after them, and then white space, the end, or (for full-width marks) nothing at all. The word
// before may not hold marks of its own kind at its end, so "?!" and "..." are one match.
const MARK = /(?:[.!?…؟۔।॥]+["'”’»›)\]“‘*_]*(?=\s|$)|[。！？｡]+[」』”’）]*)/gu;

const LOOK_BACK_CHARS = 60;

/** Ends of sentences as offsets in the block's text; the last one is its length. */
function findEnds(text: string, language: Language): number[] {
  const ends: number[] = [];
  for (const match of text.matchAll(MARK)) {
    const end = match.index + match[0].length;
    if (/^[。！？｡]/u.test(match[0]) || endsSentence(lookAround(text, match.index, match[0]), language)) ends.push(end);
  }
  if (ends.at(-1) !== text.length) ends.push(text.length);
  return ends;
}

function lookAround(text: string, at: number, mark: string): Mark {
  const before = text.slice(Math.max(0, at - LOOK_BACK_CHARS), at).split(' ');
  const after = text.slice(at + mark.length, at + mark.length + LOOK_BACK_CHARS).trimStart();
  return {
    mark,
    word: stripOpening(before.at(-1) ?? ''),
    earlier: stripOpening(before.at(-2) ?? ''),
    next: stripOpening(after.split(' ', 1)[0] ?? ''),
  };
}

function stripOpening(word: string): string {
  return word.replace(/^["'“”„‚‘«»‹›([{¿¡–—-]+/u, '');
}

/** Adds the text between two offsets, in pieces if it is too long, without its outer white space. */
function pushPieces(sentences: Sentence[], block: Block, from: number, to: number): void {
  let start = from;
  while (start < to) {
    const end = to - start > MAX_SENTENCE_CHARS ? findCut(block.text, start) : to;
    pushSentence(sentences, block, start, end);
    start = end;
  }
}

/** Where to cut a run that is too long: after a semicolon, else between words, else between any two characters. */
function findCut(text: string, start: number): number {
  const piece = text.slice(start, start + MAX_SENTENCE_CHARS);
  for (const mark of ['; ', ' ']) {
    const at = piece.lastIndexOf(mark);
    if (at > MAX_SENTENCE_CHARS / 2) return start + at + mark.length;
  }
  return start + (isHighSurrogate(piece.charCodeAt(piece.length - 1)) ? piece.length - 1 : piece.length);
}

export function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function pushSentence(sentences: Sentence[], block: Block, from: number, to: number): void {
  const untrimmed = block.text.slice(from, to);
  const text = untrimmed.trim();
  const first = from + untrimmed.length - untrimmed.trimStart().length;
  const start = block.offsets[first];
  const last = block.offsets[first + text.length - 1];
  if (start === undefined || last === undefined || !/[\p{L}\p{N}]/u.test(text)) return;
  sentences.push({ text, start, end: last + 1 });
}
