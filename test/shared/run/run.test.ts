// The life of whole runs: the recipes' own plans, driven by the simulation.
import { expect, test } from 'vitest';
import { RECIPES } from '../../../shared/recipes/all.ts';
import { output, type Recipe, step } from '../../../shared/recipes/recipe.ts';
import { DELIVERY_DEADLINE_MS, foldAll, MAX_ATTEMPTS, type StepState } from '../../../shared/run/fold.ts';
import { MAX_FAN_OUT, type PlannedStep } from '../../../shared/run/plan.ts';
import type { Report } from '../../../shared/run/events.ts';
import { OPS } from '../../../shared/ops/catalogue.ts';
import { MAX_IN_FLIGHT } from '../../../shared/run/decide.ts';
import { type Device, failed, goodDevice, makeMeta, makeSpec, openSteps, Simulation, START, succeeded, WITH_CLOUD } from './simulation.ts';

const planOf = (name: string): PlannedStep[] => (RECIPES[name] as Recipe).plan({});
const DIGEST = planOf('folder.digest');

/** A good device but for the steps named. */
const but = (exceptions: Record<string, (step: StepState) => Report[]>, files = 3): Device => {
  const good = goodDevice(files);
  return (state) => (exceptions[state.id] ?? exceptions[state.id.split('.')[0] ?? ''] ?? good)(state);
};

test.each(Object.keys(RECIPES))('the plan of %s runs to its end on a good device', (name) => {
  const run = new Simulation(makeSpec(planOf(name)), goodDevice());
  const state = run.finish();
  expect(state.status).toBe('succeeded');
  expect(openSteps(state)).toEqual([]);
  expect(state.steps.every((each) => each.status === 'succeeded')).toBe(true);
});

test.each(Object.keys(RECIPES))('each step that the plan of %s names as a source is in the plan, and its result too', (name) => {
  const plan = planOf(name);
  const ids = plan.map((each) => each.id as string);
  const named = plan.flatMap((each) => [
    each.each,
    ...Object.values(each.args).map((value) => (typeof value === 'object' && 'output' in value ? value.output : undefined)),
  ]);
  expect(named.filter((id) => id !== undefined && !ids.includes(id))).toEqual([]);
  expect(ids).toContain(RECIPES[name]?.result);
});

test('a linear plan goes step by step, each after the one it needs', () => {
  const run = new Simulation(
    makeSpec([step('a', 'fs.list'), step('b', 'fs.stat', { target: output('a') }), step('c', 'fs.read', { target: output('b') })]),
    goodDevice(),
  );
  expect(run.assigned.map((task) => task.step)).toEqual(['a']);
  run.deliver();
  expect(run.assigned.map((task) => task.step)).toEqual(['a', 'b']);
  run.finish();
  expect(run.assigned.map((task) => task.step)).toEqual(['a', 'b', 'c']);
});

test.each([0, 1, 3, 40])('a digest of %i documents fans out as often and joins once', (files) => {
  const run = new Simulation(makeSpec(DIGEST), goodDevice(files));
  const state = run.finish();
  expect(state.status).toBe('succeeded');
  expect(state.steps.filter((each) => each.id.startsWith('text.'))).toHaveLength(files);
  expect(state.steps.filter((each) => each.id.startsWith('summary.'))).toHaveLength(files);
  expect(state.steps.filter((each) => each.id === 'digest')).toHaveLength(1);
});

test('a fan-out stops at its limit', () => {
  const plan = [step('list', 'fs.list'), step('text', 'doc.text', { target: output('list') }, { each: 'list' })];
  const run = new Simulation(makeSpec(plan), goodDevice(MAX_FAN_OUT + 7));
  const state = run.finish();
  expect(state.fanOut).toEqual({ list: MAX_FAN_OUT });
  expect(state.steps).toHaveLength(MAX_FAN_OUT + 1);
  expect(state.status).toBe('succeeded');
});

test('no more steps are in flight than a device is handed at once', () => {
  const run = new Simulation(makeSpec(DIGEST), goodDevice(20));
  run.deliver();
  expect(run.mail).toHaveLength(MAX_IN_FLIGHT);
});

test('a document that cannot be read is left out, and the join goes on with the others', () => {
  const run = new Simulation(makeSpec(DIGEST), but({ 'text.1': () => [failed({ code: 'no_text' })] }));
  const state = run.finish();
  expect(state.status).toBe('succeeded');
  expect(run.step('summary.1')).toMatchObject({ status: 'cancelled', message: 'what it needs did not succeed' });
  expect(run.step('digest').status).toBe('succeeded');
});

test('all documents failing still gives a digest of nothing', () => {
  const run = new Simulation(makeSpec(DIGEST), but({ text: () => [failed({ code: 'no_text' })] }));
  expect(run.finish().status).toBe('succeeded');
});

