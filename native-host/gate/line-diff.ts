// Two texts as the lines that differ, for a person's eyes: every mark visible, long lines in pieces, so that nothing hides
// behind an edge. What is more than can be shown is counted, never left out silently. Pure.
import { structuredPatch } from 'diff';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import { SCREEN_CAPS } from '../../shared/gate/release.ts';

/** Longest text that is compared. UTF-16 units. */
export const MAX_DIFF_CHARS = 1_000_000;
const CONTEXT_LINES = 2;
const TIMEOUT_MS = 1_000;

export interface DiffLine {
  sign: ' ' | '+' | '-' | '…';
  excerpt: string;
  /** More of the line before, which is too long for one piece. */
  goesOn?: true;
}

/** `cut`: differing lines, or pieces of them, beyond what can be shown. `null`: too large or too different to be compared. */
export function lineDiff(before: string, after: string): { lines: DiffLine[]; cut: number } | null {
  if (before.length > MAX_DIFF_CHARS || after.length > MAX_DIFF_CHARS) return null;
  const patch = structuredPatch('', '', before, after, '', '', { context: CONTEXT_LINES, timeout: TIMEOUT_MS });
  if (patch === undefined) return null;
  const all: DiffLine[] = patch.hunks.flatMap((hunk, index) => [
    ...(index === 0 ? [] : [{ sign: '…', excerpt: '' } as const]),
    ...hunk.lines.flatMap((line) => piecesOf(line)),
  ]);
  const lines = all.slice(0, SCREEN_CAPS.hits);
  return { lines, cut: all.slice(SCREEN_CAPS.hits).filter(({ sign }) => sign === '+' || sign === '-').length };
}

/** A text as it is, up to so many pieces; `cut`: lines that are not shown, or not to their end. */
export function plainLines(text: string, most: number): { lines: DiffLine[]; cut: number } {
  const all = text.split(/\r?\n/);
  const lines: DiffLine[] = [];
  for (const [index, line] of all.entries()) {
    const room = most - lines.length;
    // No more of a line is looked at than can be shown: a text may be one line.
    const pieces = piecesOf(` ${line.slice(0, room * MAX_PIECE_CHARS).toWellFormed()}`);
    lines.push(...pieces.slice(0, room));
    if (pieces.length > room || line.length > room * MAX_PIECE_CHARS) return { lines, cut: all.length - index };
  }
  return { lines, cut: 0 };
}

function piecesOf(line: string): DiffLine[] {
  const sign = line[0] === '+' || line[0] === '-' ? line[0] : ' ';
  // A remark of the diff itself, about a missing line end.
  if (line.startsWith('\\')) return [{ sign: ' ', excerpt: '(no line end here)' }];
  const visible = escapeForDisplay(line.slice(1).replaceAll('\t', '⇥ '));
  const pieces = visible.match(PIECE) ?? [''];
  return pieces.map((excerpt, index) => ({ sign, excerpt, ...(index > 0 && { goesOn: true as const }) }));
}

/** All that is left, or up to the end of a word, or what fits. Whole characters, so that no pair of surrogates is parted. */
const MAX_PIECE_CHARS = SCREEN_CAPS.excerptChars / 2;
const PIECE = new RegExp(`.{1,${MAX_PIECE_CHARS}}$|.{0,${MAX_PIECE_CHARS - 1}}\\s|.{1,${MAX_PIECE_CHARS}}`, 'gu');
