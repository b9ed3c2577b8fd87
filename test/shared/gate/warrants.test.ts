import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GrantId, RunId, WarrantId } from '../../../shared/ids.ts';
import { OP_NAMES } from '../../../shared/ops/catalogue.ts';
import { decideStanding, decideTask, type Limits, narrowLimits, Warrant } from '../../../shared/gate/warrants.ts';

const grantId = (n: number) => `g_${n.toString(16).padStart(32, '0')}` as GrantId;
const grants = fc.uniqueArray(fc.nat(6).map(grantId), { maxLength: 5 });
const ops = fc.uniqueArray(fc.constantFrom(...OP_NAMES), { maxLength: 6 });
const warrant = fc
  .record({ ops, grants, expiresAt: fc.nat(100) })
  .map((more) => Warrant.parse({ id: `w_${'0'.repeat(32)}`, run: `r_${'0'.repeat(32)}`, egressBytes: 0, changes: 0, ...more }));
const task = fc.record({ op: fc.constantFrom(...OP_NAMES, 'fs.format'), grants });

test('a task is allowed exactly when its op and each of its grants are named and the warrant lives', () => {
  fc.assert(
    fc.property(warrant, task, fc.nat(120), (given, asked, now) => {
      const covered = now < given.expiresAt && given.ops.includes(asked.op) && asked.grants.every((grant) => given.grants.includes(grant));
      const decision = decideTask(given, asked, now);
      expect(decision.effect).toBe(covered ? 'allow' : 'deny');
      if (decision.effect === 'deny') expect(decision.reasons.length).toBeGreaterThan(0);
    }),
  );
});

test('the order in which a warrant names things does not matter', () => {
  fc.assert(
    fc.property(warrant, task, fc.nat(120), (given, asked, now) => {
      const turned = { ...given, ops: [...given.ops].reverse(), grants: [...given.grants].reverse() };
      expect(decideTask(turned, { ...asked, grants: [...asked.grants].reverse() }, now)).toEqual(decideTask(given, asked, now));
    }),
  );
});

test('a warrant that names less never allows more', () => {
  fc.assert(
    fc.property(warrant, task, fc.nat(120), (given, asked, now) => {
      const less = { ...given, ops: given.ops.slice(1), grants: given.grants.slice(1), expiresAt: given.expiresAt - 1 };
      if (decideTask(less, asked, now).effect === 'allow') expect(decideTask(given, asked, now).effect).toBe('allow');
    }),
  );
});

test('a denial says everything that is wrong', () => {
  const given = Warrant.parse({
    id: `w_${'0'.repeat(32)}`,
    run: `r_${'0'.repeat(32)}`,
    ops: [],
    grants: [],
    egressBytes: 0,
    changes: 0,
    expiresAt: 5,
  });
  expect(decideTask(given, { op: 'fs.create', grants: [grantId(1)] }, 5)).toEqual({
    effect: 'deny',
    reasons: ['the warrant has expired', 'the warrant does not name the op fs.create', 'the warrant does not name this grant'],
  });
});

const limits = fc.record({ ops, grants, egressBytes: fc.nat(50), changes: fc.nat(9), expiresAt: fc.nat(100) });
const sorted = ({ ops, grants, ...rest }: Limits) => ({ ...rest, ops: [...ops].sort(), grants: [...grants].sort() });
const covers = (given: Limits, asked: { op: string; grants: readonly GrantId[] }, now: number) =>
  decideTask({ id: `w_${'0'.repeat(32)}` as WarrantId, run: `r_${'0'.repeat(32)}` as RunId, ...given }, asked, now).effect === 'allow';

describe('narrowing', () => {
  test('allows a task exactly where both allow it, and never more of anything', () => {
    fc.assert(
      fc.property(limits, limits, task, fc.nat(120), (one, two, asked, now) => {
        const both = narrowLimits(one, two);
        expect(covers(both, asked, now)).toBe(covers(one, asked, now) && covers(two, asked, now));
        for (const each of [one, two]) {
          expect(both.egressBytes).toBeLessThanOrEqual(each.egressBytes);
          expect(both.changes).toBeLessThanOrEqual(each.changes);
        }
      }),
    );
  });

  test('does not depend on the order, and again changes nothing', () => {
    fc.assert(
      fc.property(limits, limits, limits, (one, two, three) => {
        expect(sorted(narrowLimits(one, two))).toEqual(sorted(narrowLimits(two, one)));
        expect(sorted(narrowLimits(narrowLimits(one, two), three))).toEqual(sorted(narrowLimits(one, narrowLimits(two, three))));
        expect(sorted(narrowLimits(one, one))).toEqual(sorted(one));
      }),
    );
  });

  test('by a warrant that allows as much leaves what was covered covered', () => {
    fc.assert(
      fc.property(limits, limits, task, fc.nat(120), (one, more, asked, now) => {
        const wider = {
          ops: [...one.ops, ...more.ops],
          grants: [...one.grants, ...more.grants],
          egressBytes: one.egressBytes + more.egressBytes,
          changes: one.changes + more.changes,
          expiresAt: Math.max(one.expiresAt, more.expiresAt),
        };
        expect(covers(narrowLimits(one, wider), asked, now)).toBe(covers(one, asked, now));
      }),
    );
  });
});

describe('standing warrants', () => {
  const recipe = fc.constantFrom('folder.digest', 'device.info');
  const standing = fc
    .record({ recipe, limits, id: fc.nat(99), runsPerDay: fc.integer({ min: 1, max: 3 }), runsToday: fc.nat(3) })
    .map(({ limits: of, id, ...rest }) => ({ ...rest, ...of, id: `w_${id.toString(16).padStart(32, '0')}` as WarrantId, createdAt: 0 }));
  const all = fc.uniqueArray(standing, { maxLength: 5, selector: ({ id }) => id });
  const need = fc.record({ recipe, ops, grants, egressBytes: fc.nat(50), changes: fc.nat(9) });

  test('start a run only where one of them alone covers its whole plan', () => {
    fc.assert(
      fc.property(all, need, fc.nat(120), (given, asked, now) => {
        const decision = decideStanding(given, asked, now);
        const covering = given.filter(
          (each) =>
            each.recipe === asked.recipe &&
            now < each.expiresAt &&
            asked.ops.every((op) => each.ops.includes(op)) &&
            asked.grants.every((grant) => each.grants.includes(grant)) &&
            asked.changes <= each.changes &&
            each.runsToday < each.runsPerDay,
        );
        expect(decision.effect).toBe(covering.length > 0 ? 'allow' : 'deny');
        if (decision.effect === 'allow') expect(covering.map(({ id }) => id)).toContain(decision.by);
        else expect(decision.reasons.length).toBeGreaterThan(0);
      }),
    );
  });

  test('decide the same in whatever order they stand', () => {
    fc.assert(
      fc.property(all, need, fc.nat(120), (given, asked, now) => {
        const [one, two] = [decideStanding(given, asked, now), decideStanding([...given].reverse(), asked, now)];
        expect(two.effect).toBe(one.effect);
        if (one.effect === 'allow') expect(two).toEqual(one);
      }),
    );
  });

  test('that are added never stop what another covers', () => {
    fc.assert(
      fc.property(all, standing, need, fc.nat(120), (given, added, asked, now) => {
        if (decideStanding(given, asked, now).effect === 'allow')
          expect(decideStanding([...given, added], asked, now).effect).toBe('allow');
      }),
    );
  });
});
