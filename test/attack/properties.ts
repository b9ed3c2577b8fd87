// The gate's decisions under values that nobody would give: numbers that are none, labels in any number and order, policies
// laid over each other. What holds one by one in test/shared/gate is asked here across parts, with the attack's seed and, in
// full, a hundred thousand times each.
import fc from 'fast-check';
import { countRules, type Finding, FindingKind, mergeFindings } from '../../shared/gate/findings.ts';
import { Label, narrowsLabel, strictest } from '../../shared/gate/labels.ts';
import { redact } from '../../shared/gate/redact.ts';
import { decideRelease, Destination, Handling, narrowPolicy, type Policy, type ReleaseDecision } from '../../shared/gate/release.ts';
import { decideTask, type Warrant } from '../../shared/gate/warrants.ts';
import type { GrantId } from '../../shared/ids.ts';
import { TEXT_OPS } from '../../shared/ops/catalogue.ts';
import { place } from '../../shared/placement.ts';
import { Where } from '../../shared/run/plan.ts';
import type { Member } from './member.ts';

const label = fc.constantFrom(...Label.options);
const labels = fc.array(label, { maxLength: 6 });
/** Sizes, budgets and times as a damaged store or a hostile peer would have them. */
const number = fc.oneof(fc.integer({ min: -10, max: 1_000_000 }), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 2 ** 53, 0.5));
const handlings = fc.record({
  secret: fc.constantFrom(...Handling.options),
  identifier: fc.constantFrom(...Handling.options),
  contact: fc.constantFrom(...Handling.options),
  opaque: fc.constantFrom(...Handling.options),
});
const policy: fc.Arbitrary<Policy> = fc.record({ cloud: handlings, client: handlings });
const finding: fc.Arbitrary<Finding> = fc.record({
  text: fc.nat(2),
  start: fc.nat(30),
  end: fc.nat(40),
  rule: fc.constantFrom('a', 'b', 'c'),
  kind: fc.constantFrom(...FindingKind.options),
});
const rules = fc.array(finding, { maxLength: 5 }).map((found) => countRules(found));
const question = fc.record({
  label,
  destination: fc.constantFrom(...Destination.options),
  bytes: number,
  budgetLeft: number,
  approved: fc.boolean(),
  scan: fc.record({ inspected: fc.boolean(), rules }),
  names: fc.constantFrom(undefined, 'shown' as const, 'hidden' as const),
  policy,
});
const grant = fc.constantFrom(...Array.from({ length: 5 }, (_, at) => `g_${String(at).repeat(32)}` as GrantId));
const warrant = fc.record({
  ops: fc.array(fc.constantFrom('fs.read', 'fs.move', 'text.summarize'), { maxLength: 3 }),
  grants: fc.array(grant, { maxLength: 3 }),
  expiresAt: number,
});
const shuffled = <Thing>(things: readonly Thing[]) => fc.shuffledSubarray([...things], { minLength: things.length });
const leaves = (destination: Destination) => destination === 'cloud' || destination === 'client';
const REACH: Record<ReleaseDecision['effect'], number> = { refuse: 0, ask: 1, send: 2 };
const taken = (decision: ReleaseDecision) => new Set(decision.effect === 'refuse' ? FindingKind.options : decision.redact);

type Property = fc.IRawProperty<unknown>;
const property = <Values extends [unknown, ...unknown[]]>(
  ...args: [...{ [At in keyof Values]: fc.Arbitrary<Values[At]> }, (...values: Values) => boolean]
) => fc.property(...(args as unknown as Parameters<typeof fc.property>)) as unknown as Property;

