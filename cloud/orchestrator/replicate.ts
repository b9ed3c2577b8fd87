// What becomes of a log that a device replicates: extend ours, take the place of our end of it, or be refused. Pure. The
// epoch decides: the device that adopted a run writes with a higher one, and what we wrote after the fork is not part of
// the log any more.
import { HeadgateError } from '../../shared/errors.ts';
import type { RunEvent } from '../../shared/run/events.ts';
import { fold, type RunState } from '../../shared/run/fold.ts';
import { MAX_INSTANCES } from './check-plan.ts';

export type Replication =
  | { kind: 'known' }
  | { kind: 'create'; events: readonly RunEvent[] }
  | { kind: 'extend'; events: readonly RunEvent[] }
  /** `events` stand in the place of everything from the first of them on. */
  | { kind: 'replace'; events: readonly RunEvent[] };

/** What we hold of the run; `null` when it is new to us. */
export interface Held {
  seq: number;
  epoch: number;
  writer: 'cloud' | 'home';
}

/** Throws `conflict` with where our log stands, and `invalid_params` for what is no log. */
export function decideReplication(held: Held | null, events: readonly RunEvent[]): Replication {
  checkRow(events);
  const first = events[0];
  const last = events.at(-1);
  if (first === undefined || last === undefined) throw new TypeError('a replication has at least one event');
  if (held === null) {
    if (first.seq !== 1 || first.type !== 'run.created') throw conflict({ seq: 0, epoch: 0 }, 'the log must start with its first event');
    return { kind: 'create', events };
  }
  if (last.epoch < held.epoch) throw conflict(held, 'the log has a newer writer');
  if (first.seq > held.seq + 1) throw conflict(held, 'events are missing in between');
  if (last.epoch > held.epoch) return { kind: 'replace', events };
  if (held.writer !== 'home') throw conflict(held, 'the cloud writes this log');
  const fresh = events.filter((event) => event.seq > held.seq);
  return fresh.length === 0 ? { kind: 'known' } : { kind: 'extend', events: fresh };
}

/** Who writes after these events; `before` is who wrote until then. */
export function writerAfter(before: 'cloud' | 'home', events: readonly RunEvent[]): 'cloud' | 'home' {
  let writer = before;
  for (const event of events) {
    if (event.type === 'run.created') writer = event.spec.driver;
    if (event.type === 'run.adopted') writer = event.by;
  }
  return writer;
}

/** Folds a device's events on; what does not fold is the device's fault. Throws `invalid_params`. */
export function foldReplicated(base: RunState | null, events: readonly RunEvent[]): RunState {
  try {
    let state = base;
    for (const event of events) {
      state = fold(state, event);
      if (state.steps.length > MAX_INSTANCES) throw new TypeError('too many steps');
    }
    if (state === null) throw new TypeError('no events');
    return state;
  } catch (cause) {
    throw new HeadgateError('invalid_params', 'The replicated events are not a log.', { cause });
  }
}

function checkRow(events: readonly RunEvent[]): void {
  events.forEach((event, index) => {
    const before = events[index - 1];
    const fits = before === undefined || (event.run === before.run && event.seq === before.seq + 1 && event.epoch >= before.epoch);
    if (!fits || (event.type === 'run.created') !== (event.seq === 1))
      throw new HeadgateError('invalid_params', 'The replicated events are not a log.');
  });
}

function conflict(held: { seq: number; epoch: number }, why: string): HeadgateError {
  return new HeadgateError('conflict', `The cloud's log is at seq ${held.seq}, epoch ${held.epoch}: ${why}.`);
}
