import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Grant, narrowGrant, type Narrowing, type Right } from '../../../shared/gate/grants.ts';
import type { Label } from '../../../shared/gate/labels.ts';
import { isNarrowed, isTightened, termsOf } from '../../../shared/gate/terms.ts';
import type { GrantId } from '../../../shared/ids.ts';

const id = (digit: string) => `g_${digit.repeat(32)}` as GrantId;
const grantOf = (digit: string, folder: string, more: Partial<Grant> = {}): Grant => ({
  id: id(digit),
  name: folder,
  folder,
  rights: ['read', 'write'],
  label: 'ask',
  include: [],
  exclude: [],
  names: 'shown',
  createdAt: 0,
  ...more,
});
const HOME = grantOf('1', '/home/ada/Notes');
const since = (all: Grant[]) => termsOf(all, { grants: [HOME.id] });

const Labels = fc.constantFrom<Label>('open', 'ask', 'home');
const Rights = fc.subarray<Right>(['read', 'write', 'trash'], { minLength: 1 });
const Limit = fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined });
const Grants = fc
  .record({
    label: Labels,
    rights: Rights,
    names: fc.constantFrom('shown' as const, 'hidden' as const),
    exclude: fc.subarray(['*.key', 'Private']),
    maxFileBytes: Limit,
    maxFiles: Limit,
  })
  .map(({ maxFileBytes, maxFiles, ...more }) =>
    grantOf('1', '/home/ada/Notes', {
      ...more,
      ...(maxFileBytes !== undefined && { maxFileBytes }),
      ...(maxFiles !== undefined && { maxFiles }),
    }),
  );
const Narrowings: fc.Arbitrary<Narrowing> = fc.record(
  {
    label: Labels,
    rights: Rights,
    names: fc.constant('hidden' as const),
    exclude: fc.subarray(['*.key', 'Taxes']),
    maxFiles: fc.integer({ min: 1, max: 1_000 }),
  },
  { requiredKeys: [] },
);

/** What a grant says, without what is only told of it. */
const saying = ({ label, rights, names, exclude, maxFileBytes, maxFiles }: Grant) =>
  JSON.stringify([label, [...rights].sort(), label === 'home' ? 'hidden' : names, [...exclude].sort(), maxFileBytes, maxFiles]);

test('whatever a narrowing changes is noticed, and one that changes nothing is not', () => {
  fc.assert(
    fc.property(Grants, Narrowings, (grant, change) => {
      const narrowed = narrowGrant(grant, change);
      expect(isNarrowed(since([grant]), [narrowed])).toBe(saying(grant) !== saying(narrowed));
      expect(isTightened(since([grant]), [narrowed])).toBe(grant.label !== narrowed.label);
    }),
  );
});

test('taking a narrowing back again ends nothing', () => {
  fc.assert(
    fc.property(Grants, Narrowings, (grant, change) => {
      const narrowed = narrowGrant(grant, change);
      expect(isNarrowed(since([narrowed]), [grant])).toBe(false);
    }),
  );
});

describe('grants that bear on a folder', () => {
  const inner = grantOf('2', '/home/ada/Notes/Private', { label: 'ask' });
  const around = grantOf('3', '/home/ada', { label: 'open' });
  const beside = grantOf('4', '/home/ada/Notes-2', { label: 'open' });

  test.each([
    ['in it', inner],
    ['around it', around],
  ])('one %s that becomes stricter counts as this one does', (_where, other) => {
    const before = since([HOME, other]);
    expect(isTightened(before, [HOME, { ...other, label: 'home' }])).toBe(true);
    expect(isNarrowed(before, [HOME, { ...other, exclude: ['*.key'] }])).toBe(true);
  });

  test('one beside it does not', () => {
    expect(isNarrowed(since([HOME, beside]), [HOME, { ...beside, label: 'home' }])).toBe(false);
  });

  test('a right of another one is nothing to it', () => {
    expect(isNarrowed(since([HOME, inner]), [HOME, { ...inner, rights: ['read'] }])).toBe(false);
  });

  test('one that comes later counts where it is stricter than any that there was', () => {
    expect(isTightened(since([HOME]), [HOME, { ...inner, label: 'open' }])).toBe(false);
    expect(isTightened(since([HOME]), [HOME, { ...inner, label: 'home' }])).toBe(true);
    expect(isTightened(since([{ ...HOME, label: 'open' }]), [{ ...HOME, label: 'open' }, inner])).toBe(true);
    expect(isNarrowed(since([HOME]), [HOME, { ...inner, exclude: ['x'] }])).toBe(true);
  });

  test('one that goes ends what is about it, and nothing else', () => {
    expect(isTightened(since([HOME, inner]), [inner])).toBe(true);
    expect(isNarrowed(since([HOME, inner]), [HOME])).toBe(false);
  });

  test('the folder of somebody else’s grant is enough', () => {
    const before = termsOf([HOME], { grants: [], folders: ['/home/ada/Notes/letters'] });
    expect(isTightened(before, [{ ...HOME, label: 'home' }])).toBe(true);
    expect(isNarrowed(termsOf([], { grants: [], folders: ['/home/ada/Notes'] }), [{ ...HOME, label: 'home' }])).toBe(true);
    expect(isTightened(before, [])).toBe(false);
  });
});

test('an include that goes, or the first that comes, narrows; one more of several widens', () => {
  const some = { ...HOME, include: ['*.md', '*.txt'] };
  expect(isNarrowed(since([HOME]), [some])).toBe(true);
  expect(isNarrowed(since([some]), [HOME])).toBe(false);
  expect(isNarrowed(since([some]), [{ ...some, include: ['*.md'] }])).toBe(true);
  expect(isNarrowed(since([some]), [{ ...some, include: ['*.md', '*.txt', '*.org'] }])).toBe(false);
});
