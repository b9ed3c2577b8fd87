import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FindingKind, type RuleCount } from '../../../shared/gate/findings.ts';
import { Label, narrowsLabel } from '../../../shared/gate/labels.ts';
import {
  decideRelease,
  Destination,
  Handling,
  narrowPolicy,
  type Policy,
  POLICY,
  Receipt,
  type ReleaseDecision,
  type ReleaseQuestion,
  screenCharsPerDay,
} from '../../../shared/gate/release.ts';

const rule: fc.Arbitrary<RuleCount> = fc.record({
  rule: fc.constantFrom('aws-key', 'email', 'iban', 'jwt'),
  kind: fc.constantFrom(...FindingKind.options),
  count: fc.integer({ min: 1, max: 9 }),
});
const handlings = fc.record({
  secret: fc.constantFrom(...Handling.options),
  identifier: fc.constantFrom(...Handling.options),
  contact: fc.constantFrom(...Handling.options),
  opaque: fc.constantFrom(...Handling.options),
});
const policy: fc.Arbitrary<Policy> = fc.record({ cloud: handlings, client: handlings });
const question = fc.record({
  label: fc.constantFrom(...Label.options),
  destination: fc.constantFrom(...Destination.options),
  bytes: fc.nat(10_000),
  budgetLeft: fc.integer({ min: -100, max: 10_000 }),
  approved: fc.boolean(),
  scan: fc.record({ inspected: fc.boolean(), rules: fc.array(rule, { maxLength: 6 }) }),
  policy,
});

const CLEAN = { inspected: true, rules: [] };
const ASKED: ReleaseQuestion = { label: 'ask', destination: 'cloud', bytes: 10, budgetLeft: 10, approved: true, scan: CLEAN };

/** How much a decision lets out: nothing, perhaps, all but what is taken out. */
const reach = (decision: ReleaseDecision) => ['refuse', 'ask', 'send'].indexOf(decision.effect);
const takenOut = (decision: ReleaseDecision) => (decision.effect === 'refuse' ? FindingKind.options : decision.redact);
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

test('what was not looked through never leaves, with any yes', () => {
  fc.assert(
    fc.property(question, (asked) => {
      const decision = decideRelease({ ...asked, scan: { ...asked.scan, inspected: false } });
      if (leaves(asked.destination)) expect(decision.effect).toBe('refuse');
    }),
  );
});

test('a yes to ask is said to be the person’s, open the label’s', () => {
  expect(decideRelease(ASKED)).toEqual({ effect: 'send', approvedBy: 'person', redact: [], reasons: ['label ask: you said yes'] });
  expect(decideRelease({ ...ASKED, label: 'open' })).toEqual({
    effect: 'send',
    approvedBy: 'label',
    redact: [],
    reasons: ['label open: this may leave'],
  });
});

test('a yes does not enlarge the budget', () => {
  expect(decideRelease({ ...ASKED, bytes: 11 })).toEqual({
    effect: 'refuse',
    code: 'budget_spent',
    reasons: ['11 bytes are more than the 10 that this run may still release'],
  });
});

test('secrets are taken out under every label and with every yes, unless the person’s own screen or machine gets them', () => {
  fc.assert(
    fc.property(question, (asked) => {
      const decision = decideRelease({
        ...asked,
        policy: POLICY,
        scan: { inspected: true, rules: [{ rule: 'aws-key', kind: 'secret', count: 1 }] },
      });
      if (leaves(asked.destination)) expect(takenOut(decision)).toContain('secret');
    }),
  );
});

test('a question says what would be taken out', () => {
  const rules: RuleCount[] = [
    { rule: 'email', kind: 'contact', count: 3 },
    { rule: 'jwt', kind: 'secret', count: 1 },
  ];
  expect(decideRelease({ ...ASKED, approved: false, scan: { inspected: true, rules } })).toEqual({
    effect: 'ask',
    redact: ['secret', 'contact'],
    reasons: ['label ask: this leaves only when you say yes', 'without 1 secret (jwt)', 'without 3 addresses or phone numbers (email)'],
  });
});

