import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countRules, type Finding, FindingKind, mergeFindings } from '../../../shared/gate/findings.ts';
import { findKnown, redact, restore, restoreIn } from '../../../shared/gate/redact.ts';

const texts = fc.array(fc.string({ maxLength: 60 }), { minLength: 1, maxLength: 4 });
const finding: fc.Arbitrary<Finding> = fc
  .record({
    text: fc.nat(3),
    start: fc.nat(60),
    length: fc.nat(20),
    rule: fc.constantFrom('aws-key', 'email', 'iban'),
    kind: fc.constantFrom(...FindingKind.options),
  })
  .map(({ length, ...rest }) => ({ ...rest, end: rest.start + length }));
const within = (of: readonly string[], findings: readonly Finding[]) => findings.filter(({ text, end }) => end <= (of[text]?.length ?? -1));
const at = (text: number, start: number, end: number, rule = 'aws-key', kind: FindingKind = 'secret'): Finding => ({
  text,
  start,
  end,
  rule,
  kind,
});

test('a finding becomes a typed placeholder, and is put back', () => {
  const { texts: sent, replacements } = redact(
    ['key AKIA, again AKIA; mail a@b.de'],
    [at(0, 4, 8), at(0, 16, 20), at(0, 27, 33, 'email', 'contact')],
  );
  expect(sent).toEqual(['key ‹secret:aws-key:1›, again ‹secret:aws-key:1›; mail ‹contact:email:1›']);
  expect(replacements).toEqual([
    { placeholder: '‹secret:aws-key:1›', value: 'AKIA' },
    { placeholder: '‹contact:email:1›', value: 'a@b.de' },
  ]);
  expect(restore('Use ‹secret:aws-key:1› or ‹secret:aws-key:2›.', replacements)).toBe('Use AKIA or ‹secret:aws-key:2›.');
});

test('whatever is taken out of texts comes back to the letter', () => {
  fc.assert(
    fc.property(texts, fc.array(finding, { maxLength: 12 }), (of, findings) => {
      const { texts: sent, replacements } = redact(of, within(of, findings));
      expect(sent.map((text) => restore(text, replacements))).toEqual(of);
    }),
  );
});

test('the order of findings changes nothing', () => {
  fc.assert(
    fc.property(texts, fc.array(finding, { maxLength: 12 }), fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (of, findings, keys) => {
      const shuffled = findings
        .map((each, index) => ({ each, key: keys[index] ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ each }) => each);
      expect(redact(of, shuffled)).toEqual(redact(of, findings));
    }),
  );
});

test('what is found stands in no text that goes, also where findings overlap', () => {
  fc.assert(
    fc.property(fc.array(finding, { maxLength: 12 }), (findings) => {
      const of = ['0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];
      const inside = within(of, findings).filter(({ start, end }) => end - start >= 8);
      const { texts: sent } = redact(of, inside);
      for (const { start, end } of inside) expect(sent[0]).not.toContain(of[0]?.slice(start, end));
    }),
  );
});

test('findings that meet become one, named by the weightiest', () => {
  expect(
    mergeFindings([at(0, 0, 4, 'email', 'contact'), at(0, 2, 9), at(0, 9, 12, 'iban', 'identifier'), at(1, 3, 5), at(0, 5, 5)]),
  ).toEqual([at(0, 0, 9), at(0, 9, 12, 'iban', 'identifier'), at(1, 3, 5)]);
});

test('rules are counted, the weightiest kind first', () => {
  expect(countRules([at(0, 0, 1, 'email', 'contact'), at(0, 2, 3), at(0, 4, 5, 'email', 'contact')])).toEqual([
    { rule: 'aws-key', kind: 'secret', count: 1 },
    { rule: 'email', kind: 'contact', count: 2 },
  ]);
});

test('a placeholder that stands in the text already is given to no value', () => {
  const { texts: sent, replacements } = redact(['‹secret:aws-key:1› and AKIA'], [at(0, 23, 27)]);
  expect(sent).toEqual(['‹secret:aws-key:1› and ‹secret:aws-key:2›']);
  expect(restore(sent[0] ?? '', replacements)).toBe('‹secret:aws-key:1› and AKIA');
});

test('a value keeps its placeholder over the steps of a run, and no other gets it', () => {
  const known = [{ placeholder: '‹secret:aws-key:1›', value: 'AKIA' }];
  expect(redact(['AKIB AKIA'], [at(0, 0, 4), at(0, 5, 9)], known)).toEqual({
    texts: ['‹secret:aws-key:2› ‹secret:aws-key:1›'],
    replacements: [
      { placeholder: '‹secret:aws-key:2›', value: 'AKIB' },
      { placeholder: '‹secret:aws-key:1›', value: 'AKIA' },
    ],
  });
});

test('an answer is restored in every string of it', () => {
  const replacements = [{ placeholder: '‹contact:email:1›', value: 'a@b.de' }];
  expect(restoreIn({ terms: [{ term: '‹contact:email:1›', weight: 1 }], none: null }, replacements)).toEqual({
    terms: [{ term: 'a@b.de', weight: 1 }],
    none: null,
  });
});

test('what was taken out before is found again without the words that gave it away', () => {
  const known = [{ placeholder: '‹secret:password:1›', value: 'k7Gt2pQz9' }];
  expect(findKnown(['it is k7Gt2pQz9, yes k7Gt2pQz9'], known)).toEqual([
    { text: 0, start: 6, end: 15, rule: 'password', kind: 'secret' },
    { text: 0, start: 21, end: 30, rule: 'password', kind: 'secret' },
  ]);
  expect(findKnown(['nothing'], known)).toEqual([]);
});
