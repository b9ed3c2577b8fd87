// What the cloud is told of the runs here: by the outbox, which keeps it until the cloud has it, or once, where it is of the
// moment. Only here a run becomes a message: names are released before anything that may carry one, words stay at home, and
// titles go sealed.
import type { HandleMeta } from '../../shared/handles.ts';
import type { RunId, StepId } from '../../shared/ids.ts';
import type { Report } from '../../shared/run/events.ts';
import type { GrantsFile } from '../gate/grants-file.ts';
import { releaseNames, tellHandle } from '../gate/names.ts';
import type { Scanner } from '../gate/scan/scanner.ts';
import type { DeviceKeys, Sealed } from '../link/keys.ts';
import { createOutbox, type Outbox } from '../link/outbox.ts';
import type { Session } from '../link/session.ts';
import type { Link, Outgoing } from '../link/socket.ts';
import { type Tell, wordlessEvent, wordlessReport } from '../link/wordless.ts';
import type { Store } from '../state/database.ts';
import { type RunLog, type RunRecord, scopeOf } from './log.ts';
import type { Task } from './task-rows.ts';

/** Repeats of reports that wait, and for how long. */
const MAX_REPEATS = 1_000;
const REPEAT_EVERY_MS = 50;
/** Events of one replication message. */
const REPLICATE_BATCH = 400;
/** Length of the sealed note about a run: title and input without its long texts. */
const MAX_SEALED_CHARS = 4_000;

export interface TellServices {
  store: Store;
  grants: GrantsFile;
  session: Session;
  keys(): Promise<DeviceKeys>;
  link(): Link;
  now(): number;
  logError(error: unknown, where: string): void;
}

export interface CloudTeller {
  outbox: Outbox;
  /** Puts a run's whole log in the outbox, within the caller's transaction. */
  replicate(record: RunRecord): void;
  /** Not kept for later: it is of this moment, or can be asked for again. */
  once(record: RunRecord, task: Task, report: Report): void;
  /** What is asked for again and again, or before the greeting is over, is told once, a moment later. */
  again(record: RunRecord, task: Task, report: Report): void;
  /** The cloud can be reached now. */
  flush(): void;
  close(): void;
}

export function createCloudTeller(services: TellServices, log: RunLog, scanner: Scanner): CloudTeller {
  const { store, grants, now } = services;
  const naming = { store, grants, scanner, now };
  const tellOf =
    (record: RunRecord): Tell =>
    (meta) =>
      tellHandle(naming, scopeOf(record), meta);

  /** The receipt of a run's names is on disk before anything that may carry one goes. A run that stays at home names nothing. */
  const releaseNamesOf = async (record: RunRecord, step: StepId, outputs: readonly HandleMeta[]): Promise<void> => {
    if (record.state.spec.where !== 'home') await releaseNames(naming, scopeOf(record), step, outputs);
  };

  const prepare: Parameters<typeof createOutbox>[2] = async (method, params) => {
    // Written for requests.ts: a code and ids.
    if (method === 'request.report') return params as Outgoing<'request.report'>;
    const { run } = params as { run: RunId };
    const record = log.find(run);
    if (record === null) return null;
    switch (method) {
      case 'run.submit':
        return record.writer === 'home' ? null : { spec: record.state.spec, sealed: await sealedNote(services, record) };
      case 'run.replicate': {
        const { after } = params as { after: number };
        const made = record.state.steps.filter((step) => (step.outcome?.outputs ?? []).length > 0);
        const [first] = made;
        if (first !== undefined)
          await releaseNamesOf(
            record,
            first.id,
            made.flatMap((step) => step.outcome?.outputs ?? []),
          );
        const events = log.events(run, after, REPLICATE_BATCH).map((event) => wordlessEvent(event, tellOf(record)));
        return events.length === 0 ? null : { events, sealed: await sealedNote(services, record) };
      }
      case 'task.report': {
        const { step, attempt, report } = params as { step: StepId; attempt: number; report: Report };
        if (report.type === 'succeeded') await releaseNamesOf(record, step, report.outcome.outputs);
        return { run, step, attempt, report: wordlessReport(report, tellOf(record)) };
      }
      case 'run.cancel':
        return { run };
      default:
        return method satisfies never;
    }
  };
  const outbox = createOutbox(store, services.link, prepare, (line) => services.logError(line, 'outbox'));

  const replicate = (record: RunRecord): void => {
    const pairing = services.session.pairing();
    if (pairing === null || record.state.spec.device !== pairing.device) return;
    for (let after = 0; after < record.state.seq; after += REPLICATE_BATCH)
      outbox.put(record.id, 'run.replicate', { run: record.id, after });
  };

  const repeats = new Map<string, () => void>();
  let isRepeatPlanned = false;
  const tellRepeats = (): void => {
    isRepeatPlanned = false;
    if (services.link().state().state !== 'connected') return;
    for (const tell of repeats.values()) tell();
    repeats.clear();
  };
  const once = (record: RunRecord, { run, step, attempt }: Task, report: Report): void => {
    services
      .link()
      .ask('task.report', { run, step, attempt, report: wordlessReport(report, tellOf(record)) })
      .catch(() => undefined);
  };

  return {
    outbox,
    replicate,
    once,
    again(record, task, report) {
      if (repeats.size >= MAX_REPEATS) return;
      repeats.set(`${task.run} ${task.step}`, () => once(record, task, report));
      if (!isRepeatPlanned) setTimeout(tellRepeats, REPEAT_EVERY_MS).unref();
      isRepeatPlanned = true;
    },
    flush() {
      tellRepeats();
      outbox.flush();
    },
    close() {
      repeats.clear();
      outbox.close();
    },
  };
}

/** What the cloud keeps for the person's other screens and cannot read. */
async function sealedNote(services: TellServices, record: RunRecord): Promise<Sealed> {
  const keys = await services.keys();
  return keys.seal(JSON.stringify({ title: record.title }).slice(0, MAX_SEALED_CHARS));
}
