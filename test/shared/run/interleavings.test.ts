// Whatever arrives in whatever order: properties of the engine over any interleaving.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RECIPES } from '../../../shared/recipes/all.ts';
import type { Recipe } from '../../../shared/recipes/recipe.ts';
import { decide } from '../../../shared/run/decide.ts';
import { numberEvents, type NewEvent, type Report } from '../../../shared/run/events.ts';
import { foldAll, hasEnded, MAX_ATTEMPTS, type StepState } from '../../../shared/run/fold.ts';
import { type Device, failed, goodDevice, makeSpec, openSteps, RUN, Simulation, succeeded, WITH_CLOUD } from './simulation.ts';
import { RunView, viewOf } from '../../../shared/run/view.ts';
import { UNKNOWN_WORLD } from '../../../shared/placement.ts';

type Action =
  | { do: 'deliver' | 'repeat'; index: number }
  | { do: 'advance'; ms: number }
  | { do: 'cancel' | 'adopt' | 'cloudGoes' | 'cloudComes' };

const actions = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ do: fc.constantFrom('deliver' as const, 'repeat' as const), index: fc.nat(30) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('advance' as const),
        ms: fc.constantFrom(1, 600, 20_000, 61_000, 601_000, 8 * 24 * 3600_000),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'adopt' as const, 'cloudGoes' as const, 'cloudComes' as const) }),
    },
  ),
  { maxLength: 60 },
);

const moods = fc.array(fc.constantFrom('good', 'good', 'good', 'slow', 'busy', 'broken', 'refuses', 'uncertain', 'asks', 'silent'), {
  minLength: 1,
  maxLength: 12,
});

/** Each assignment takes the next mood of the list, round and round. */
function moodyDevice(list: readonly string[], files: number): Device {
  let turn = 0;
  const good = goodDevice(files);
  return (step: StepState): Report[] => {
    switch (list[turn++ % list.length]) {
      case 'slow':
        return [{ type: 'started' }, { type: 'progress', done: 1, total: 2 }, ...good(step)];
      case 'busy':
        return [failed({ code: 'file_busy', retryable: true })];
      case 'broken':
        return [{ type: 'started' }, failed({ nothingChanged: false })];
      case 'refuses':
        return [{ type: 'refused', code: 'warrant_refused', reasons: ['the warrant does not name this grant'] }];
      case 'uncertain':
        return [{ type: 'uncertain', reasons: ['a crash'] }];
      case 'asks':
        return [{ type: 'waiting', until: 1_800_000_600_000 }, { type: 'started' }, succeeded()];
      case 'silent':
        return [];
      default:
        return good(step);
    }
  };
}

const scenario = fc.record({
  recipe: fc.constantFrom(...Object.keys(RECIPES)),
  where: fc.constantFrom('home' as const, 'cloud' as const, 'auto' as const),
  files: fc.constantFrom(0, 1, 2, 7),
  connected: fc.boolean(),
  moods,
  actions,
});
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

/** Plays it; `onStep` sees the simulation after each action. */
function play(
  { recipe, where, files, connected, moods, actions }: Scenario,
  onStep: (run: Simulation) => void = () => undefined,
): Simulation {
  const run = new Simulation(
    makeSpec((RECIPES[recipe] as Recipe).plan({}), { where }),
    moodyDevice(moods, files),
    connected ? WITH_CLOUD : UNKNOWN_WORLD,
  );
  for (const action of actions) {
    act(run, action);
    onStep(run);
  }
  run.finish();
  onStep(run);
  return run;
}

function act(run: Simulation, action: Action): void {
  switch (action.do) {
    case 'deliver':
      run.deliver(run.mail.length === 0 ? 0 : action.index % run.mail.length);
      break;
    case 'repeat':
      run.deliver(run.delivered.length === 0 ? 0 : action.index % run.delivered.length, true);
      break;
    case 'advance':
      run.advance(action.ms);
      break;
    case 'cancel':
      run.cancel();
      break;
    case 'adopt':
      run.adopt();
      break;
    default:
      run.world = action.do === 'cloudComes' ? WITH_CLOUD : UNKNOWN_WORLD;
      run.settle();
      break;
  }
}

test('any interleaving of reports, repeats, waits, cancels and adoptions ends, with no step left open', () => {
  fc.assert(
    fc.property(scenario, (given) => {
      const run = play(given);
      expect(run.state.status).not.toBe('running');
      expect(openSteps(run.state)).toEqual([]);
      expect(run.state.endedAt).not.toBeNull();
      expect(run.log.at(-1)?.type).toBe('run.finished');
    }),
    { numRuns: 400 },
  );
});

test('a step that has ended never changes', () => {
  fc.assert(
    fc.property(scenario, (given) => {
      const ended = new Map<string, string>();
      play(given, (run) => {
        for (const step of run.state.steps) {
          const now = JSON.stringify(step);
          if (ended.has(step.id)) expect(now).toBe(ended.get(step.id));
          else if (hasEnded(step)) ended.set(step.id, now);
        }
      });
    }),
    { numRuns: 150 },
  );
});

test('the log is contiguous, its epochs never fall, and folding it gives the state', () => {
  fc.assert(
    fc.property(scenario, (given) => {
      const run = play(given);
      expect(run.log.map((event) => event.seq)).toEqual(run.log.map((_, index) => index + 1));
      expect(run.log.every((event, index) => index === 0 || event.epoch >= (run.log[index - 1]?.epoch ?? 0))).toBe(true);
      expect(foldAll(run.log)).toEqual(run.state);
    }),
    { numRuns: 150 },
  );
});

test('no attempt is made more often than allowed, not counting one fresh start at home', () => {
  fc.assert(
    fc.property(scenario, (given) => {
      const run = play(given);
      for (const step of run.state.steps) expect(step.attempt).toBeLessThanOrEqual(MAX_ATTEMPTS + 1);
    }),
    { numRuns: 150 },
  );
});

test('a run succeeded exactly when every required step did', () => {
  fc.assert(
    fc.property(scenario, (given) => {
      const { state } = play(given);
      const required = state.steps.filter((step) => !step.optional);
      expect(state.status === 'succeeded').toBe(required.every((step) => step.status === 'succeeded'));
    }),
    { numRuns: 150 },
  );
});

test('deciding is deterministic and changes nothing it was given', () => {
  fc.assert(
    fc.property(scenario, (given) => {
      play(given, (run) => {
        const before = structuredClone(run.state);
        const first = decide(run.state, run.now, run.world);
        expect(decide(structuredClone(run.state), run.now, run.world)).toEqual(first);
        expect(run.state).toEqual(before);
      });
    }),
    { numRuns: 60 },
  );
});

test('the picture of a run fits its schema at every moment', () => {
  fc.assert(
    fc.property(scenario, (given) => {
      play(given, (run) => {
        const view = RunView.parse(viewOf(run.state));
        expect(view.done).toBeLessThanOrEqual(view.total);
      });
    }),
    { numRuns: 60 },
  );
});

test('events are numbered without a gap after what is there', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 50 }), fc.nat(40), (seq, epoch, count) => {
      const events = Array.from({ length: count }, (): NewEvent => ({ type: 'run.cancelRequested' }));
      const numbered = numberEvents(RUN, { seq, epoch }, 7, events);
      expect(numbered.map((event) => event.seq)).toEqual(events.map((_, index) => seq + 1 + index));
      expect(numbered.every((event) => event.epoch === epoch && event.at === 7 && event.run === RUN)).toBe(true);
    }),
  );
});
