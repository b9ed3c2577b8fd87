import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff } from '../../../native-host/gate/line-diff.ts';
import { SCREEN_CAPS } from '../../../shared/gate/release.ts';

const shown = (before: string, after: string) => lineDiff(before, after)?.lines.map(({ sign, excerpt }) => `${sign}${excerpt}`);

test('what goes and what comes is shown with the lines around it', () => {
  expect(shown('a\nb\nc\nd\ne\n', 'a\nb\nC\nd\ne\n')).toEqual([' a', ' b', '-c', '+C', ' d', ' e']);
});

test('what lies between two places of change is said to be left out', () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const after = before.map((line, index) => (index === 1 || index === 18 ? 'changed' : line));
  expect(shown(`${before.join('\n')}\n`, `${after.join('\n')}\n`)).toContain('…');
});

test.each([
  ['a line end of another kind', 'a\r\nb\n', 'a\nb\n', ['-a‹U+000D›', '+a']],
  ['a missing line end', 'a', 'a\n', ['-a', ' (no line end here)', '+a']],
  ['text that would turn the line round', 'a\n', 'a\u202Egpj.exe\n', ['-a', '+a‹U+202E›gpj.exe']],
  ['nothing that can be seen', 'ab\n', 'a\u200Bb\n', ['-ab', '+a‹U+200B›b']],
  ['a tab', ' a\n', '\ta\n', ['- a', '+⇥ a']],
])('%s is visible', (_what, before, after, lines) => {
  for (const line of lines) expect(shown(before, after)).toContain(line);
});

test('a long line is shown whole, in pieces', () => {
  const line = 'x'.repeat(1_000);
  const lines = lineDiff('', `${line}\n`)?.lines ?? [];
  expect(lines.map(({ excerpt }) => excerpt).join('')).toBe(line);
});

test('a long line is cut between its words, and each piece but the first goes on with it', () => {
  const line = 'The river floods the plain '.repeat(20);
  const lines = lineDiff('', `${line}\nnext\n`)?.lines ?? [];
  const pieces = lines.slice(0, -1);
  expect(pieces.map(({ excerpt }) => excerpt).join('')).toBe(line);
  for (const { excerpt } of pieces) expect(excerpt).toMatch(/ $/);
  expect(lines.map(({ goesOn }) => goesOn === true)).toEqual([false, ...pieces.slice(1).map(() => true), false]);
});

test('what is more than fits is counted', () => {
  const diff = lineDiff('', 'x\n'.repeat(500));
  expect(diff?.lines).toHaveLength(SCREEN_CAPS.hits);
  expect(diff?.cut).toBe(300);
});

test('a text that is too large is not compared', () => {
  expect(lineDiff('', 'x'.repeat(1_000_001))).toBeNull();
});

test('every excerpt fits the screen, and what is shown and cut together is all that differs', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 30 }),
      fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 30 }),
      (one, two) => {
        const diff = lineDiff(one.join('\n'), two.join('\n'));
        expect(diff).not.toBeNull();
        for (const { excerpt } of diff?.lines ?? []) expect(excerpt.length).toBeLessThanOrEqual(SCREEN_CAPS.excerptChars);
        const differs = (diff?.lines ?? []).some(({ sign }) => sign === '+' || sign === '-') || (diff?.cut ?? 0) > 0;
        expect(differs).toBe(one.join('\n') !== two.join('\n'));
      },
    ),
  );
});
