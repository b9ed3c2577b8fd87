import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bound, bindingText, type TargetState } from '../../../shared/gate/approvals.ts';
import type { GrantId } from '../../../shared/ids.ts';

const text = fc.string({ maxLength: 12 });
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
);
const args = fc.dictionary(text, fc.oneof(text, number, fc.boolean(), fc.constant(null), fc.array(text, { maxLength: 3 })), {
  maxKeys: 4,
  noNullPrototype: true,
});
const target: fc.Arbitrary<TargetState> = fc.record({
  grant: fc.nat(5).map((n) => `g_${n.toString(16).padStart(32, '0')}` as GrantId),
  path: text,
  is: fc.option(fc.record({ dev: number, ino: number, size: number, mtimeMs: number, ctimeMs: number })),
});
const bound: fc.Arbitrary<Bound> = fc.record({
  op: text,
  args,
  content: fc.array(text, { maxLength: 3 }),
  targets: fc.array(target, { maxLength: 3 }),
  destination: fc.option(text),
  model: fc.option(text),
  policy: text,
});

test.each(['op', 'args', 'content', 'targets', 'destination', 'model', 'policy'] as const)(
  'a yes to something is none to the same with another %s',
  (field) => {
    fc.assert(
      fc.property(bound, bound, (one, other) => {
        const mutated = { ...one, [field]: other[field] };
        const same = JSON.stringify(one[field]) === JSON.stringify(other[field]);
        fc.pre(!same);
        // Fields of an object may come in another order, which means the same.
        const sameValue = sorted(one[field]) === sorted(other[field]);
        expect(bindingText(mutated) === bindingText(one)).toBe(sameValue);
      }),
    );
  },
);

test.each(['dev', 'ino', 'size', 'mtimeMs', 'ctimeMs'] as const)('a yes to a file is none to one with another %s', (field) => {
  const is = { dev: 1, ino: 2, size: 3, mtimeMs: 4.5, ctimeMs: 5 };
  const of = (state: typeof is): Bound => ({
    op: 'fs.trash',
    args: {},
    content: [],
    targets: [{ grant: `g_${'0'.repeat(32)}` as GrantId, path: 'a', is: state }],
    destination: null,
    model: null,
    policy: 'x',
  });
  expect(bindingText(of({ ...is, [field]: is[field] + 1 }))).not.toBe(bindingText(of(is)));
});

test('a file that came or went since is another target', () => {
  fc.assert(
    fc.property(bound, target, (one, extra) => {
      const gone = { ...one, targets: [{ ...extra, is: null }] };
      const there = { ...one, targets: [{ ...extra, is: { dev: 1, ino: 1, size: 1, mtimeMs: 1, ctimeMs: 1 } }] };
      expect(bindingText(gone)).not.toBe(bindingText(there));
    }),
  );
});

test('the order of fields means nothing, that of lists does', () => {
  fc.assert(
    fc.property(bound, (one) => {
      expect(bindingText(Object.fromEntries(Object.entries(one).reverse()) as unknown as Bound)).toBe(bindingText(one));
    }),
  );
  const two = { op: '', args: {}, content: ['a', 'b'], targets: [], destination: null, model: null, policy: '' };
  expect(bindingText(two)).not.toBe(bindingText({ ...two, content: ['b', 'a'] }));
});

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [two]) => (one < two ? -1 : 1)))
      : inner,
  );
}
