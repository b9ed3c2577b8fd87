// What the cloud may know of a report or an event: codes and numbers. Messages can name files and stay at home, where the
// person reads them.
import type { Report, RunEvent } from '../../shared/run/events.ts';

declare const wordless: unique symbol;
/** Without the words that can name things. Only this file makes one. */
export type Wordless<Told> = Told & { readonly [wordless]: true };

export function wordlessReport(report: Report): Wordless<Report> {
  return (report.type === 'failed' ? { ...report, message: '' } : report) as Wordless<Report>;
}

export function wordlessEvent(event: RunEvent): Wordless<RunEvent> {
  return (event.type === 'step.failed' ? { ...event, message: '' } : event) as Wordless<RunEvent>;
}
