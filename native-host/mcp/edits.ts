// Edits of a text, and the diff that shows them, exactly as the reference filesystem server makes them: an exact match
// first, else line by line with the whitespace at both ends of a line left aside. Pure.
import { createTwoFilesPatch } from 'diff';

export interface Edit {
  oldText: string;
  newText: string;
}

/** Longest that making a diff may take; past it the answer says how many lines changed. */
const DIFF_TIMEOUT_MS = 2_000;

/** The text after all edits, in their order, or what is said of one that fits nowhere: which tells of the text as much as the edits do. */
export function applyEdits(text: string, edits: readonly Edit[]): { text: string } | { misfit: string } {
  let current = text;
  for (const { oldText, newText } of edits) {
    const [before, after] = [unixLines(oldText), unixLines(newText)];
    const edited = current.includes(before) ? current.replace(before, () => after) : editByLines(current, before, after);
    if (edited === null) return { misfit: `Could not find exact match for edit:\n${oldText}` };
    current = edited;
  }
  return { text: current };
}

/** Line ends as the edits see them. */
export function unixLines(text: string): string {
  return text.replace(/\r\n/g, '\n');
}

/** A unified diff in a fence that no run of backticks in it can close. */
export function formatDiff(before: string, after: string, path: string): string {
  const diff =
    createTwoFilesPatch(path, path, before, after, 'original', 'modified', { timeout: DIFF_TIMEOUT_MS }) ??
    `The change is too large to be shown: ${countLines(before)} lines before, ${countLines(after)} after.\n`;
  let fence = '```';
  while (diff.includes(fence)) fence += '`';
  return `${fence}diff\n${diff}${fence}\n\n`;
}

function editByLines(text: string, before: string, after: string): string | null {
  const wanted = before.split('\n');
  const lines = text.split('\n');
  const at = findRow(
    lines.map((line) => line.trim()),
    wanted.map((line) => line.trim()),
  );
  if (at < 0) return null;
  lines.splice(at, wanted.length, ...indented(after, wanted, indentOf(lines[at])));
  return lines.join('\n');
}

/** Where `wanted` first stands in `lines`, -1 for nowhere. In one pass over both (Knuth, Morris, Pratt): each line may be like all others. */
function findRow(lines: readonly string[], wanted: readonly string[]): number {
  // For each place in `wanted`: how much of its beginning ends there as well.
  const again = [0];
  for (let at = 1, same = 0; at < wanted.length; at += 1) {
    while (same > 0 && wanted[at] !== wanted[same]) same = again[same - 1] ?? 0;
    if (wanted[at] === wanted[same]) same += 1;
    again.push(same);
  }
  for (let at = 0, same = 0; at < lines.length; at += 1) {
    while (same > 0 && lines[at] !== wanted[same]) same = again[same - 1] ?? 0;
    if (lines[at] === wanted[same]) same += 1;
    if (same === wanted.length) return at - same + 1;
  }
  return -1;
}

/** The new lines with the indentation of the place, and among each other as they were given. */
function indented(after: string, wanted: readonly string[], indent: string): string[] {
  return after.split('\n').map((line, index) => {
    if (index === 0) return indent + line.trimStart();
    const [oldIndent, newIndent] = [indentOf(wanted[index]), indentOf(line)];
    if (oldIndent === '' || newIndent === '') return line;
    return indent + ' '.repeat(Math.max(0, newIndent.length - oldIndent.length)) + line.trimStart();
  });
}

function indentOf(line: string | undefined): string {
  return /^\s*/.exec(line ?? '')?.[0] ?? '';
}

function countLines(text: string): number {
  return text.split('\n').length;
}
