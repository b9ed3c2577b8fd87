import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLinearPattern } from '../../../shared/gate/linear-pattern.ts';

const atom = fc.constantFrom('a', 'b', '-', '.', '\\d', '\\w', '\\s', '\\.', '[ab]', '[^a]', '[a-c-]', '[\\d.]', 'é');
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,2}', '{1,}');
// The usual engine tries its ways one after the other: with more groups in one another it would try without end.
const MAX_DEPTH = 2;
const nesting = fc.createDepthIdentifier();
const { pattern } = fc.letrec<{ pattern: string; piece: string; group: string }>((tie) => ({
  group: tie('pattern').map((inner) => `(${inner})`),
  piece: fc
    .tuple(fc.oneof({ depthIdentifier: nesting, maxDepth: MAX_DEPTH, withCrossShrink: true }, atom, tie('group')), quantifier)
    .map(([part, count]) => part + count),
  pattern: fc
    .array(fc.array(tie('piece'), { maxLength: 3 }), { minLength: 1, maxLength: 2 })
    .map((parts) => parts.map((words) => words.join('')).join('|')),
}));
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', '.', '1', ' ', 'é', '\n', '🙂'), maxLength: 6 });

test('a pattern matches exactly the texts that the usual engine says it matches as a whole', () => {
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 10 }), (source, texts) => {
      fc.pre(source.length <= 200);
      const usual = new RegExp(`^(?:${source})$`, 'u');
      const linear = parseLinearPattern(source);
      for (const each of texts) expect([each, linear.matches(each)]).toEqual([each, usual.test(each)]);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['(a+)+$x', 'no place'],
  ['(a', 'not closed'],
  ['a)', 'not opened'],
  ['[a', 'not closed'],
  ['*a', 'no place'],
  ['(?=a)', 'not known'],
  ['\\1', 'not known'],
  ['[b-a]', 'wrong way round'],
  ['a{3,2}', 'does not count'],
  ['(a{1000}){1000}', 'repeats too much'],
  ['a'.repeat(201), 'longer than 200'],
  ['a\\', 'ends in'],
])('%j is no pattern', (source, why) => {
  expect(() => parseLinearPattern(source)).toThrow(why);
});

test('a pattern that makes others try without end takes a number of steps that grows with the text', () => {
  const { matches } = parseLinearPattern('(((a|a)*)*)*');
  expect(matches('a'.repeat(1000))).toBe(true);
  expect(matches(`${'a'.repeat(1000)}!`)).toBe(false);
});
