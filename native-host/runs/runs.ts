// Runs on this device as one thing: starting them, doing their tasks, driving those that are ours to drive, and keeping in
// step with the cloud for the others. Here the parts meet: log, tasks, driver, outbox, link.
//
// Each open run has one writer. `cloud`: it appends, we copy its events and do the tasks it assigns. `home`: we append.
// A run passes from cloud to home, never back, by adoption: when the cloud has been away for ADOPT_AFTER_MS, or does not
// know the run. From then on what the cloud says of it is ignored, and our log with its higher epoch is replicated.
import { loadavg, availableParallelism } from 'node:os';
import type { RunId } from '../../shared/ids.ts';
import type { World } from '../../shared/placement.ts';
import { UNKNOWN_WORLD } from '../../shared/placement.ts';
import type { CLOUD_NOTIFICATIONS } from '../../shared/protocol/agent.ts';
import type * as z from 'zod';
import type { Approvals } from '../gate/approvals.ts';
import { createScanner } from '../gate/scan/scanner.ts';
import type { GrantsFile } from '../gate/grants-file.ts';
import type { DeviceKeys } from '../link/keys.ts';
import { createOutbox, type OutboxMethod } from '../link/outbox.ts';
import type { Session } from '../link/session.ts';
import type { Link, LinkState } from '../link/socket.ts';
import { wordlessEvent, wordlessReport } from '../link/wordless.ts';
import type { Store } from '../state/database.ts';
import { readFact } from '../state/meta.ts';
import { createDriver } from './drive.ts';
import { createHomeEngine } from './home-engine.ts';
import { createRunLog, type RunLog, type RunRecord } from './log.ts';
import { type StartRequest, startRun } from './start.ts';
import { createTasks } from './tasks.ts';

/** How long the cloud may be away before its runs go on at home. */
const ADOPT_AFTER_MS = 3_000;
/** Events of one replication message. */
const REPLICATE_BATCH = 400;
/** Length of the sealed note about a run: title and input without its long texts. */
const MAX_SEALED_CHARS = 4_000;

export interface RunsServices {
  store: Store;
  grants: GrantsFile;
  approvals: Approvals;
  session: Session;
  keys(): Promise<DeviceKeys>;
  link(): Link;
  now(): number;
  onChange(record: RunRecord): void;
  logError(error: unknown, where: string): void;
}

type CloudMessage<Name extends keyof typeof CLOUD_NOTIFICATIONS> = z.infer<(typeof CLOUD_NOTIFICATIONS)[Name]>;

export interface Runs {
  log: RunLog;
  start(request: StartRequest): RunRecord;
  cancel(id: RunId): void;
  /** Finishes what a crash left, and goes on with open runs. Call once. */
  recover(): Promise<void>;
  active(): number;
  onLinkState(state: LinkState): void;
  onEvents(message: CloudMessage<'run.events'>): void;
  onAssign(message: CloudMessage<'task.assign'>): void;
  onTaskCancel(message: CloudMessage<'task.cancel'>): void;
  onUnknown(message: CloudMessage<'run.unknown'>): void;
  heartbeat(): { load: number; onBattery: boolean; queueMs: number; speed: Record<string, number> };
  close(): void;
}