test('a step goes on without an optional one that failed', () => {
  const run = new Simulation(
    makeSpec(planOf('page.save')),
    but({ tags: () => [failed()], summary: () => [{ type: 'refused', code: 'label_refused', reasons: ['no'] }] }),
  );
  const state = run.finish();
  expect(run.statuses()).toEqual({ tags: 'failed', summary: 'refused', clip: 'succeeded', file: 'succeeded' });
  expect(state.status).toBe('succeeded');
});

test('a required step that fails stops the run and cancels the rest', () => {
  const run = new Simulation(makeSpec(planOf('page.save')), but({ clip: () => [failed({ code: 'no_permission' })] }));
  const state = run.finish();
  expect(state.status).toBe('failed');
  expect(run.step('file')).toMatchObject({ status: 'cancelled', message: 'an earlier step did not succeed' });
});

test('a required step that fails has those in flight cancelled on the device', () => {
  const plan = [step('a', 'fs.list'), step('b', 'fs.list')];
  const run = new Simulation(makeSpec(plan), (state) => (state.id === 'a' ? [failed()] : [{ type: 'started' }]));
  run.finish();
  expect(run.statuses()).toEqual({ a: 'failed', b: 'cancelled' });
});

test('a passing failure is tried again after a growing pause, and no oftener than allowed', () => {
  const run = new Simulation(makeSpec([step('a', 'fs.list')]), () => [failed({ code: 'file_busy', retryable: true })]);
  const begun: number[] = [run.now];
  while (run.state.status === 'running') {
    run.deliver();
    const before = run.assigned.length;
    if (run.state.status !== 'running') break;
    expect(run.step('a')).toMatchObject({ status: 'planned', code: 'file_busy' });
    run.advance(run.step('a').notBefore - run.now - 1);
    expect(run.assigned).toHaveLength(before);
    run.advance(1);
    begun.push(run.now);
  }
  expect(run.assigned.map((task) => task.attempt)).toEqual([1, 2, 3]);
  expect(run.assigned).toHaveLength(MAX_ATTEMPTS);
  expect(begun.map((at) => at - START)).toEqual([0, 500, 1500]);
  expect(run.state.status).toBe('failed');
});

test.each([
  ['not retryable', { retryable: false, nothingChanged: true }],
  ['having changed something', { retryable: true, nothingChanged: false }],
])('a failure that is %s is final', (_name, facts) => {
  const run = new Simulation(makeSpec([step('a', 'fs.create')]), () => [failed(facts)]);
  run.finish();
  expect(run.assigned).toHaveLength(1);
  expect(run.step('a').status).toBe('failed');
});

const ASK = { inputs: { text: makeMeta({ label: 'ask' }) } };
const SUMMARY = step('summary', 'text.summarize', { texts: { input: 'text' } }, { prefer: 'cloud' });

test.each<[string, Report]>([
  ['fails in the cloud', failed({ code: 'model_failed' })],
  ['is refused by the gate', { type: 'refused', code: 'approval_denied', reasons: ['You said no'] }],
])('a step that %s runs at home once, under a new attempt', (_name, report) => {
  const run = new Simulation(makeSpec([SUMMARY], ASK), (state) => (state.where === 'cloud' ? [report] : [succeeded()]), WITH_CLOUD);
  run.finish();
  expect(run.assigned).toEqual([
    { step: 'summary', attempt: 1, where: 'cloud' },
    { step: 'summary', attempt: 2, where: 'home' },
  ]);
  expect(run.step('summary')).toMatchObject({ status: 'succeeded', barred: 'cloud', where: 'home' });
  expect(run.step('summary').reasons.join()).toContain('so it runs at home');
});

test('a step that also fails at home has failed', () => {
  const run = new Simulation(makeSpec([SUMMARY], ASK), () => [failed({ code: 'model_failed' })], WITH_CLOUD);
  run.finish();
  expect(run.assigned.map((task) => task.where)).toEqual(['cloud', 'home']);
  expect(run.step('summary')).toMatchObject({ status: 'failed', code: 'model_failed' });
});

test('a step that was asked to run in the cloud does not run at home instead', () => {
  const run = new Simulation(makeSpec([SUMMARY], { ...ASK, where: 'cloud' }), () => [failed({ code: 'model_failed' })], WITH_CLOUD);
  run.finish();
  expect(run.assigned.map((task) => task.where)).toEqual(['cloud']);
  expect(run.step('summary').status).toBe('failed');
});

test('a long refusal is cut, so that the event which carries it stays valid', () => {
  const reasons = Array.from({ length: 12 }, () => 'x'.repeat(300));
  const run = new Simulation(
    makeSpec([SUMMARY], ASK),
    (state) => (state.where === 'cloud' ? [{ type: 'refused', code: 'approval_denied', reasons }] : [succeeded()]),
    WITH_CLOUD,
  );
  expect(run.finish().status).toBe('succeeded');
});

test('a step that nothing can run is refused with the reason', () => {
  const run = new Simulation(makeSpec([step('info', 'os.info', {}, { where: 'cloud' })]), goodDevice());
  const state = run.finish();
  expect(run.step('info')).toMatchObject({
    status: 'refused',
    code: 'unavailable',
    message: 'os.info can only run at home, and this step asks for the cloud',
  });
  expect(state.status).toBe('failed');
});

