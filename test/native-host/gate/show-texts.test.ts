import { expect, test } from 'vitest';
import { showTexts } from '../../../native-host/gate/show-texts.ts';
import { SCREEN_CAPS } from '../../../shared/gate/release.ts';

const shown = (...texts: string[]) => showTexts(texts.map((text, index) => ({ text, file: null, name: `${index}.md` })));

test('each text stands under its name, line by line', () => {
  const { parts, lines, cut } = shown('one\r\ntwo', 'three');
  expect(parts).toEqual([{ says: '0.md' }, { says: '1.md' }]);
  expect(lines.map(({ part, excerpt }) => [part, excerpt])).toEqual([
    [0, 'one'],
    [0, 'two'],
    [1, 'three'],
  ]);
  expect(cut).toBe(0);
});

test('what is more than can be shown is counted: lines, also those of later texts, and texts', () => {
  const many = Array.from({ length: SCREEN_CAPS.hits + 5 }, (_, index) => `line ${index}`).join('\n');
  const { lines, cut } = shown(many, 'another\ntext');
  expect(lines).toHaveLength(SCREEN_CAPS.hits);
  expect(cut).toBe(7);
  expect(shown(...Array.from({ length: 53 }, () => 'x')).more).toBe(3);
});

test('of a text that is one long line as much is shown as fits, and the line counts as cut', () => {
  const { lines, cut } = shown('word '.repeat(100_000));
  expect(lines).toHaveLength(SCREEN_CAPS.hits);
  expect(cut).toBe(1);
  expect(shown('short', 'word '.repeat(100_000), 'last').cut).toBe(2);
});

test('a line too long for one piece goes on in the next, whole characters each, and marks are visible', () => {
  const { lines } = shown(`${'😀'.repeat(300)}\u202e`);
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.every(({ excerpt }) => excerpt.length <= SCREEN_CAPS.excerptChars && !/[\ud800-\udbff]$/.test(excerpt))).toBe(true);
  expect(lines.at(-1)).toMatchObject({ goesOn: true, excerpt: expect.stringContaining('‹U+202E›') });
});

test('of what cannot be shown the reason stands in its place, and it takes no room from the texts', () => {
  const { parts, lines } = showTexts([
    { text: null, file: null, name: 'photo.png, 2 kB', uninspectable: 'this is no text' },
    { text: 'dear', file: null, name: 'letter.txt, 4 bytes' },
  ]);
  expect(parts).toEqual([{ says: 'photo.png, 2 kB', uninspectable: 'this is no text' }, { says: 'letter.txt, 4 bytes' }]);
  expect(lines).toMatchObject([{ part: 1, excerpt: 'dear' }]);
});
