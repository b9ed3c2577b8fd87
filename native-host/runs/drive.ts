// Drives runs at home with the same engine as the cloud: for runs that concern only this device, for all runs while the
// cloud is away, and for those that it left behind (adopted with a higher epoch).
import type { RunId, StepId } from '../../shared/ids.ts';
import type { World } from '../../shared/placement.ts';
import { acceptReport, decide } from '../../shared/run/decide.ts';
import { type NewEvent, numberEvents, type Report, type RunEvent } from '../../shared/run/events.ts';
import type { RunLog, RunRecord } from './log.ts';
import type { Task } from './task-rows.ts';

export interface DriveServices {
  log: RunLog;
  now(): number;
  world(): World;
  assign(task: Task): void;
  cancel(run: RunId, step: StepId): void;
  /** Called after events of a home-driven run are on disk. */
  onEvents(record: RunRecord, events: readonly RunEvent[]): void;
}

export interface Driver {
  /** Takes the run as far as it goes now. */
  advance(record: RunRecord): void;
  accept(record: RunRecord, task: Task, report: Report): void;
  requestCancel(record: RunRecord): void;
  /** Becomes the writer of a run that the cloud drove. */
  adopt(record: RunRecord, reason: string): void;
  close(): void;
}

/** Rounds of decide for one change; far above any plan's depth, so that a mistake ends instead of spinning. */
const MAX_ROUNDS = 1000;

export function createDriver(services: DriveServices): Driver {
  const { log, now } = services;
  const timers = new Map<RunId, NodeJS.Timeout>();
  let closed = false;

  const append = (record: RunRecord, events: readonly NewEvent[], epoch = record.state.epoch): void => {
    const numbered = numberEvents(record.id, { seq: record.state.seq, epoch }, now(), events);
    log.append(record, numbered);
    services.onEvents(record, numbered);
    for (const event of numbered) {
      if (event.type !== 'step.dispatched') continue;
      const where = record.state.steps.find((step) => step.id === event.step)?.where ?? 'home';
      services.assign({ run: record.id, step: event.step, attempt: event.attempt, where });
    }
  };

  const advance = (record: RunRecord): void => {
    if (closed || record.writer !== 'home') return;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const decision = decide(record.state, now(), services.world());
      for (const step of decision.cancels) services.cancel(record.id, step);
      if (decision.events.length === 0) {
        wakeLater(record, decision.wakeAt);
        return;
      }
      append(record, decision.events);
    }
    throw new Error(`run ${record.id} does not settle`);
  };

  const wakeLater = (record: RunRecord, at: number | null): void => {
    clearTimeout(timers.get(record.id));
    timers.delete(record.id);
    if (at === null) return;
    const delay = Math.min(Math.max(0, at - now()) + 5, 3600_000);
    timers.set(record.id, setTimeout(() => advance(log.get(record.id)), delay).unref());
  };

  return {
    advance,
    accept(record, task, report) {
      const event = acceptReport(record.state, task.step, report, task.attempt);
      if (event === null) return;
      append(record, [event]);
      advance(record);
    },
    requestCancel(record) {
      if (record.state.status !== 'running' || record.state.cancelRequested) return;
      append(record, [{ type: 'run.cancelRequested' }]);
      advance(record);
    },
    adopt(record, reason) {
      record.writer = 'home';
      append(record, [{ type: 'run.adopted', by: 'home', reasons: [reason] }], record.state.epoch + 1);
      advance(record);
    },
    close() {
      closed = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
