// A run from its first event to its last without any program: one writer that decides and appends, and one device that
// answers what it is assigned. The network between them is a list of reports; the test says which one arrives next, and
// whether it arrives twice. Time stands still unless the test, or a wait of the run, moves it.
import type { HandleMeta } from '../../../shared/handles.ts';
import type { GrantId, HandleId, RunId, StepId } from '../../../shared/ids.ts';
import { UNKNOWN_WORLD, type World } from '../../../shared/placement.ts';
import { acceptReport, decide } from '../../../shared/run/decide.ts';
import { type NewEvent, numberEvents, type Report, RunEvent } from '../../../shared/run/events.ts';
import { fold, hasEnded, type RunState, type StepState } from '../../../shared/run/fold.ts';
import type { PlannedStep, RunSpec } from '../../../shared/run/plan.ts';

export const START = 1_800_000_000_000;
export const RUN = `r_${'0'.repeat(32)}` as RunId;
export const GRANT = `g_${'0'.repeat(32)}` as GrantId;

export const WITH_CLOUD: World = { ...UNKNOWN_WORLD, cloud: { ...UNKNOWN_WORLD.cloud, connected: true, models: ['headgate-extractive'] } };

let handles = 0;
export function makeMeta(more: Partial<HandleMeta> = {}): HandleMeta {
  handles += 1;
  return { handle: `h_${handles.toString(16).padStart(32, '0')}` as HandleId, kind: 'text', size: 1024, label: 'open', ...more };
}

export function makeSpec(steps: PlannedStep[], more: Partial<RunSpec> = {}): RunSpec {
  return {
    id: RUN,
    device: null,
    recipe: 'test',
    where: 'auto',
    driver: 'cloud',
    createdAt: START,
    expiresAt: START + 24 * 3600_000,
    steps,
    inputs: {},
    grants: [{ id: GRANT, label: 'open' }],
    ...more,
  };
}

export function succeeded(outputs: HandleMeta[] = [makeMeta()], where: 'home' | 'cloud' = 'home'): Report {
  return { type: 'succeeded', outcome: { outputs, where, ms: 1 } };
}

export function failed(more: Partial<Extract<Report, { type: 'failed' }>> = {}): Report {
  return { type: 'failed', code: 'vanished', message: 'gone', retryable: false, nothingChanged: true, ...more };
}

/** What the device says, in order, when it is assigned a step. The last of them is an end. */
export type Device = (step: StepState) => Report[];

/** Each step succeeds; `list` finds `files` documents. */
export function goodDevice(files = 3): Device {
  return (step) => [
    succeeded(step.id === 'list' ? Array.from({ length: files }, () => makeMeta({ kind: 'file' })) : [makeMeta()], step.where ?? 'home'),
  ];
}

interface Mail {
  step: StepId;
  attempt: number;
  report: Report;
}

export class Simulation {
  readonly log: RunEvent[] = [];
  readonly mail: Mail[] = [];
  readonly delivered: Mail[] = [];
  readonly assigned: { step: StepId; attempt: number; where: 'home' | 'cloud' | null }[] = [];
  now = START;
  state: RunState;
  world: World;
  readonly #device: Device;

  constructor(spec: RunSpec, device: Device, world: World = UNKNOWN_WORLD) {
    this.#device = device;
    this.world = world;
    const [created] = numberEvents(spec.id, { seq: 0, epoch: 1 }, this.now, [{ type: 'run.created', spec }]);
    if (created === undefined) throw new Error('no first event');
    this.log.push(RunEvent.parse(created));
    this.state = fold(null, created);
    this.settle();
  }

  step(id: string): StepState {
    const step = this.state.steps.find((candidate) => candidate.id === id);
    if (step === undefined) throw new Error(`no step ${id}`);
    return step;
  }

  statuses(): Record<string, string> {
    return Object.fromEntries(this.state.steps.map((step) => [step.id, step.status]));
  }

  /** Appends what the writer decides until it decides nothing more. */
  settle(): void {
    for (let round = 0; ; round++) {
      if (round > 5_000) throw new Error('the run does not settle');
      const decision = decide(this.state, this.now, this.world);
      for (const id of decision.cancels) this.#cancel(id);
      if (decision.events.length === 0) return;
      this.append(decision.events);
    }
  }

  append(events: readonly NewEvent[], epoch = this.state.epoch): void {
    for (const event of numberEvents(this.state.spec.id, { seq: this.state.seq, epoch }, this.now, events)) {
      const parsed = RunEvent.parse(event);
      this.log.push(parsed);
      this.state = fold(this.state, parsed);
      if (parsed.type === 'step.dispatched') this.#assign(parsed.step, parsed.attempt);
    }
  }

  /** One report arrives; a repeat is one that has arrived before. */
  deliver(index = 0, repeat = false): void {
    const mail = repeat ? this.delivered[index] : this.mail.splice(index, 1)[0];
    if (mail === undefined) return;
    if (!repeat) this.delivered.push(mail);
    const event = acceptReport(this.state, mail.step, mail.report, mail.attempt);
    if (event !== null) this.append([event]);
    this.settle();
  }

  cancel(): void {
    if (this.state.status === 'running' && !this.state.cancelRequested) this.append([{ type: 'run.cancelRequested' }]);
    this.settle();
  }

  adopt(): void {
    if (this.state.status !== 'running') return;
    this.append([{ type: 'run.adopted', by: 'home', reasons: ['the cloud is away'] }], this.state.epoch + 1);
    this.settle();
  }

  advance(ms: number): void {
    this.now += ms;
    this.settle();
  }

  /** Delivers what is on its way, and sleeps until the next deadline where nothing is, until the run is over. */
  finish(): RunState {
    for (let round = 0; this.state.status === 'running'; round++) {
      if (round > 20_000) throw new Error(`the run does not end: ${JSON.stringify(this.statuses())}`);
      if (this.mail.length > 0) {
        this.deliver();
        continue;
      }
      const { wakeAt } = decide(this.state, this.now, this.world);
      if (wakeAt === null) throw new Error(`the run waits for nothing: ${JSON.stringify(this.statuses())}`);
      this.now = wakeAt;
      this.settle();
    }
    return this.state;
  }

  #assign(id: StepId, attempt: number): void {
    const step = this.step(id);
    this.assigned.push({ step: id, attempt, where: step.where });
    for (const report of this.#device(step)) this.mail.push({ step: id, attempt, report });
  }

  /** The device stops at once; what it had said before is still on its way. */
  #cancel(id: StepId): void {
    const last = this.mail.findLast((mail) => mail.step === id);
    if (last !== undefined && isEnd(last.report)) return;
    this.mail.push({ step: id, attempt: this.step(id).attempt, report: { type: 'cancelled' } });
  }
}

function isEnd(report: Report): boolean {
  return report.type !== 'started' && report.type !== 'progress' && report.type !== 'waiting';
}

export function openSteps(state: RunState): string[] {
  return state.steps.filter((step) => !hasEnded(step)).map((step) => step.id);
}
