import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ErrorCode } from '../../shared/errors.ts';
import { Label } from '../../shared/gate/labels.ts';
import { OP_NAMES, OPS, TEXT_OPS } from '../../shared/ops/catalogue.ts';
import { type Placement, type PlacementQuestion, place, UNKNOWN_WORLD, type World } from '../../shared/placement.ts';

const WITH_MODEL: World = { ...UNKNOWN_WORLD, cloud: { ...UNKNOWN_WORLD.cloud, connected: true, models: ['some-model'] } };
const QUESTION: PlacementQuestion = {
  op: 'text.summarize',
  runWhere: 'auto',
  stepWhere: undefined,
  prefer: undefined,
  barred: null,
  inputs: [{ label: 'open', size: 1000 }],
};
const ask = (more: Partial<PlacementQuestion>, world = WITH_MODEL): Placement => place({ ...QUESTION, ...more }, world);

const where = fc.constantFrom('home' as const, 'cloud' as const, 'auto' as const);
const questions = fc.record({
  op: fc.constantFrom(...OP_NAMES),
  runWhere: where,
  stepWhere: fc.option(where, { nil: undefined }),
  prefer: fc.constantFrom('home' as const, 'cloud' as const, undefined),
  barred: fc.constantFrom('cloud' as const, null),
  inputs: fc.array(fc.record({ label: fc.constantFrom(...Label.options), size: fc.nat(2 ** 30) }), { maxLength: 6 }),
});
const worlds = fc.record({
  cloud: fc.record({
    connected: fc.boolean(),
    models: fc.constantFrom([], ['some-model']),
    roundTripMs: fc.nat(5000),
    bytesPerMs: fc.integer({ min: 1, max: 100_000 }),
    queueMs: fc.nat(10_000),
    speed: fc.constant({}),
  }),
  device: fc.record({
    onBattery: fc.boolean(),
    load: fc.double({ min: 0, max: 50, noNaN: true }),
    queueMs: fc.nat(10_000),
    speed: fc.constant({}),
  }),
});

test('an op on files and programs never runs in the cloud', () => {
  fc.assert(
    fc.property(questions, worlds, (question, world) => {
      if (OPS[question.op].runs === 'home') expect(place(question, world).where).not.toBe('cloud');
    }),
  );
});

test('nothing that is labelled home is placed in the cloud', () => {
  fc.assert(
    fc.property(questions, worlds, (question, world) => {
      const labelled = { ...question, inputs: [...question.inputs, { label: 'home' as const, size: 1 }] };
      expect(place(labelled, world).where).not.toBe('cloud');
    }),
  );
});

test('home, said by the request or the step, is a hard limit', () => {
  fc.assert(
    fc.property(questions, worlds, (question, world) => {
      expect(place({ ...question, runWhere: 'home' }, world).where).not.toBe('cloud');
      expect(place({ ...question, stepWhere: 'home' }, world).where).not.toBe('cloud');
    }),
  );
});

test('a portable op that must run in the cloud does not run at home instead', () => {
  fc.assert(
    fc.property(questions, worlds, fc.constantFrom(...TEXT_OPS), (question, world, op) => {
      expect(place({ ...question, op, runWhere: 'cloud' }, world).where).not.toBe('home');
    }),
  );
});

test('a cloud that is away, has no model, or has let the step down gets nothing', () => {
  fc.assert(
    fc.property(questions, worlds, (question, world) => {
      expect(place(question, { ...world, cloud: { ...world.cloud, connected: false } }).where).not.toBe('cloud');
      expect(place(question, { ...world, cloud: { ...world.cloud, models: [] } }).where).not.toBe('cloud');
      expect(place({ ...question, barred: 'cloud' }, world).where).not.toBe('cloud');
    }),
  );
});

test('every placement says why, and the order of the inputs does not matter', () => {
  fc.assert(
    fc.property(questions, worlds, (question, world) => {
      const placement = place(question, world);
      expect(placement.reasons.length).toBeGreaterThan(0);
      expect(placement.reasons.every((reason) => reason.length > 0 && reason.length <= 300)).toBe(true);
      expect(place({ ...question, inputs: [...question.inputs].reverse() }, world)).toEqual(placement);
    }),
  );
});

test('the cheaper side wins, and the estimate is said', () => {
  const slow = { ...WITH_MODEL, device: { ...WITH_MODEL.device, queueMs: 60_000 } };
  expect(ask({}, slow)).toMatchObject({
    where: 'cloud',
    reasons: [expect.stringMatching(/^estimated 60000\.3 ms at home, /), 'label open: the text may leave'],
  });
  expect(ask({})).toMatchObject({ where: 'home', estimateMs: { home: 0.3 } });
});

test('a battery and a load make home dearer', () => {
  const tired = { ...WITH_MODEL, device: { ...WITH_MODEL.device, onBattery: true, load: 3 } };
  const fresh = ask({});
  const worn = ask({}, tired);
  expect(fresh.where !== null && worn.where !== null && (worn.estimateMs?.home ?? 0) > (fresh.estimateMs?.home ?? 0)).toBe(true);
});

test.each([
  [{ runWhere: 'home', stepWhere: 'cloud' }, 'the request says home and the step says cloud', 'unavailable'],
  [
    { runWhere: 'cloud', inputs: [{ label: 'home', size: 1 }] },
    'label home: this never leaves, and the request says cloud',
    'label_refused',
  ],
  [{ op: 'os.info', stepWhere: 'cloud' }, 'os.info can only run at home, and this step asks for the cloud', 'unavailable'],
  [{ runWhere: 'cloud', barred: 'cloud' }, 'the cloud let this step down, and the request says cloud', 'unavailable'],
] as [Partial<PlacementQuestion>, string, ErrorCode][])('%o has no place, and says so', (question, reason, code) => {
  expect(ask(question)).toEqual({ where: null, code, reasons: [reason] });
});

test('work that is bound to a cloud that is away has no place, under a code of its own', () => {
  expect(ask({ runWhere: 'cloud' }, UNKNOWN_WORLD)).toEqual({
    where: null,
    code: 'cloud_away',
    reasons: ['the cloud is away, and the request says cloud'],
  });
});

test('text that is labelled ask stays at home unless the plan finds the cloud worth the question', () => {
  const inputs = [{ label: 'ask' as const, size: 10 }];
  expect(ask({ inputs }).where).toBe('home');
  expect(ask({ inputs, prefer: 'cloud' })).toMatchObject({
    where: 'cloud',
    reasons: [expect.stringContaining('some-model'), 'label ask: it leaves only when you say yes'],
  });
});
