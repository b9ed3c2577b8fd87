// What the cloud may know of a report or an event: codes and numbers. Messages can name files and stay at home, where the
// person reads them.
import type { Report, RunEvent } from '../../shared/run/events.ts';

export function wordlessReport(report: Report): Report {
  return report.type === 'failed' ? { ...report, message: '' } : report;
}

export function wordlessEvent(event: RunEvent): RunEvent {
  return event.type === 'step.failed' ? { ...event, message: '' } : event;
}
