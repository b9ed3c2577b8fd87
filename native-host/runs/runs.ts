// Runs on this device as one thing: starting them, doing their tasks, driving those that are ours to drive, and keeping in
// step with the cloud for the others. Here the parts meet: log, tasks, driver, what the cloud is told.
//
// Each open run has one writer. `cloud`: it appends, we copy its events and do the tasks it assigns. `home`: we append.
// A run passes from cloud to home, never back, by adoption: when the cloud has been away for ADOPT_AFTER_MS, or does not
// know the run. From then on what the cloud says of it is ignored, and our log with its higher epoch is replicated.
import { loadavg, availableParallelism } from 'node:os';
import { HeadgateError } from '../../shared/errors.ts';
import type { RunId, WarrantId } from '../../shared/ids.ts';
import type { World } from '../../shared/placement.ts';
import { UNKNOWN_WORLD } from '../../shared/placement.ts';
import type { CLOUD_NOTIFICATIONS } from '../../shared/protocol/agent.ts';
import type * as z from 'zod';
import type { Approvals } from '../gate/approvals.ts';
import { withGrantedAgain } from '../gate/granted-again.ts';
import { purgeUnreachable, runsOfOtherGrants } from '../gate/purge.ts';
import { createScanner } from '../gate/scan/scanner.ts';
import type { GrantsFile } from '../gate/grants-file.ts';
import type { Standing } from '../gate/standing.ts';
import type { DeviceKeys } from '../link/keys.ts';
import type { Session } from '../link/session.ts';
import type { Link, LinkState } from '../link/socket.ts';
import type { Store } from '../state/database.ts';
import { readFact } from '../state/meta.ts';
import { createJournal, type Journal } from '../journal/journal.ts';
import { recoverJournal } from '../journal/recover.ts';
import { purgeJournal } from '../journal/retention.ts';
import { type UndoItem, previewUndo, undoChanges } from '../journal/undo.ts';
import { createDocumentReader } from '../ops/doc/reader.ts';
import type { Internet } from '../ops/net/internet.ts';
import { createDriver } from './drive.ts';
import { createHomeEngine } from './home-engine.ts';
import { createRunLog, MAX_COPIED_ATTEMPT, type RunLog, type RunRecord } from './log.ts';
import { createRequests, type Requests } from './requests.ts';
import { type Leave, makePlan, type Plan, type StartRequest, startRun } from './start.ts';
import { createTasks } from './tasks.ts';
import { createCloudTeller } from './tell-cloud.ts';

/** How long the cloud may be away before its runs go on at home. */
const ADOPT_AFTER_MS = 3_000;
/** How long the cloud may take to end a run that the person cancelled. */
const CANCEL_WITHIN_MS = 5_000;
/** Reports that may wait for the cloud before it gets no further task done: it is asked to take them first. */
const MAX_WAITING_REPORTS = 5_000;
export interface RunsServices {
  store: Store;
  grants: GrantsFile;
  approvals: Approvals;
  standing: Standing;
  session: Session;
  keys(): Promise<DeviceKeys>;
  link(): Link;
  internet: Internet;
  now(): number;
  onChange(record: RunRecord): void;
  logError(error: unknown, where: string): void;
}

type CloudMessage<Name extends keyof typeof CLOUD_NOTIFICATIONS> = z.infer<(typeof CLOUD_NOTIFICATIONS)[Name]>;

export interface Runs {
  log: RunLog;
  start(request: StartRequest): RunRecord;
  cancel(id: RunId): void;
  /** Takes back what a run changed, newest first; `dryRun` only says what that would do. Throws `conflict` while the run goes on. */
  undo(id: RunId, dryRun: boolean): Promise<UndoItem[]>;
  journal: Journal;
  requests: Requests;
  /** Makes the plan that a request would run. */
  plan(request: StartRequest): Plan;
  /** A standing warrant has ended: what it started comes to its end. */
  endStanding(id: WarrantId): void;
  /** Finishes what a crash left, and goes on with open runs. Call once. */
  recover(): Promise<void>;
  active(): number;
  /** The cloud that drove the open runs is not this device's any more: they go on at home. */
  leaveCloud(): void;
  /**
   * Grants have changed: steps that work on one that is gone end, questions and standing warrants that were of more than is
   * allowed now end with it, and what was made of files that nothing gives any more goes.
   */
  onGrants(): void;
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
  const journal = createJournal(store, now);
  const undoing = new Set<RunId>();
  const engine = createHomeEngine();
  const scanner = createScanner();
  const documents = createDocumentReader();
  let adoptTimer: NodeJS.Timeout | null = null;
  const cancelTimers = new Set<NodeJS.Timeout>();

