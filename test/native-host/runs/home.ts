// A device at home for tests: the real store, grants, approvals, keys and ops in a temporary folder, and a cloud that is a
// few lines of program at the other end of the link. `restart` is what a crash leaves: the store is opened anew.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Approvals, createApprovals } from '../../../native-host/gate/approvals.ts';
import { createGrantsFile, type GrantsFile } from '../../../native-host/gate/grants-file.ts';
import { createStanding, type Standing } from '../../../native-host/gate/standing.ts';
import { loadDeviceKeys } from '../../../native-host/link/keys.ts';
import { createSession } from '../../../native-host/link/session.ts';
import type { Link, LinkState } from '../../../native-host/link/socket.ts';
import type { RunRecord } from '../../../native-host/runs/log.ts';
import { createRuns, type Runs } from '../../../native-host/runs/runs.ts';
import type { Internet } from '../../../native-host/ops/net/internet.ts';
import { openStore, type Store } from '../../../native-host/state/database.ts';
import { writeFact } from '../../../native-host/state/meta.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import type { Grant, Right } from '../../../shared/gate/grants.ts';
import type { Label } from '../../../shared/gate/labels.ts';
import type { RunId, StepId } from '../../../shared/ids.ts';
import { NO_INTERNET } from '../../support/no-internet.ts';
import { type NewEvent, numberEvents, type Report } from '../../../shared/run/events.ts';

export interface Asked {
  method: string;
  params: Record<string, unknown>;
}

/** The cloud's end of the link. `answers` says what a method is answered with; else `{}`. */
export class TestCloud implements Link {
  readonly asked: Asked[] = [];
  answers: Record<string, (params: Record<string, unknown>) => unknown> = {};
  connected = true;
  models = ['test-model'];

  state(): LinkState {
    return {
      state: this.connected ? 'connected' : 'away',
      url: 'http://127.0.0.1:1',
      since: 0,
      models: this.connected ? this.models : [],
      roundTripMs: 1,
    };
  }
  start(): void {
    this.connected = true;
  }
  stop(): void {
    this.connected = false;
  }
  // The tests' answers have the shape that each method's schema asks for.
  ask = (async (method: string, params: unknown) => {
    if (!this.connected) throw new HeadgateError('cloud_away', 'The cloud is away.');
    this.asked.push({ method, params: params as Record<string, unknown> });
    return (await this.answers[method]?.(params as Record<string, unknown>)) ?? {};
  }) as Link['ask'];

  of(method: string): Record<string, unknown>[] {
    return this.asked.filter((each) => each.method === method).map((each) => each.params);
  }

  /** The last end that was reported of a step. */
  ended(step: string): Report | undefined {
    const ends = this.of('task.report').filter(
      (params) => params.step === step && !['started', 'progress', 'waiting'].includes((params.report as Report).type),
    );
    return ends.at(-1)?.report as Report | undefined;
  }
}

export interface Home {
  base: string;
  folder: string;
  home: string;
  cloud: TestCloud;
  grants: GrantsFile;
  store: Store;
  approvals: Approvals;
  standing: Standing;
  runs: Runs;
  errors: string[];
  /** Runs that clients were told of, in order. */
  told: RunId[];
  clock: { now: number };
  grant(options?: { rights?: Right[]; label?: Label; name?: string }): Grant;
  write(path: string, text: string): void;
  files(): string[];
  read(path: string): string;
  /** Hands a step to the device as the cloud does. */
  begin(record: RunRecord, step: string, options?: { attempt?: number; where?: 'home' | 'cloud' }): void;
  /** The same, and waits for its end. */
  assign(record: RunRecord, step: string, options?: { attempt?: number; where?: 'home' | 'cloud' }): Promise<Report>;
  /** The cloud's log goes on. */
  tell(record: RunRecord, events: NewEvent[]): void;
  /** Waits until the run is over. */
  ended(record: RunRecord): Promise<RunRecord>;
  /** The store is closed and opened anew. `leave`: the agent left in order; else it was killed. */
  restart(options?: { leave?: boolean }): Promise<void>;
  /** As a crash leaves it that came after the effect of a step and before its outcome was written. */
  forgetOutcome(record: RunRecord, step: string): void;
  close(): Promise<void>;
}

export const START = Date.UTC(2026, 10, 21, 12);

