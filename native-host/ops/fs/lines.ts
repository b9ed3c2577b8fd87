// Finds a phrase in a text, line by line, and cuts the excerpt that a screen may show. Pure. Compares as ripgrep does
// without case (simple Unicode folding), so that what it proposes is found here again.
import { SCREEN_CAPS } from '../../../shared/gate/release.ts';

export interface Matcher {
  /** The phrase in the forms in which it may be written; none when there is nothing to look for. */
  patterns: string[];
  expression: RegExp;
}

export interface FoundLine {
  /** 1-based. */
  line: number;
  excerpt: string;
}

/** Bidi marks could make an excerpt read as something else. */
const MARKS = /[\p{Cc}\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

export function createMatcher(query: string): Matcher {
  const plain = query
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  const patterns = plain === '' ? [] : [...new Set([plain.normalize('NFC'), plain.normalize('NFD')])];
  return { patterns, expression: new RegExp(patterns.map((pattern) => pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'), 'giu') };
}

/** The lines that hold the phrase: at most `max` with their excerpts, and how many there are. */
export function findLines(text: string, { expression }: Matcher, max: number): { found: FoundLine[]; total: number } {
  const found: FoundLine[] = [];
  let total = 0;
  let line = 1;
  let counted = 0;
  expression.lastIndex = 0;
  for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
    for (let feed = text.indexOf('\n', counted); feed >= 0 && feed < match.index; feed = text.indexOf('\n', counted)) {
      line += 1;
      counted = feed + 1;
    }
    const feed = text.indexOf('\n', match.index);
    const end = feed < 0 ? text.length : feed;
    if (found.length < max) found.push({ line, excerpt: excerptOf(text, counted, end, match.index, match[0].length) });
    total += 1;
    if (feed < 0) break;
    expression.lastIndex = end;
  }
  return { found, total };
}

/** The line around the hit, at most `SCREEN_CAPS.excerptChars`, with an ellipsis where it was cut. */
function excerptOf(text: string, lineStart: number, lineEnd: number, at: number, length: number): string {
  const room = SCREEN_CAPS.excerptChars - 2;
  let start = lineStart;
  let end = lineEnd;
  if (end - start > room) {
    start = Math.max(lineStart, Math.min(at - Math.floor((room - Math.min(length, room)) / 2), lineEnd - room));
    end = start + room;
    if (isLow(text, start)) start += 1;
    if (isLow(text, end)) end -= 1;
  }
  const shown = text.slice(start, end).replace(/\s+/gu, ' ').replace(MARKS, '').trim();
  return `${start > lineStart ? '…' : ''}${shown}${end < lineEnd ? '…' : ''}`;
}

function isLow(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}
