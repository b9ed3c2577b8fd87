// Runs for the person's eyes: the state's picture with what only this device knows, the title, the names of the files
// that were written, whether that can be taken back, and in words why a step failed.
import { basename } from 'node:path/posix';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import type { RunId } from '../../shared/ids.ts';
import { OPS, type OpName } from '../../shared/ops/catalogue.ts';
import type { RunSummary } from '../../shared/protocol/native.ts';
import { Report } from '../../shared/run/events.ts';
import { failedStep, type RunView, viewOf } from '../../shared/run/view.ts';
import { undoStateOf } from '../journal/undo-state.ts';
import type { FileReference } from '../state/stored-handle.ts';
import type { Store } from '../state/database.ts';
import type { RunRecord } from './log.ts';

const MAX_FILES = 20;

/** A run with its steps. */
export function viewRun(store: Store, record: RunRecord): RunView {
  const view = { ...viewOf(record.state), title: record.title };
  const words = failureWords(store, record.id);
  if (words.size === 0) return view;
  for (const step of view.steps) if (step.code !== undefined) step.message = words.get(step.step) ?? step.message;
  const failed = failedStep(record.state);
  view.message = (failed && words.get(failed.id)) ?? view.message;
  return view;
}

/** A run in one line, with its progress and the files that it wrote. */
export function summarizeRun(store: Store, record: RunRecord): RunSummary {
  const { steps, ...rest } = viewRun(store, record);
  const atWork = steps.find((step) => step.status === 'started' || step.status === 'dispatched' || step.status === 'waiting');
  const now = atWork === undefined ? {} : { now: OPS[atWork.op as OpName].says };
  const undo = record.state.status === 'running' ? null : undoStateOf(store, record.id);
  return { ...rest, ...now, ...(undo !== null && { undo }), files: filesOf(store, record) };
}

/** What went wrong, as this device said it: the log that came from the cloud has codes and common words alone. */
function failureWords(store: Store, run: RunId): Map<string, string> {
  const words = new Map<string, string>();
  for (const row of store.all<{ step: string; report: string }>(
    `SELECT step, report FROM tasks WHERE run = ? AND (report LIKE '{"type":"failed"%' OR report LIKE '{"type":"refused"%')`,
    run,
  )) {
    const report = Report.parse(JSON.parse(row.report));
    if (report.type === 'failed') words.set(row.step, report.message);
    if (report.type === 'refused') words.set(row.step, report.reasons.join('; '));
  }
  return words;
}

function filesOf(store: Store, record: RunRecord): RunSummary['files'] {
  const written = record.state.steps.filter((step) => OPS[step.op].changes && step.status === 'succeeded');
  const ids = written.flatMap((step) => step.outcome?.outputs ?? []).map((meta) => meta.handle);
  return ids.slice(0, MAX_FILES).flatMap((handle) => {
    const row = store.get<{ file: string | null }>('SELECT file FROM handles WHERE id = ? AND run = ?', handle, record.id);
    if (row?.file == null) return [];
    const file = JSON.parse(row.file) as FileReference;
    return [{ handle, name: escapeForDisplay(basename(file.path)).slice(0, 300) }];
  });
}