test('a policy that refuses is not overcome by a yes', () => {
  const strict = narrowPolicy(POLICY, { cloud: { ...POLICY.cloud, secret: 'refuse' }, client: POLICY.client });
  expect(
    decideRelease({ ...ASKED, policy: strict, scan: { inspected: true, rules: [{ rule: 'jwt', kind: 'secret', count: 2 }] } }),
  ).toEqual({
    effect: 'refuse',
    code: 'label_refused',
    reasons: ['your policy lets nothing leave that holds 2 secrets (jwt)'],
  });
});

test('a client on this machine is left the addresses in a file, and no key', () => {
  const rules: RuleCount[] = [
    { rule: 'email', kind: 'contact', count: 1 },
    { rule: 'jwt', kind: 'secret', count: 1 },
    { rule: 'iban', kind: 'identifier', count: 1 },
  ];
  expect(decideRelease({ ...ASKED, destination: 'client', scan: { inspected: true, rules } })).toMatchObject({
    effect: 'send',
    redact: ['secret', 'identifier'],
  });
});

test('a stricter label or policy, a smaller budget, more bytes, more findings or a missing yes never let more out', () => {
  fc.assert(
    fc.property(question, question, (one, two) => {
      const stricter: ReleaseQuestion = {
        ...one,
        label: narrowsLabel(one.label, two.label) ? two.label : one.label,
        bytes: Math.max(one.bytes, two.bytes),
        budgetLeft: Math.min(one.budgetLeft, two.budgetLeft),
        approved: one.approved && two.approved,
        scan: { inspected: one.scan.inspected && two.scan.inspected, rules: [...one.scan.rules, ...two.scan.rules] },
        policy: narrowPolicy(one.policy, two.policy),
      };
      const [before, after] = [decideRelease(one), decideRelease(stricter)];
      expect(reach(after)).toBeLessThanOrEqual(reach(before));
      if (leaves(one.destination)) expect(takenOut(after)).toEqual(expect.arrayContaining([...takenOut(before)]));
    }),
  );
});

test('the order of what was found changes nothing', () => {
  fc.assert(
    fc.property(question, fc.infiniteStream(fc.nat()), (asked, keys) => {
      const shuffled = asked.scan.rules
        .map((each) => ({ each, key: keys.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ each }) => each);
      expect(decideRelease({ ...asked, scan: { ...asked.scan, rules: shuffled } })).toEqual(decideRelease(asked));
    }),
  );
});

test('a policy narrowed by another is as strict as both, whichever comes first', () => {
  fc.assert(
    fc.property(policy, policy, (one, two) => {
      expect(narrowPolicy(one, two)).toEqual(narrowPolicy(two, one));
    }),
  );
});

test('every decision carries its reasons', () => {
  fc.assert(fc.property(question, (asked) => decideRelease(asked).reasons.length > 0));
});

test('a screen is shown half of a file a day at most, and one excerpt of any', () => {
  expect([0, 100, 1000, 10_000, 1e9].map(screenCharsPerDay)).toEqual([240, 240, 500, 5000, 24_000]);
});

test('a receipt of the time before content was scanned is still one', () => {
  const id = (prefix: string) => `${prefix}_${'1'.repeat(32)}`;
  const old = {
    id: id('x'),
    at: 1,
    run: id('r'),
    step: 'tags',
    destination: 'cloud',
    purpose: 'text.keywords',
    model: null,
    label: 'open',
    approvedBy: 'label',
    handles: [],
    bytes: 1,
    hash: '',
    previous: '',
  };
  expect(Receipt.parse(old)).toEqual(old);
});

const names = fc.constantFrom('shown' as const, 'hidden' as const);

test('names that are hidden, and names of what is labelled home, never leave', () => {
  fc.assert(
    fc.property(question, names, (asked, setting) => {
      if (!leaves(asked.destination) || (setting === 'shown' && asked.label !== 'home')) return;
      expect(decideRelease({ ...asked, names: setting })).toMatchObject({ effect: 'refuse', code: 'label_refused' });
    }),
  );
});

test('names that are shown leave without a question and without the budget for content, and never unscanned or against the policy', () => {
  fc.assert(
    fc.property(question, (asked) => {
      if (!leaves(asked.destination) || asked.label === 'home') return;
      const decision = decideRelease({ ...asked, names: 'shown' });
      const content = decideRelease({ ...asked, label: 'open', budgetLeft: asked.bytes });
      expect(decision.effect).toBe(content.effect);
      if (decision.effect === 'send' && content.effect === 'send') expect(decision.redact).toEqual(content.redact);
    }),
  );
});