const SLOW: Record<string, Report[]> = {
  dispatched: [],
  started: [{ type: 'started' }],
  progress: [{ type: 'started' }, { type: 'progress', done: 1, total: 9 }],
  waiting: [{ type: 'waiting', until: START + 600_000 }],
};

test.each(Object.entries(SLOW))('a cancel reaches a step that is %s, and the run ends as cancelled', (_name, reports) => {
  const run = new Simulation(makeSpec(planOf('page.save')), () => reports);
  while (run.mail.length > 0) run.deliver();
  run.cancel();
  expect(run.finish().status).toBe('cancelled');
  expect(run.statuses()).toEqual({ tags: 'cancelled', summary: 'cancelled', clip: 'cancelled', file: 'cancelled' });
});

test('a cancel while a step waits to be tried again ends it', () => {
  const run = new Simulation(makeSpec([step('a', 'fs.list')]), () => [failed({ retryable: true })]);
  run.deliver();
  run.cancel();
  expect(run.state.status).toBe('cancelled');
  expect(run.assigned).toHaveLength(1);
});

test('a cancel that comes when all required work is done changes nothing', () => {
  const plan = [step('a', 'fs.list'), step('b', 'fs.stat', {}, { optional: true })];
  const run = new Simulation(makeSpec(plan), (state) => (state.id === 'a' ? [succeeded()] : [{ type: 'started' }]));
  run.deliver();
  run.cancel();
  expect(run.finish().status).toBe('succeeded');
});

test.each([
  ['device', [], DELIVERY_DEADLINE_MS],
  ['work', [{ type: 'started' }], OPS['fs.list'].timeoutMs],
  ['approval', [{ type: 'waiting', until: START + 600_000 }], 600_000],
] as [string, Report[], number][])('a wait for %s has a deadline and expires as its own outcome', (waitedFor, reports, ms) => {
  const run = new Simulation(makeSpec([step('a', 'fs.list')]), () => reports);
  while (run.mail.length > 0) run.deliver();
  run.advance(ms - 1);
  expect(run.state.status).toBe('running');
  run.advance(1);
  expect(run.step('a')).toMatchObject({ status: 'expired', message: `waited too long for ${waitedFor}` });
  expect(run.finish().status).toBe('failed');
});

test('an adopted run places and dispatches anew what was in flight, under the same attempt and a higher epoch', () => {
  const run = new Simulation(makeSpec(DIGEST), but({ 'text.0': () => [{ type: 'started' }] }));
  run.deliver();
  run.deliver();
  expect(run.step('text.0').status).toBe('started');
  run.adopt();
  expect(run.state.epoch).toBe(2);
  expect(run.assigned.filter((task) => task.step === 'text.0').map((task) => task.attempt)).toEqual([1, 1]);
  expect(run.step('list').status).toBe('succeeded');
});

test('a step that was sent home keeps its new attempt through an adoption', () => {
  const run = new Simulation(makeSpec([SUMMARY], ASK), (state) => (state.where === 'cloud' ? [failed()] : []), WITH_CLOUD);
  run.deliver();
  run.adopt();
  expect(run.assigned.at(-1)).toEqual({ step: 'summary', attempt: 2, where: 'home' });
});

test('a report from before the adoption still counts when it says that the step succeeded', () => {
  const run = new Simulation(makeSpec([step('a', 'fs.create')]), goodDevice());
  run.adopt();
  run.deliver();
  expect(run.finish().status).toBe('succeeded');
});

test('repeated and late reports change nothing', () => {
  const run = new Simulation(makeSpec(DIGEST), goodDevice());
  run.finish();
  const { seq } = run.state;
  for (let index = 0; index < run.delivered.length; index++) run.deliver(index, true);
  expect(run.state.seq).toBe(seq);
});

test('a repeated failure of an earlier attempt does not end a later one', () => {
  let attempt = 0;
  const run = new Simulation(makeSpec([step('a', 'fs.list')]), () => (++attempt === 1 ? [failed({ retryable: true })] : []));
  run.deliver();
  run.advance(10_000);
  expect(run.step('a')).toMatchObject({ status: 'dispatched', attempt: 2 });
  run.deliver(0, true);
  expect(run.step('a')).toMatchObject({ status: 'dispatched', attempt: 2 });
});

test('a report about a step that is not in the run changes nothing', () => {
  const run = new Simulation(makeSpec([step('a', 'fs.list')]), () => []);
  run.mail.push({ step: 'b.7' as never, attempt: 1, report: succeeded() });
  const { seq } = run.state;
  run.deliver();
  expect(run.state.seq).toBe(seq);
});

test('the state equals the log folded from zero', () => {
  const run = new Simulation(
    makeSpec(DIGEST),
    but({ 'text.1': () => [failed()], themes: () => [failed({ retryable: true })] }),
    WITH_CLOUD,
  );
  run.adopt();
  const state = run.finish();
  expect(foldAll(run.log)).toEqual(state);
});
