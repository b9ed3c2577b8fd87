import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGlob, compileGlobLead } from '../../../shared/gate/glob.ts';

const ROWS: readonly [pattern: string, matches: readonly string[], not: readonly string[]][] = [
  ['*.md', ['a.md', '.md', '.hidden.md'], ['x/a.md', 'a.mdx']],
  ['**/*.md', ['a.md', 'x/a.md', 'x/y/.z.md'], ['a.txt']],
  ['src/**', ['src/a', 'src/a/b'], ['src', 'other/a']],
  ['**', ['a', 'a/b/c'], []],
  ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['a/x', 'b']],
  ['**/x/**/y', ['x/y', 'a/x/b/y', 'x/x/y'], ['x', 'y/x']],
  ['?.txt', ['a.txt'], ['ab.txt', '.txt']],
  ['[a-c]x', ['ax', 'cx'], ['dx', 'x']],
  ['[!a-c]x', ['dx'], ['ax']],
  ['{a,b}.{md,txt}', ['a.md', 'b.txt'], ['c.md', 'a.js']],
  ['a{b,{c,d}}', ['ab', 'ac', 'ad'], ['a']],
  ['[unclosed', ['[unclosed'], ['u']],
  ['a\\*b', ['a*b'], ['axb']],
  ['*a*b*', ['ab', 'xaxbx'], ['ba']],
  ['./a', ['a'], ['b']],
  ['ab*ba', ['abba', 'abxba'], ['aba', 'ab', 'ba']],
  ['**/x{a*,*b}', ['xa', 'd/xab', 'xb'], ['a', 'xa/c', 'd/x']],
];

test.each(ROWS)('%s', (pattern, matches, not) => {
  const test = compileGlob(pattern);
  expect(matches.filter((path) => !test(path))).toEqual([]);
  expect(not.filter((path) => test(path))).toEqual([]);
});

test('a hostile pattern takes no time worth speaking of', () => {
  const path = `${'a'.repeat(250)}/${'b/'.repeat(60)}c`;
  for (const pattern of [`${'*a'.repeat(400)}x`, `${'**/'.repeat(300)}x`, `${'**/*a*/'.repeat(100)}x`])
    expect(compileGlob(pattern)(path)).toBe(false);
  expect(() => compileGlob('{a,b}'.repeat(7))).toThrow(TypeError);
  expect(() => compileGlob('x'.repeat(1_001))).toThrow(TypeError);
});

test('a plain path matches itself and everything matches **', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z0-9._ -]{1,8}$/), { minLength: 1, maxLength: 6 }), (segments) => {
      // `./` before a pattern is not a part of it.
      fc.pre(segments[0] !== '.');
      const path = segments.join('/');
      expect(compileGlob('**')(path)).toBe(true);
      expect(compileGlob(path)(path)).toBe(true);
      expect(compileGlob(`**/${segments.at(-1)}`)(path)).toBe(true);
    }),
  );
});

test('a pattern matches as the regular expression of its parts does', () => {
  const part = fc.constantFrom('a', 'b', 'ab', '.', '*', '?', '[ab]', '\\*');
  const segment = fc.oneof(
    fc.constant('**'),
    fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
  );
  const name = fc.stringMatching(/^[ab.*]{1,5}$/);
  const sourceOf = (text: string) =>
    text.replace(/\\\*|\[ab\]|[*?.]/g, (found) => ({ '*': '[^/]*', '?': '[^/]', '.': '\\.' })[found] ?? found);
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.array(name, { minLength: 1, maxLength: 3 }), (segments, names) => {
      // Two `*` side by side in a name are `**` only where they are all of it, and `./` before a pattern is not a part of it.
      fc.pre(segments[0] !== '.');
      fc.pre(!segments.some((each) => each !== '**' && /\*\*/.test(each)) && segments.at(-1) !== '**');
      const source = segments.map((each) => (each === '**' ? '(?:[^/]+/)*' : `${sourceOf(each)}/`)).join('');
      expect(compileGlob(segments.join('/'))(names.join('/'))).toBe(new RegExp(`^${source}$`).test(`${names.join('/')}/`));
    }),
    { numRuns: 1_000 },
  );
});

test('a folder leads to what matches when it can be the beginning of it', () => {
  const leads = (pattern: string, folder: string) => compileGlobLead(pattern)(folder);
  expect(['a', 'a/b'].map((folder) => leads('a/b/*.md', folder))).toEqual([true, true]);
  expect(['b', 'a/b/c', 'a/c'].map((folder) => leads('a/b/*.md', folder))).toEqual([false, false, false]);
  expect(['x', 'x/y/z'].map((folder) => leads('**/*.md', folder))).toEqual([true, true]);
  expect(['x', 'y'].map((folder) => leads('{x/a,y/b}', folder))).toEqual([true, true]);
});

test('every folder above a match leads to it', () => {
  const segment = fc.constantFrom('a', 'b', '*', '**', '?', '{a,b}');
  const name = fc.constantFrom('a', 'b', 'c');
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), fc.array(name, { minLength: 2, maxLength: 5 }), (pattern, names) => {
      if (!compileGlob(pattern.join('/'))(names.join('/'))) return;
      for (let depth = 1; depth < names.length; depth += 1)
        expect(compileGlobLead(pattern.join('/'))(names.slice(0, depth).join('/'))).toBe(true);
    }),
  );
});
