import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Label, narrowsLabel } from '../../../shared/gate/labels.ts';
import { decideRelease, Destination, type ReleaseDecision, type ReleaseQuestion } from '../../../shared/gate/release.ts';

const question = fc.record({
  label: fc.constantFrom(...Label.options),
  destination: fc.constantFrom(...Destination.options),
  bytes: fc.nat(10_000),
  budgetLeft: fc.integer({ min: -100, max: 10_000 }),
  approved: fc.boolean(),
});

/** How much a decision lets out: nothing, perhaps, all. */
const reach = (decision: ReleaseDecision) => ['refuse', 'ask', 'send'].indexOf(decision.effect);
const leaves = (destination: Destination) => destination === 'cloud' || destination === 'client';

test('what is labelled home never leaves the device, whatever else is said', () => {
  fc.assert(
    fc.property(question, (asked) => {
      if (leaves(asked.destination))
        expect(decideRelease({ ...asked, label: 'home' })).toMatchObject({ effect: 'refuse', code: 'label_refused' });
    }),
  );
});

test('what is labelled ask leaves only with a yes', () => {
  fc.assert(
    fc.property(question, (asked) => {
      const decision = decideRelease({ ...asked, label: 'ask', approved: false });
      if (leaves(asked.destination)) expect(decision.effect).not.toBe('send');
    }),
  );
});

test('a yes to ask is said to be the person’s, open the label’s', () => {
  const asked: ReleaseQuestion = { label: 'ask', destination: 'cloud', bytes: 10, budgetLeft: 10, approved: true };
  expect(decideRelease(asked)).toEqual({ effect: 'send', approvedBy: 'person', reasons: ['label ask: you said yes'] });
  expect(decideRelease({ ...asked, label: 'open' })).toEqual({
    effect: 'send',
    approvedBy: 'label',
    reasons: ['label open: this may leave'],
  });
});

test('a yes does not enlarge the budget', () => {
  const asked: ReleaseQuestion = { label: 'ask', destination: 'cloud', bytes: 11, budgetLeft: 10, approved: true };
  expect(decideRelease(asked)).toEqual({
    effect: 'refuse',
    code: 'budget_spent',
    reasons: ['11 bytes are more than the 10 that this run may still release'],
  });
});

test('a stricter label, a smaller budget, more bytes or a missing yes never let more out', () => {
  fc.assert(
    fc.property(question, question, (one, two) => {
      const stricter: ReleaseQuestion = {
        ...one,
        label: narrowsLabel(one.label, two.label) ? two.label : one.label,
        bytes: Math.max(one.bytes, two.bytes),
        budgetLeft: Math.min(one.budgetLeft, two.budgetLeft),
        approved: one.approved && two.approved,
      };
      expect(reach(decideRelease(stricter))).toBeLessThanOrEqual(reach(decideRelease(one)));
    }),
  );
});

test('every decision carries its reasons', () => {
  fc.assert(fc.property(question, (asked) => decideRelease(asked).reasons.length > 0));
});
