// What the cloud may know of a report or an event: codes, numbers, words of ours that are the same for everyone, and handles
// with released names. Messages and reasons can name files and stay at home, where the person reads them. Only what went
// through here fits the link (socket.ts).
import type { ErrorCode } from '../../shared/errors.ts';
import type { HandleMeta } from '../../shared/handles.ts';
import type { Report, RunEvent } from '../../shared/run/events.ts';
import type { ToldMeta } from '../gate/names.ts';

declare const told: unique symbol;
/** A report or an event without words, its handles told by the gate. Only this file makes one. */
export type Told<Message> = Message & { readonly [told]: true };

export type Tell = (meta: HandleMeta) => ToldMeta;

/** Why a step was refused, in words that say nothing of what it was about. */
const REFUSED: Partial<Record<ErrorCode, string>> = {
  label_refused: 'the label of what it works on lets nothing leave',
  warrant_refused: 'the run’s warrant does not cover it',
  budget_spent: 'it is more than may be used or released',
  approval_denied: 'the person said no',
  approval_expired: 'the question to the person expired',
  approval_changed: 'what the person said yes to has changed since',
  approval_withdrawn: 'the person changed what is allowed while they were asked',
  not_inspected: 'it could not be looked through for secrets',
};

export function wordlessReport(report: Report, tell: Tell): Told<Report> {
  return wordless(report, tell) as Told<Report>;
}

export function wordlessEvent(event: RunEvent, tell: Tell): Told<RunEvent> {
  if (event.type === 'step.succeeded') return { ...event, outcome: toldOutcome(event.outcome, tell) } as Told<RunEvent>;
  if (event.type === 'step.failed') return { ...event, message: '' } as Told<RunEvent>;
  if (event.type === 'step.refused') return { ...event, reasons: [refusedWords(event.code)] } as Told<RunEvent>;
  return event as Told<RunEvent>;
}

function wordless(report: Report, tell: Tell): Report {
  switch (report.type) {
    case 'succeeded':
      return { ...report, outcome: toldOutcome(report.outcome, tell) };
    case 'failed':
      return { ...report, message: '' };
    case 'refused':
      return { ...report, reasons: [refusedWords(report.code)] };
    default:
      return report;
  }
}

function toldOutcome<Outcome extends { outputs: HandleMeta[] }>(outcome: Outcome, tell: Tell): Outcome {
  return { ...outcome, outputs: outcome.outputs.map(tell) };
}

function refusedWords(code: ErrorCode): string {
  return REFUSED[code] ?? code.replaceAll('_', ' ');
}
