import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileMask, maskOf, shownName } from '../../../shared/gate/shown-name.ts';

test.each([
  ['Letters/a.md', 'document'],
  ['a.PDF', 'document'],
  ['x/y.csv', 'table'],
  ['photo.jpeg', 'image'],
  ['a.tar.gz', 'archive'],
  ['no extension', 'file'],
  ['.bashrc', 'file'],
  ['diagnosis.of-ada', 'file'],
  ['a.constructor', 'file'],
])('%s is masked as %s', (path, mask) => {
  expect(maskOf(path)).toBe(mask);
});

test('a mask is one of a few words, whatever the name', () => {
  fc.assert(fc.property(fc.string(), (path) => void expect(FileMask.options).toContain(maskOf(path))));
});

test('a name is shown without its folder, escaped, and cut with its extension kept', () => {
  expect(shownName('Letters/2026/to Ada.md')).toBe('to Ada.md');
  expect(shownName('a\u202Egpj.txt')).toBe('a‹U+202E›gpj.txt');
  expect(shownName(`${'x'.repeat(300)}.md`)).toMatch(/^x+…\.md$/);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (path) => {
      const name = shownName(path);
      expect(name.length).toBeLessThanOrEqual(120);
      expect(name).not.toMatch(/[\n\r\u202E\u0000/]/);
    }),
  );
});