  const world = (): World => {
    const link = services.link().state();
    return {
      cloud: { ...UNKNOWN_WORLD.cloud, connected: link.state === 'connected', models: link.models, roundTripMs: link.roundTripMs },
      device: { onBattery: false, load: deviceLoad(), queueMs: 0, speed: readFact(store, 'speed') },
    };
  };

  const told = createCloudTeller(services, log, scanner);
  const { outbox } = told;

  const tasks = createTasks({
    store,
    log,
    grants,
    journal,
    internet: services.internet,
    documents,
    engine,
    scanner,
    approvals: services.approvals,
    now,
    cloudModel: () => services.link().state().models[0] ?? null,
    infer: (request, signal) => services.link().ask('infer', request, { deadlineMs: request.deadlineMs, signal }),
    logError: services.logError,
    onRecord(record, task, report) {
      if (record.writer === 'cloud')
        outbox.put(record.id, 'task.report', { run: task.run, step: task.step, attempt: task.attempt, report });
    },
    onRepeat(record, task, report) {
      if (record.writer === 'home') driver.accept(record, task, report);
      else told.again(record, task, report);
    },
    onReport(record, task, report) {
      if (record.writer === 'home') driver.accept(record, task, report);
      else if (report.type === 'started' || report.type === 'progress' || report.type === 'waiting') told.once(record, task, report);
      else outbox.flush();
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
        store.transaction(() => told.replicate(record));
        outbox.flush();
      }
      services.onChange(record);
    },
  });

  const startContext = () => ({
    store,
    log,
    grants: grants.list(),
    commands: grants.commands(),
    labelOf: grants.labelOf,
    device: session.pairing()?.device ?? null,
    cloudReachable: services.link().state().state === 'connected',
    now: now(),
  });

  /** Within a transaction: the run, and the line that hands it to the cloud. */
  const begin = (request: StartRequest, leave?: Leave): RunRecord => {
    const record = startRun(request, startContext(), leave);
    if (record.writer === 'cloud') outbox.put(record.id, 'run.submit', { run: record.id });
    return record;
  };

  const started = (record: RunRecord): void => {
    if (record.writer === 'home') {
      services.onChange(record);
      queueMicrotask(() => driver.advance(record));
      return;
    }
    // On its way first; whoever watches is told meanwhile.
    outbox.flush();
    setImmediate(() => services.onChange(record));
  };

  const requests = createRequests({
    store,
    approvals: services.approvals,
    standing: services.standing,
    grants,
    now,
    cloudModel: () => services.link().state().models[0] ?? null,
    plan: (request) => makePlan(request, startContext()),
    start: begin,
    started,
    queue: (run, request, report) => outbox.put(run, 'request.report', { request, report }),
    flush: outbox.flush,
    tell: (request, report) =>
      void services
        .link()
        .ask('request.report', { request, report })
        .catch(() => undefined),
    logError: services.logError,
  });

  const adoptAll = (reason: string): void => {
    for (const record of log.open()) if (record.writer === 'cloud') takeHome(record, reason);
  };

  /** A run whose warrant is over only comes to its end: what was done is taken from this device's record. */
  const takeHome = (record: RunRecord, reason: string): void => {
    driver.adopt(record, reason);
    if (record.warrant.expiresAt <= now()) driver.requestCancel(record);
  };

  /** A cloud that does not end a cancelled run is not waited for. */
  const endCancelled = (id: RunId): void => {
    const timer = setTimeout(() => {
      cancelTimers.delete(timer);
      const record = log.find(id);
      if (record?.writer === 'cloud' && record.state.status === 'running')
        takeHome(record, 'you cancelled it, and the cloud did not end it');
    }, CANCEL_WITHIN_MS);
    cancelTimers.add(timer);
  };

  /** Whoever drives it: nothing of this run begins here any more. */
  const stop = (record: RunRecord): void => {
    const { id } = record;
    if (record.state.status !== 'running') return;
    if (record.writer === 'home') return driver.requestCancel(record);
    // Whatever the cloud makes of it, nothing of this run begins here any more.
    log.endWarrant(record, now());
    tasks.cancelRun(id);
    for (const step of record.state.steps) {
      if (step.status === 'dispatched' || step.status === 'started' || step.status === 'waiting') tasks.cancel(id, step.id);
    }
    if (services.link().state().state !== 'connected') return takeHome(record, 'you cancelled it while the cloud was away');
    store.transaction(() => outbox.put(id, 'run.cancel', { run: id }));
    outbox.flush();
    endCancelled(id);
  };

  const endStanding = (id: WarrantId): void => {
    for (const record of log.open()) if (record.standing === id) stop(record);
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
      const record = store.transaction(() => begin(request));
      started(record);
      return record;
    },
    cancel: (id) => stop(log.get(id)),
    async undo(id, dryRun) {
      if (log.get(id).state.status === 'running' || tasks.isAtWork(id))
        throw new HeadgateError('conflict', 'That run is still under way.', { next: 'Cancel it first.' });
      if (undoing.has(id)) throw new HeadgateError('busy', 'That run is being undone already.');
      const hands = { journal, grants: withGrantedAgain(store, grants), now };
      if (dryRun) return previewUndo(hands, id);
      undoing.add(id);
      try {
        return await undoChanges(hands, id);
      } finally {
        undoing.delete(id);
        // Screens show what is still to be taken back.
        services.onChange(log.get(id));
      }
    },
    journal,
    requests,
    plan: (request) => makePlan(request, startContext()),
    endStanding,
    async recover() {
      recoverJournal({ journal, grants: withGrantedAgain(store, grants), now }, (error) => services.logError(error, 'settle the journal'));
      purgeJournal(store, journal.preImages, now());
      await tasks.settle();
      for (const record of log.open()) {
        if (record.writer === 'home') driver.adopt(record, 'the agent was started again');
        else if (session.pairing() === null) driver.adopt(record, 'this device is not paired');
        else if (record.warrant.expiresAt <= now()) takeHome(record, 'you cancelled it, or its time was over');
      }
      if (log.open().length > 0) planAdoption();
      requests.recover();
    },
    active: () => log.open().length,
    leaveCloud() {
      // A yes that was given for one cloud must not send anything to another, nor may the other start what that one might.
      services.approvals.withdrawAll();
      for (const { id } of services.standing.list()) services.standing.end(id);
      adoptAll('this device left the cloud that drove it');
    },
    onGrants() {
      for (const run of runsOfOtherGrants(store, grants)) tasks.cancelRun(run);
      services.approvals.withdrawNarrowed();
      for (const id of services.standing.endTightened()) endStanding(id);
      purgeUnreachable(store, grants);
    },
    onLinkState(state) {
      if (state.state !== 'connected') return planAdoption();
      if (adoptTimer !== null) clearTimeout(adoptTimer);
      adoptTimer = null;
      told.flush();
    },
    onEvents({ run, events }) {
      const record = log.find(run);
      if (record === null || record.writer === 'home') return;
      if (log.copy(record, events)) services.onChange(record);
    },
    onAssign(task) {
      if (task.attempt > MAX_COPIED_ATTEMPT) return;
      if (log.find(task.run)?.writer === 'cloud' && outbox.size() < MAX_WAITING_REPORTS) tasks.assign(task);
    },
    onTaskCancel({ run, step }) {
      if (log.find(run)?.writer === 'cloud') tasks.cancel(run, step);
    },
    onUnknown({ run }) {
      const record = log.find(run);
      const onItsWay = store.get(`SELECT 1 FROM outbox WHERE run = ? AND method = 'run.submit'`, run) !== undefined;
      if (record !== null && record.writer === 'cloud' && record.state.status === 'running' && !onItsWay)
        takeHome(record, 'the cloud does not know this run');
    },
    heartbeat: () => ({ load: deviceLoad(), onBattery: false, queueMs: 0, speed: readFact(store, 'speed') }),
    close() {
      if (adoptTimer !== null) clearTimeout(adoptTimer);
      for (const timer of cancelTimers) clearTimeout(timer);
      requests.close();
      driver.close();
      tasks.close();
      engine.close();
      scanner.close();
      documents.close();
      told.close();
      log.flush();
    },
  };
}

function deviceLoad(): number {
  return (loadavg()[0] ?? 0) / availableParallelism();
}
