import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLines } from '../../../shared/text/markup.ts';

const kinds = (text: string) => readLines(text).map((line) => line.kind);
const shown = (text: string) => readLines(text).map((line) => line.text.replaceAll('\0', ''));

test('front matter, fences, tables, rules and link definitions are blank', () => {
  const text = '---\ntitle: x\n---\n```js\ncode\n```\na | b\n--|--\n| 1 | 2 |\n***\n[1]: https://a.example\nProse';
  expect(kinds(text)).toEqual([...Array(11).fill('blank'), 'text']);
});

test('headings are known by hashes and by underlines', () => {
  expect(kinds('# One\nTwo\n===\nThree\n---')).toEqual(['heading', 'heading', 'blank', 'heading', 'blank']);
});

test('a number opens a list only where the line before is complete', () => {
  expect(kinds('Das Fest beginnt am\n3. Mai in Köln.\n1. Essen\n2. Trinken')).toEqual(['text', 'text', 'item', 'item']);
});

test('an unclosed fence runs to the end', () => {
  expect(kinds('a\n```\nb\nc')).toEqual(['text', 'blank', 'blank', 'blank']);
});

test('unclosed front matter is prose', () => {
  expect(kinds('---\nProse')).toEqual(['blank', 'text']);
});

test.each([
  ['a [link](https://x.example/a_(b) "t") here', 'a link here'],
  ['an ![image](x.png) here', 'an  here'],
  ['a [[page|shown]] and [[page]]', 'a shown and page'],
  ['a [ref][1] and a note[^2]', 'a ref and a note'],
  ['**bold**, *it*, ~~gone~~, `code`, __b__', 'bold, it, gone, code, b'],
  ['2 * 3 and snake_case_name', '2 * 3 and snake_case_name'],
  ['<b>bold</b> but x <y and z> w', 'bold but x <y and z> w'],
  ['> quoted', 'quoted'],
  ['salt &amp; pepper', 'salt & pepper'],
  ['- [x] done', 'done'],
  ['soft\u00adhyphen', 'softhyphen'],
])('%j is read as %j', (text, expected) => {
  expect(shown(text)).toEqual([expected]);
});

test('every line keeps its place and length, and every character is its own or NUL', () => {
  const unit = fc.constantFrom(...'ab#*_`~[]()|->=!<\n 1.\\\0\r');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 200 }), (text) => {
      const lines = readLines(text);
      expect(lines).toHaveLength(text.split('\n').length);
      for (const line of lines) {
        for (const [index, character] of line.text.split('').entries()) {
          expect([text[line.start + index], '\0']).toContain(character);
        }
      }
      const last = lines.at(-1);
      expect((last?.start ?? 0) + (last?.text.length ?? 0)).toBe(text.length);
    }),
  );
});
