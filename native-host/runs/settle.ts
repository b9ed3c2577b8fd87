// After a crash: what became of the steps that had begun and whose outcome was not written yet.
import type { OpName } from '../../shared/ops/catalogue.ts';
import { OPS } from '../../shared/ops/catalogue.ts';
import type { Report } from '../../shared/run/events.ts';
import { plannedStep } from '../../shared/run/plan.ts';
import type { Journal } from '../journal/journal.ts';
import type { DocumentReader } from '../ops/doc/reader.ts';
import type { Internet } from '../ops/net/internet.ts';
import type { Allowed } from '../gate/grant-reader.ts';
import type { OpContext, OpResult } from '../ops/op.ts';
import { isHostOp, settleOp } from '../ops/registry.ts';
import type { Store } from '../state/database.ts';
import { createHandleStore } from '../state/handles.ts';
import { type RunLog, scopeOf } from './log.ts';
import { contextFor } from './perform.ts';
import { type BegunTask, forgetTask, type Task } from './task-rows.ts';

export interface SettleServices {
  store: Store;
  log: RunLog;
  grants: Allowed;
  journal: Journal;
  internet: Internet;
  documents: DocumentReader;
  now(): number;
  logError(error: unknown, where: string): void;
}

const DEADLINE_MS = 30_000;
const UNKNOWN = 'the agent stopped while this was being done; whether it happened is not known';

/** How a begun task ended; `null` when it did not happen, and then it is forgotten, so that it may run again. */
export async function settleTask(services: SettleServices, { run, step, attempt, intent }: BegunTask): Promise<Report | null> {
  const { store, now } = services;
  const record = services.log.find(run);
  const planned = record === null ? undefined : plannedStep(record.state.spec, step);
  if (record === null || planned === undefined) return null;
  const task: Task = { run, step, attempt, where: 'home' };
  const handles = createHandleStore(store, scopeOf(record), now);
  const context = contextFor(services, record, task, handles, AbortSignal.timeout(DEADLINE_MS), () => {});
  const result = await settleBegun(planned.op, intent === null ? null : JSON.parse(intent), context).catch((error: unknown) => {
    services.logError(error, `settle ${planned.op}`);
    return null;
  });
  if (result === null) return { type: 'uncertain', reasons: [UNKNOWN] };
  if (result !== 'nothing')
    return { type: 'succeeded', outcome: { outputs: result.outputs, where: 'home', ms: 0, note: 'finished after a crash' } };
  forgetTask(store, task);
  return null;
}

/** `null`: the op announces no intent and changes nothing that is journaled, so nobody can tell. */
async function settleBegun(op: OpName, intent: unknown, context: OpContext): Promise<OpResult | 'nothing' | null> {
  if (!isHostOp(op)) return 'nothing';
  if (intent === null && !OPS[op].changes) return null;
  return settleOp(op, intent, context);
}
