import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Grant, namesOf, Narrowing, narrowGrant, NEW_GRANT, onlyNarrows, Right } from '../../../shared/gate/grants.ts';
import { Label, narrowsLabel } from '../../../shared/gate/labels.ts';
import { compileVisibility } from '../../../shared/gate/visibility.ts';

const rights = fc.uniqueArray(fc.constantFrom(...Right.options), { minLength: 1 });
const label = fc.constantFrom(...Label.options);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const limit = maybe(fc.integer({ min: 1, max: 5 }));
const globs = fc.uniqueArray(fc.constantFrom('a', '*.key', 'b/**', 'c/*', '{a,b}.md', '**/c'), { maxLength: 3 });
const state = fc.record({
  rights,
  label,
  include: globs,
  exclude: globs,
  maxFileBytes: limit,
  maxFiles: limit,
  names: fc.constantFrom('shown' as const, 'hidden' as const),
});
const change: fc.Arbitrary<Narrowing> = fc.record({
  rights: maybe(fc.array(fc.constantFrom(...Right.options))),
  label: maybe(label),
  exclude: maybe(globs),
  maxFileBytes: limit,
  maxFiles: limit,
  names: maybe(fc.constant('hidden' as const)),
});
const path = fc
  .array(fc.constantFrom('a', 'b', 'c', 'a.md', 'x.key', 'b.md'), { minLength: 1, maxLength: 3 })
  .map((names) => names.join('/'));
type State = typeof state extends fc.Arbitrary<infer Value> ? Value : never;

const none = Number.POSITIVE_INFINITY;

/** Everything that a grant gives, as things that can be compared. */
function gives(now: State, at: string) {
  const { file, folder } = compileVisibility(now);
  return { file: file(at), folder: folder(at), bytes: now.maxFileBytes ?? none, files: now.maxFiles ?? none };
}

test('nothing that narrows gives more than there was: no right, no laxer label, no name, no path, no larger file', () => {
  fc.assert(
    fc.property(state, change, path, (now, wish, at) => {
      const then = narrowGrant(now, wish);
      for (const right of then.rights) expect(now.rights).toContain(right);
      expect(narrowsLabel(now.label, then.label)).toBe(true);
      if (namesOf(now) === 'hidden') expect(namesOf(then)).toBe('hidden');
      const [before, after] = [gives(now, at), gives(then, at)];
      if (!before.file) expect(after.file).toBe(false);
      if (!before.folder) expect(after.folder).toBe(false);
      expect(after.bytes).toBeLessThanOrEqual(before.bytes);
      expect(after.files).toBeLessThanOrEqual(before.files);
    }),
  );
});

test('everything that asks for more is recognised', () => {
  fc.assert(
    fc.property(state, change, (now, wish) => {
      const more = wish.rights?.some((right) => !now.rights.includes(right)) ?? false;
      const laxer = wish.label !== undefined && !narrowsLabel(now.label, wish.label);
      const larger = (wish.maxFileBytes ?? 0) > (now.maxFileBytes ?? none) || (wish.maxFiles ?? 0) > (now.maxFiles ?? none);
      expect(onlyNarrows(now, wish)).toBe(!more && !laxer && !larger && wish.rights?.length !== 0);
    }),
  );
});

test('what only narrows is done to the letter', () => {
  fc.assert(
    fc.property(state, change, (now, wish) => {
      if (!onlyNarrows(now, wish)) return;
      const then = narrowGrant(now, wish);
      if (wish.rights !== undefined) expect(new Set(then.rights)).toEqual(new Set(wish.rights));
      expect(then).toMatchObject({
        label: wish.label ?? now.label,
        maxFileBytes: wish.maxFileBytes ?? now.maxFileBytes,
        maxFiles: wish.maxFiles ?? now.maxFiles,
      });
      for (const glob of [...now.exclude, ...(wish.exclude ?? [])]) expect(then.exclude).toContain(glob);
    }),
  );
});

test('the order in which changes come makes no difference, and the same twice is the same once', () => {
  fc.assert(
    fc.property(state, change, change, (now, one, two) => {
      const [there, back] = [narrowGrant(narrowGrant(now, one), two), narrowGrant(narrowGrant(now, two), one)];
      expect(there).toEqual(back);
      expect(narrowGrant(there, one)).toEqual(there);
    }),
  );
});

test('narrowing twice is narrowing', () => {
  fc.assert(
    fc.property(state, change, change, (now, one, two) => {
      if (onlyNarrows(now, one) && onlyNarrows(narrowGrant(now, one), two)) expect(onlyNarrows(now, two)).toBe(true);
    }),
  );
});

test('home beats everything: no grant that is home shows names', () => {
  fc.assert(
    fc.property(state, change, (now, wish) => {
      expect(namesOf({ ...now, label: 'home' })).toBe('hidden');
      expect(narrowGrant(now, { ...wish, label: 'home' })).toMatchObject({ label: 'home', names: 'hidden' });
      expect(narrowGrant({ ...now, label: 'home' }, wish)).toMatchObject({ label: 'home', names: 'hidden' });
    }),
  );
});

test('a new grant reads, asks before anything leaves, and shows names', () => {
  expect(NEW_GRANT).toEqual({ rights: ['read'], label: 'ask', include: [], exclude: [], names: 'shown' });
});

const OLD = { id: `g_${'1'.repeat(32)}`, name: 'Notes', folder: '/home/a/notes', rights: ['read'], label: 'ask', createdAt: 1 };

test('a grant with a field that is not known is refused: it could mean something', () => {
  expect(Grant.safeParse({ ...OLD, everything: true }).success).toBe(false);
});

test('a grant from before globs, limits and names is one that has none and shows names', () => {
  expect(Grant.parse(OLD)).toEqual({ ...OLD, include: [], exclude: [], names: 'shown' });
});

test('no wish to show names, and no wish to take an exclude away, can be written as a narrowing', () => {
  expect(Narrowing.safeParse({ names: 'shown' }).success).toBe(false);
  expect(Narrowing.parse({ include: ['**'] })).toEqual({});
});
