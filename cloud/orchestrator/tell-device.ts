// What a run's device is told of it: new events, steps to do, steps to leave. A message that gets lost is sent again when the
// device says hello (`repeat`).
import type { DeviceId, RunId, StepId } from '../../shared/ids.ts';
import type { CLOUD_NOTIFICATIONS, CloudNotification } from '../../shared/protocol/agent.ts';
import type { RunEvent } from '../../shared/run/events.ts';
import type { RunState } from '../../shared/run/fold.ts';
import type * as z from 'zod';
import { listEvents, type StoredRun } from '../store/runs.ts';
import type { Database } from '../store/tables.ts';

const EVENTS_PER_MESSAGE = 500;

/** Sends to the device's socket, if there is one. */
export type NotifyDevice = <Name extends CloudNotification>(
  device: DeviceId,
  name: Name,
  params: z.infer<(typeof CLOUD_NOTIFICATIONS)[Name]>,
) => void;

export interface DeviceTeller {
  /** Events that were appended, the steps that they hand out, and those to be left. */
  news(stored: StoredRun, events: readonly RunEvent[], cancels: readonly StepId[]): void;
  cancels(stored: StoredRun, steps: readonly StepId[]): void;
  /** All that the device may have missed since `after`. */
  repeat(stored: StoredRun, after: number): Promise<void>;
}

export function createDeviceTeller({ db, notify }: { db: Database; notify: NotifyDevice }): DeviceTeller {
  const sendEvents = (device: DeviceId, run: RunId, events: readonly RunEvent[]): void => {
    for (let at = 0; at < events.length; at += EVENTS_PER_MESSAGE)
      notify(device, 'run.events', { run, events: events.slice(at, at + EVENTS_PER_MESSAGE) });
  };

  const assign = (stored: StoredRun, id: StepId): void => {
    const step = stored.state.steps.find((candidate) => candidate.id === id);
    if (step === undefined || step.where === null) return;
    if (step.status === 'dispatched' || step.status === 'started' || step.status === 'waiting')
      notify(stored.device, 'task.assign', { run: stored.state.spec.id, step: id, attempt: step.attempt, where: step.where });
  };

  const cancels = (stored: StoredRun, steps: readonly StepId[]): void => {
    for (const step of steps) notify(stored.device, 'task.cancel', { run: stored.state.spec.id, step });
  };

  const repeat = async (stored: StoredRun, after: number): Promise<void> => {
    const run = stored.state.spec.id;
    if (after < stored.state.seq) sendEvents(stored.device, run, await listEvents(db, run, after));
    if (stored.writer !== 'cloud' || stored.state.status !== 'running') return;
    for (const step of stored.state.steps) assign(stored, step.id);
    if (stored.state.cancelRequested) cancels(stored, inFlight(stored.state));
  };

  return {
    news(stored, events, left) {
      // Work first: what is told of the log can be read while it is done.
      for (const event of events) if (event.type === 'step.dispatched') assign(stored, event.step);
      sendEvents(stored.device, stored.state.spec.id, events);
      cancels(stored, left);
    },
    cancels,
    repeat,
  };
}

/** Steps that the device has in hand. */
export function inFlight(state: RunState): StepId[] {
  return state.steps
    .filter((step) => step.status === 'dispatched' || step.status === 'started' || step.status === 'waiting')
    .map((step) => step.id);
}
