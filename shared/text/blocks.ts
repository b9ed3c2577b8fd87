// Paragraphs, headings and list items as clean text: markup gone, white space collapsed, words that were hyphenated at a
// line's end joined again. Each character knows where it stood, so whatever is cut out can be shown in place.
import { type Line, readLines } from './markup.ts';

/** `offsets[i]` is the UTF-16 offset in the source of the character `text[i]`. */
export interface Block {
  kind: 'paragraph' | 'heading' | 'item';
  text: string;
  offsets: number[];
}

/** Splits text or Markdown into blocks. Code, tables and front matter give none. Linear in the text's length. */
export function splitBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  const lines: Line[] = [];
  for (const line of readLines(text)) {
    if (line.kind !== 'text') pushBlocks(blocks, lines.splice(0));
    if (line.kind === 'heading') pushBlocks(blocks, [line]);
    else if (line.kind !== 'blank') lines.push(line);
  }
  pushBlocks(blocks, lines);
  return blocks;
}

function pushBlocks(blocks: Block[], lines: readonly Line[]): void {
  const width = lines.reduce((longest, line) => Math.max(longest, line.text.length), 0);
  let open: Line[] = [];
  for (const line of lines) {
    const last = open.at(-1);
    if (last && isDeliberateBreak(last.text, line.text, width)) {
      pushBlock(blocks, open);
      open = [];
    }
    open.push(line);
  }
  pushBlock(blocks, open);
}

/**
 * A line that ends although the next word would have fitted was ended on purpose: a heading without markup, an address, a
 * verse. Three quarters of the longest line are taken as full, because ragged text varies.
 */
function isDeliberateBreak(line: string, next: string, width: number): boolean {
  const firstWord = /^[\s\0]*(\S{1,60})/.exec(next)?.[1] ?? '';
  if (/^[("'„“»]*\p{Ll}/u.test(firstWord) || /[,;–-]\s*$/.test(line)) return false;
  return line.trimEnd().length + 1 + firstWord.length < width * 0.75;
}

function pushBlock(blocks: Block[], lines: readonly Line[]): void {
  const first = lines[0];
  if (!first) return;
  const kind = first.kind === 'heading' || first.kind === 'item' ? first.kind : 'paragraph';
  const parts: string[] = [];
  const offsets: number[] = [];
  for (const [index, line] of lines.entries()) {
    const before = parts.at(-1);
    if (index > 0 && before && isHyphenated(before, line.text)) {
      parts[parts.length - 1] = before.slice(0, -1);
      offsets.pop();
      pushRuns(parts, offsets, line, false);
    } else pushRuns(parts, offsets, line, parts.length > 0);
  }
  const text = parts.join('');
  if (/[\p{L}\p{N}]/u.test(text)) blocks.push({ kind, text, offsets });
}

/** "Solar-" + "anlage" is one word; "Vor-" + "und Nachteile" is not. */
function isHyphenated(before: string, next: string): boolean {
  if (!/\p{L}[-‐]$/u.test(before.slice(-3))) return false;
  const word = /^[\s\0]*(\p{Ll}{1,40})/u.exec(next)?.[1];
  return word !== undefined && !['und', 'oder', 'bzw', 'sowie', 'bis', 'and', 'or', 'to'].includes(word);
}

/** Appends the runs of a line that are neither white space nor markup, one space where there was any white space. */
function pushRuns(parts: string[], offsets: number[], line: Line, isSpaced: boolean): void {
  let needsSpace = isSpaced;
  let isLineStart = true;
  for (const run of line.text.matchAll(RUN)) {
    const at = line.start + run.index;
    if (SPACE.test(run[0])) needsSpace = needsSpace || !isLineStart;
    else {
      if (needsSpace) push(parts, offsets, ' ', at);
      push(parts, offsets, run[0], at);
      needsSpace = false;
      isLineStart = false;
    }
  }
}

// NUL is what markup.ts leaves where it took something out.
const RUN = /[^\s\0]+(?: [^\s\0]+)*|\s+/g;
const SPACE = /^\s/;

function push(parts: string[], offsets: number[], run: string, at: number): void {
  parts.push(run);
  for (let index = 0; index < run.length; index += 1) offsets.push(at + index);
}