export function createRuns(services: RunsServices): Runs {
  const { store, grants, session, now } = services;
  const log = createRunLog(store);
  const engine = createHomeEngine();
  const scanner = createScanner();
  const sealing = new Map<RunId, Promise<string>>();
  let adoptTimer: NodeJS.Timeout | null = null;

  const world = (): World => {
    const link = services.link().state();
    return {
      cloud: { ...UNKNOWN_WORLD.cloud, connected: link.state === 'connected', models: link.models, roundTripMs: link.roundTripMs },
      device: { onBattery: false, load: deviceLoad(), queueMs: 0, speed: readFact(store, 'speed') },
    };
  };

  const prepare = async (method: OutboxMethod, params: unknown): Promise<unknown | null> => {
    const { run } = params as { run: RunId };
    const record = log.find(run);
    if (record === null) return null;
    if (method === 'run.submit')
      return record.writer === 'home'
        ? null
        : { spec: record.state.spec, sealed: await (sealing.get(run) ?? sealedNote(services, record)) };
    if (method === 'run.replicate') {
      const { after } = params as { after: number };
      const events = log.events(run, after, REPLICATE_BATCH).map(wordlessEvent);
      return events.length === 0 ? null : { events, sealed: await sealedNote(services, record) };
    }
    return params;
  };
  const outbox = createOutbox(store, services.link, prepare, (line) => services.logError(line, 'outbox'));

  const replicate = (record: RunRecord): void => {
    if (session.pairing() === null || record.state.spec.device === null) return;
    for (let after = 0; after < record.state.seq; after += REPLICATE_BATCH)
      outbox.put(record.id, 'run.replicate', { run: record.id, after });
  };

  const tasks = createTasks({
    store,
    log,
    grants,
    engine,
    scanner,
    approvals: services.approvals,
    now,
    cloudModel: () => services.link().state().models[0] ?? null,
    infer: (request, signal) => services.link().ask('infer', request, { deadlineMs: request.deadlineMs, signal }),
    logError: services.logError,
    onRecord(record, task, report) {
      if (record.writer === 'cloud')
        outbox.put(record.id, 'task.report', { run: task.run, step: task.step, attempt: task.attempt, report: wordlessReport(report) });
    },
    onReport(record, task, report) {
      if (record.writer === 'home') driver.accept(record, task, report);
      else if (report.type === 'started' || report.type === 'progress' || report.type === 'waiting') {
        services
          .link()
          .ask('task.report', { run: task.run, step: task.step, attempt: task.attempt, report })
          .catch(() => undefined);
      } else outbox.flush();
    },
  });

  const driver = createDriver({
    log,
    now,
    world,
    assign: (task) => tasks.assign(task),
    cancel: (run, step) => tasks.cancel(run, step),
    onEvents(record, events) {
      if (events.some((event) => event.type === 'run.finished')) {
        store.transaction(() => replicate(record));
        outbox.flush();
      }
      services.onChange(record);
    },
  });

  const adoptAll = (reason: string): void => {
    for (const record of log.open()) if (record.writer === 'cloud') driver.adopt(record, reason);
  };

  const planAdoption = (): void => {
    adoptTimer ??= setTimeout(() => {
      adoptTimer = null;
      if (services.link().state().state !== 'connected') adoptAll('the cloud is away, so the run goes on at home');
    }, ADOPT_AFTER_MS);
  };

  return {
    log,
    start(request) {
      const record = store.transaction(() => {
        const started = startRun(request, {
          store,
          log,
          grants: grants.list(),
          labelOf: grants.labelOf,
          device: session.pairing()?.device ?? null,
          cloudReachable: services.link().state().state === 'connected',
          now: now(),
        });
        if (started.writer === 'cloud') {
          // Sealed on other threads while this one writes to disk.
          keepWhile(sealing, started.id, sealedNote(services, started));
          outbox.put(started.id, 'run.submit', { run: started.id });
        }
        return started;
      });
      services.onChange(record);
      if (record.writer === 'cloud') outbox.flush();
      else queueMicrotask(() => driver.advance(record));
      return record;
    },
    cancel(id) {
      const record = log.get(id);
      if (record.state.status !== 'running') return;
      if (record.writer === 'cloud' && services.link().state().state !== 'connected')
        driver.adopt(record, 'you cancelled it while the cloud was away');
      if (record.writer === 'home') return driver.requestCancel(record);
      for (const step of record.state.steps) {
        if (step.status === 'dispatched' || step.status === 'started' || step.status === 'waiting') tasks.cancel(id, step.id);
      }
      store.transaction(() => outbox.put(id, 'run.cancel', { run: id }));
      outbox.flush();
    },
    async recover() {
      await tasks.settle();
      for (const record of log.open()) {
        if (record.writer === 'home') driver.adopt(record, 'the agent was started again');
        else if (session.pairing() === null) driver.adopt(record, 'this device is not paired');
      }
      if (log.open().length > 0) planAdoption();
    },
    active: () => log.open().length,
    onLinkState(state) {
      if (state.state !== 'connected') return planAdoption();
      if (adoptTimer !== null) clearTimeout(adoptTimer);
      adoptTimer = null;
      outbox.flush();
    },
    onEvents({ run, events }) {
      const record = log.find(run);
      if (record === null || record.writer === 'home') return;
      if (log.copy(record, events)) services.onChange(record);
    },
    onAssign(task) {
      if (log.find(task.run)?.writer === 'cloud') tasks.assign(task);
    },
    onTaskCancel({ run, step }) {
      if (log.find(run)?.writer === 'cloud') tasks.cancel(run, step);
    },
    onUnknown({ run }) {
      const record = log.find(run);
      const onItsWay = store.get(`SELECT 1 FROM outbox WHERE run = ? AND method = 'run.submit'`, run) !== undefined;
      if (record !== null && record.writer === 'cloud' && record.state.status === 'running' && !onItsWay)
        driver.adopt(record, 'the cloud does not know this run');
    },
    heartbeat: () => ({ load: deviceLoad(), onBattery: false, queueMs: 0, speed: readFact(store, 'speed') }),
    close() {
      if (adoptTimer !== null) clearTimeout(adoptTimer);
      driver.close();
      tasks.close();
      engine.close();
      scanner.close();
      outbox.close();
      log.flush();
    },
  };
}

/** Keeps a promise under its name until it is settled. */
function keepWhile<Key, Value>(kept: Map<Key, Promise<Value>>, key: Key, promise: Promise<Value>): void {
  kept.set(key, promise);
  const forget = () => setTimeout(() => kept.delete(key), 1_000).unref();
  promise.then(forget, forget);
}

function deviceLoad(): number {
  return (loadavg()[0] ?? 0) / availableParallelism();
}

/** What the cloud keeps for the person's other screens and cannot read. */
async function sealedNote(services: RunsServices, record: RunRecord): Promise<string> {
  const keys = await services.keys();
  return keys.seal(JSON.stringify({ title: record.title }).slice(0, MAX_SEALED_CHARS));
}
