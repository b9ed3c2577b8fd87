import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Grant, NEW_GRANT, onlyNarrows, Right } from '../../../shared/gate/grants.ts';
import { Label, narrowsLabel } from '../../../shared/gate/labels.ts';

const rights = fc.uniqueArray(fc.constantFrom(...Right.options), { minLength: 1 });
const label = fc.constantFrom(...Label.options);
const state = fc.record({ rights, label });
const change = fc.record({
  rights: fc.option(fc.array(fc.constantFrom(...Right.options)), { nil: undefined }),
  label: fc.option(label, { nil: undefined }),
});

test('a change that only narrows gives no new right and no laxer label', () => {
  fc.assert(
    fc.property(state, change, (now, wish) => {
      if (!onlyNarrows(now, wish)) return;
      for (const right of wish.rights ?? []) expect(now.rights).toContain(right);
      expect(wish.rights?.length).not.toBe(0);
      expect(narrowsLabel(now.label, wish.label ?? now.label)).toBe(true);
    }),
  );
});

test('everything that widens is recognised', () => {
  fc.assert(
    fc.property(state, change, (now, wish) => {
      const more = wish.rights?.some((right) => !now.rights.includes(right)) ?? false;
      const laxer = wish.label !== undefined && !narrowsLabel(now.label, wish.label);
      if (more || laxer) expect(onlyNarrows(now, wish)).toBe(false);
    }),
  );
});

test('narrowing twice is narrowing', () => {
  fc.assert(
    fc.property(state, change, change, (now, one, two) => {
      if (!onlyNarrows(now, one)) return;
      const then = { rights: one.rights ?? now.rights, label: one.label ?? now.label };
      if (onlyNarrows(then, two)) expect(onlyNarrows(now, two)).toBe(true);
    }),
  );
});

test('a new grant reads, and asks before anything leaves', () => {
  expect(NEW_GRANT).toEqual({ rights: ['read'], label: 'ask' });
});

test('a grant with a field that is not known is refused: it could mean something', () => {
  const grant = { id: `g_${'1'.repeat(32)}`, name: 'Notes', folder: '/home/a/notes', rights: ['read'], label: 'ask', createdAt: 1 };
  expect(Grant.safeParse(grant).success).toBe(true);
  expect(Grant.safeParse({ ...grant, everything: true }).success).toBe(false);
});
