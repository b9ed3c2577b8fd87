import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GrantId } from '../../../shared/ids.ts';
import { OP_NAMES } from '../../../shared/ops/catalogue.ts';
import { decideTask, Warrant } from '../../../shared/gate/warrants.ts';

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