const PROPERTIES: Readonly<Record<string, Property>> = {
  'one label home among any, in any order, and nothing leaves': property(fc.tuple(labels, labels), question, ([before, after], asked) => {
    const decision = decideRelease({ ...asked, label: strictest([...before, 'home', ...after]) });
    return !leaves(asked.destination) || decision.effect === 'refuse';
  }),
  'no number lets more content leave than the budget says': property(question, (asked) => {
    const decision = decideRelease(asked);
    return !leaves(asked.destination) || asked.names === 'shown' || decision.effect === 'refuse' || asked.bytes <= asked.budgetLeft;
  }),
  'hidden names do not leave': property(
    question,
    (asked) => !leaves(asked.destination) || decideRelease({ ...asked, names: 'hidden' }).effect === 'refuse',
  ),
  'what was not looked through does not leave': property(
    question,
    (asked) => !leaves(asked.destination) || decideRelease({ ...asked, scan: { ...asked.scan, inspected: false } }).effect === 'refuse',
  ),
  'without a yes, what is labelled ask is at most asked for': property(
    question,
    (asked) =>
      !leaves(asked.destination) || asked.names === 'shown' || decideRelease({ ...asked, label: 'ask', approved: false }).effect !== 'send',
  ),
  'policies laid over each other only narrow, in any order': property(
    question,
    fc.array(policy, { maxLength: 5 }).chain((all) => fc.tuple(fc.constant(all), shuffled(all))),
    (asked, [all, other]) => {
      const narrowed = all.reduce(narrowPolicy, asked.policy);
      const [before, after] = [decideRelease(asked), decideRelease({ ...asked, policy: narrowed })];
      const kept = [...taken(before)].every((kind) => taken(after).has(kind));
      return (
        REACH[after.effect] <= REACH[before.effect] &&
        kept &&
        JSON.stringify(other.reduce(narrowPolicy, asked.policy)) === JSON.stringify(narrowed)
      );
    },
  ),
  'labels: the order, repetition and grouping mean nothing, and more labels never loosen': property(labels, labels, (one, two) => {
    const all = strictest([...one, ...two]);
    return (
      all === strictest([...two, ...one, ...one]) &&
      all === strictest([strictest(one), strictest(two)]) &&
      narrowsLabel(strictest(one), all)
    );
  }),
  'a warrant covers what it names while it lives, and no number makes it live for ever': property(
    warrant,
    fc.constantFrom('fs.read', 'fs.trash', 'os.open', '__proto__'),
    fc.array(grant, { maxLength: 3 }),
    number,
    (given, op, grants, now) => {
      const allowed = decideTask(given as unknown as Warrant, { op, grants }, now).effect === 'allow';
      const covered = given.ops.includes(op as never) && grants.every((each) => given.grants.includes(each)) && now < given.expiresAt;
      return allowed === covered;
    },
  ),
  'findings: the order means nothing, neither for what is taken out nor for how it is counted': property(
    fc.array(finding, { maxLength: 8 }).chain((all) => fc.tuple(fc.constant(all), shuffled(all))),
    ([all, other]) => {
      const texts = ['0123456789'.repeat(4), 'abcdefghij'.repeat(4), 'ABCDEFGHIJ'.repeat(4)];
      return (
        JSON.stringify(mergeFindings(all)) === JSON.stringify(mergeFindings(other)) &&
        JSON.stringify(countRules(all)) === JSON.stringify(countRules(other)) &&
        JSON.stringify(redact(texts, all)) === JSON.stringify(redact(texts, other))
      );
    },
  ),
  'findings: every kind that was found is counted, so that the policy can speak of it': property(
    fc.array(finding, { maxLength: 8 }),
    (all) => {
      const counted = countRules(all);
      return (
        all.every(({ kind }) => counted.some((count) => count.kind === kind)) &&
        counted.reduce((sum, { count }) => sum + count, 0) === all.length
      );
    },
  ),
  'placement: a text labelled home, and a request that says home, stay at home': property(
    fc.constantFrom(...TEXT_OPS),
    fc.array(fc.record({ label, size: number }), { minLength: 1, maxLength: 4 }),
    fc.constantFrom(...Where.options),
    fc.constantFrom(undefined, ...Where.options),
    fc.constantFrom(undefined, 'home' as const, 'cloud' as const),
    number,
    (op, inputs, runWhere, stepWhere, prefer, speed) => {
      const world = {
        cloud: { connected: true, models: ['m'], roundTripMs: speed, bytesPerMs: speed, queueMs: speed, speed: {} },
        device: { onBattery: true, load: speed, queueMs: speed, speed: {} },
      };
      const { where } = place({ op, runWhere, stepWhere, prefer, barred: null, inputs }, world);
      const mustStay = inputs.some((input) => input.label === 'home') || runWhere === 'home' || stepWhere === 'home';
      return !mustStay || where !== 'cloud';
    },
  ),
};

export const member: Member = {
  name: 'properties',
  says: 'nothing widens, home never releases, order means nothing and policy only narrows, whatever the values',
  async run({ seed, full }) {
    const failures: string[] = [];
    const numRuns = full ? 100_000 : 500;
    for (const [name, checked] of Object.entries(PROPERTIES)) {
      const found = await fc.check(checked, { seed, numRuns });
      if (found.failed) failures.push(`${name}: not for ${fc.stringify(found.counterexample).slice(0, 600)}`);
    }
    return { figures: { properties: Object.keys(PROPERTIES).length, 'values tried': Object.keys(PROPERTIES).length * numRuns }, failures };
  },
};