export function openHome(options: { paired?: boolean; internet?: Internet } = {}): Home {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'headgate-runs-')));
  const home = join(base, 'state');
  const folder = join(base, 'Notes');
  mkdirSync(folder);
  const clock = { now: START };
  const now = () => clock.now;
  const grants = createGrantsFile(home, now);
  const cloud = new TestCloud();
  const errors: string[] = [];
  const told: RunId[] = [];
  const live = {} as { store: Store; approvals: Approvals; standing: Standing; runs: Runs };

  const open = (): void => {
    live.store = openStore(home);
    live.approvals = createApprovals(live.store, grants, now, () => undefined);
    live.standing = createStanding(live.store, grants, now);
    const { store, approvals } = live;
    if (options.paired ?? true)
      writeFact(store, 'pairing', { cloud: 'http://127.0.0.1:1', device: `d_${'5'.repeat(32)}`, person: `p_${'6'.repeat(32)}` });
    const keys = () => loadDeviceKeys(home);
    live.runs = createRuns({
      store,
      grants,
      approvals,
      standing: live.standing,
      session: createSession(store, keys, now),
      keys,
      link: () => cloud,
      internet: options.internet ?? NO_INTERNET,
      now,
      onChange: ({ id }) => void told.push(id),
      logError: (error, where) => void errors.push(`${where}: ${error instanceof Error ? error.message : String(error)}`),
    });
  };
  open();

  const opened: Home = {
    base,
    folder,
    home,
    cloud,
    grants,
    errors,
    told,
    clock,
    get store() {
      return live.store;
    },
    get approvals() {
      return live.approvals;
    },
    get standing() {
      return live.standing;
    },
    get runs() {
      return live.runs;
    },
    grant: ({ rights = ['read', 'write'] as Right[], label = 'open', name } = {}) =>
      grants.add({ folder, rights, label, ...(name === undefined ? {} : { name }) }),
    write: (path, text) => writeFileSync(join(folder, path), text),
    files: () => readdirSync(folder).sort(),
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    begin(record, step, { attempt = 1, where = 'home' } = {}) {
      live.runs.onAssign({ run: record.id, step: step as StepId, attempt, where });
    },
    async assign(record, step, how) {
      const before = cloud.of('task.report').length;
      opened.begin(record, step, how);
      return await until(() => {
        const reports = cloud.of('task.report').slice(before) as { step: string; report: Report }[];
        return reports.find((params) => params.step === step && !['started', 'progress', 'waiting'].includes(params.report.type))?.report;
      });
    },
    tell(record, events) {
      live.runs.onEvents({ run: record.id, events: numberEvents(record.id, record.state, clock.now, events) });
    },
    async ended(record) {
      await until(() => (live.runs.log.get(record.id).state.status === 'running' ? undefined : true));
      return live.runs.log.get(record.id);
    },
    async restart({ leave = false } = {}) {
      if (leave) live.runs.close();
      // What is written behind, and acknowledgements, come a moment later; nothing of a killed agent may act after it.
      else await new Promise((resolve) => setTimeout(resolve, 100));
      live.store.close();
      open();
    },
    forgetOutcome(record, step) {
      live.store.run('UPDATE tasks SET report = NULL WHERE run = ? AND step = ?', record.id, step);
      live.store.run(`DELETE FROM outbox WHERE run = ? AND params LIKE '%"step":"' || ? || '"%'`, record.id, step);
    },
    async close() {
      live.runs.close();
      live.store.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
  return opened;
}

const DEADLINE_MS = 15_000;

/** Waits for a value. */
export async function until<Value>(look: () => Value | undefined, deadlineMs = DEADLINE_MS): Promise<Value> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const value = look();
    if (value !== undefined) return value;
    expect(Date.now(), 'it came in time').toBeLessThan(deadline);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const PAGE = { title: 'On headgates', url: 'https://example.org/headgates', clippedAt: '2026-11-21T12:00:00Z' };
export const MARKDOWN = [
  'A headgate stands where a channel leaves a river and decides how much water goes through.',
  'Farmers share the water of the river by agreement, and the headgate keeps the agreement.',
  'In spring the river carries much water and the gate is opened only a little.',
  'In summer the water is low, and a watchman measures each day what goes through the gate.',
].join(' ');
