// The events of a run's log. Each is immutable, carries no content, and is written by the one who drives the run (the
// writer of its epoch). What happened on the device is told by a report and becomes an event when the writer accepts it.
import * as z from 'zod';
import { ERROR_CODES } from '../errors.ts';
import { HandleMeta } from '../handles.ts';
import { ReceiptId, RunId, StepId } from '../ids.ts';
import { RunSpec } from './plan.ts';

const Reasons = z.array(z.string().max(300)).max(12);
const Code = z.enum(ERROR_CODES);

/** Facts about how a step ended well. No content. */
export const Outcome = z.object({
  outputs: z.array(HandleMeta).max(1000),
  /** Where it really ran in the end. */
  where: z.enum(['home', 'cloud']),
  /** Which engine or model answered, for text ops. */
  engine: z.string().max(120).optional(),
  /** Something the person should know, in our own words: "model down, our own engine answered". */
  note: z.string().max(300).optional(),
  receipt: ReceiptId.optional(),
  bytesOut: z.int().min(0).optional(),
  ms: z.number().min(0),
});
export type Outcome = z.infer<typeof Outcome>;

export const Report = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started') }),
  z.object({ type: z.literal('progress'), done: z.int().min(0), total: z.int().min(0) }),
  z.object({ type: z.literal('waiting'), until: z.int() }),
  z.object({ type: z.literal('succeeded'), outcome: Outcome }),
  z.object({ type: z.literal('failed'), code: Code, message: z.string().max(300), retryable: z.boolean(), nothingChanged: z.boolean() }),
  z.object({ type: z.literal('refused'), code: Code, reasons: Reasons }),
  z.object({ type: z.literal('cancelled') }),
  z.object({ type: z.literal('uncertain'), reasons: Reasons }),
]);
/** What a device says of a task. */
export type Report = z.infer<typeof Report>;

const Head = { run: RunId, seq: z.int().min(1), epoch: z.int().min(1), at: z.int() };

export const RunEvent = z.discriminatedUnion('type', [
  z.object({ ...Head, type: z.literal('run.created'), spec: RunSpec }),
  z.object({ ...Head, type: z.literal('run.adopted'), by: z.enum(['home', 'cloud']), reasons: Reasons }),
  z.object({ ...Head, type: z.literal('run.cancelRequested') }),
  z.object({ ...Head, type: z.literal('run.finished'), status: z.enum(['succeeded', 'failed', 'cancelled']) }),
  z.object({ ...Head, type: z.literal('step.placed'), step: StepId, where: z.enum(['home', 'cloud']), reasons: Reasons }),
  z.object({ ...Head, type: z.literal('step.dispatched'), step: StepId, attempt: z.int().min(1) }),
  z.object({ ...Head, type: z.literal('step.started'), step: StepId }),
  z.object({ ...Head, type: z.literal('step.progress'), step: StepId, done: z.int(), total: z.int() }),
  z.object({ ...Head, type: z.literal('step.waiting'), step: StepId, until: z.int() }),
  z.object({ ...Head, type: z.literal('step.succeeded'), step: StepId, outcome: Outcome }),
  z.object({
    ...Head,
    type: z.literal('step.failed'),
    step: StepId,
    code: Code,
    message: z.string().max(300),
    retryable: z.boolean(),
    nothingChanged: z.boolean(),
  }),
  z.object({ ...Head, type: z.literal('step.refused'), step: StepId, code: Code, reasons: Reasons }),
  z.object({ ...Head, type: z.literal('step.cancelled'), step: StepId, reasons: Reasons }),
  z.object({ ...Head, type: z.literal('step.expired'), step: StepId, waitedFor: z.enum(['device', 'work', 'approval']) }),
  z.object({ ...Head, type: z.literal('step.uncertain'), step: StepId, reasons: Reasons }),
]);
export type RunEvent = z.infer<typeof RunEvent>;

type Without<Event> = Event extends RunEvent ? Omit<Event, 'run' | 'seq' | 'epoch' | 'at'> : never;
/** An event before the writer has numbered it. */
export type NewEvent = Without<RunEvent>;

/** Numbers new events so that they follow `after`. */
export function numberEvents(run: RunId, after: { seq: number; epoch: number }, at: number, events: readonly NewEvent[]): RunEvent[] {
  return events.map((event, index) => ({ ...event, run, seq: after.seq + 1 + index, epoch: after.epoch, at }) as RunEvent);
}
