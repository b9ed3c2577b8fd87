// The agent: the one process of this device that owns its state. It answers relays and terminals on a socket, keeps the
// link to the cloud, and does the work. This file only joins the parts.
import { randomBytes } from 'node:crypto';
import { rmSync, writeSync } from 'node:fs';
import { HeadgateError } from '../shared/errors.ts';
import { agentFile, idleExitMs, logFile, socketPath } from './config.ts';
import { createApprovals } from './gate/approvals.ts';
import { createGrantsFile } from './gate/grants-file.ts';
import { type DeviceKeys, loadDeviceKeys } from './link/keys.ts';
import { createSession } from './link/session.ts';
import { createLink } from './link/socket.ts';
import { announceRuns } from './port/announce.ts';
import { createHandlers } from './port/handlers.ts';
import { createAnswer } from './port/methods.ts';
import { ALREADY_RUNNING } from './port/reach-agent.ts';
import { openAgentServer } from './port/server.ts';
import { statusOf } from './port/status.ts';
import { createRuns } from './runs/runs.ts';
import { createAgentLog, trimLog } from './state/agent-log.ts';
import { openStore } from './state/database.ts';
import { purgeHandles } from './state/handles.ts';
import { writeFileAtomic } from './state/write-file.ts';
import { VERSION } from './version.ts';

export interface AgentOptions {
  home: string;
  /** File descriptor on which to say that it is ready. */
  readyFd: number | null;
  /** Started by a person in a terminal: it then stays without clients. */
  foreground: boolean;
}

/** Runs until it is stopped, or idle for long enough. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { home } = options;
  const now = Date.now;
  const startedAt = now();
  const log = createAgentLog();
  const store = openStoreOrLeave(home);
  trimLog(logFile(home));

  const grants = createGrantsFile(home, now);
  let keys: Promise<DeviceKeys> | null = null;
  const deviceKeys = () => (keys ??= loadDeviceKeys(home));
  const session = createSession(store, deviceKeys, now);
  const approvals = createApprovals(store, now, (count) => {
    notifyAll('approvals.changed', { count });
    sayStatus();
  });
  const runs = createRuns({ store, grants, approvals, session, keys: deviceKeys, link: () => link, now, onChange: (record) => announce(record), logError: log.error });
  const link = createLink({
    session,
    keys: deviceKeys,
    now,
    helloRuns: () => runs.log.open().map(({ id, state }) => ({ run: id, epoch: state.epoch, seq: state.seq })),
    heartbeat: runs.heartbeat,
    onState(state) {
      log.info('link', { state: state.state, code: state.problem?.code ?? null });
      runs.onLinkState(state);
      sayStatus();
    },
    onNotification(name, params) {
      // Each name's handler takes what the same name's schema has parsed.
      if (name === 'run.events') runs.onEvents(params as never);
      else if (name === 'task.assign') runs.onAssign(params as never);
      else if (name === 'task.cancel') runs.onTaskCancel(params as never);
      else if (name === 'run.unknown') runs.onUnknown(params as never);
    },
    log: (line) => log.info(line),
  });

  const sources = { grants, approvals, session, link, runs, startedAt };
  const secret = randomBytes(32).toString('hex');
  const path = socketPath(home);
  const server = await openAgentServer(path, {
    secret,
    answer: createAnswer(createHandlers({ ...sources, store, now, onStatus: () => sayStatus(), stop: () => void stop('asked') })),
    onClients: () => watchIdle(),
    logError: log.error,
  });
  writeFileAtomic(agentFile(home), JSON.stringify({ pid: process.pid, socket: path, secret, version: VERSION, startedAt }), 0o600);

  const notifyAll: (typeof server extends { clients(): ReadonlySet<infer C> } ? C : never)['notify'] = (method, params) => {
    for (const client of server.clients()) client.notify(method, params);
  };
  const announce = announceRuns(store, (summary) => {
    notifyAll('run.changed', summary);
    watchIdle();
  });
  let lastStatus = '';
  const sayStatus = (): void => {
    const status = statusOf(sources);
    const text = JSON.stringify(status);
    if (text === lastStatus) return;
    lastStatus = text;
    notifyAll('status.changed', status);
  };

  let idle: NodeJS.Timeout | null = null;
  const watchIdle = (): void => {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    if (options.foreground || server.clients().size > 0 || runs.active() > 0) return;
    idle = setTimeout(() => void stop('idle'), idleExitMs());
  };

  let stopping = false;
  const stop = async (why: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info('stop', { why });
    setTimeout(() => process.exit(1), 5_000).unref();
    link.stop();
    runs.close();
    await server.close();
    rmSync(agentFile(home), { force: true });
    store.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
  process.on('SIGHUP', () => undefined);
  process.on('unhandledRejection', (error) => log.error(error, 'unhandled rejection'));
  process.on('uncaughtException', (error) => {
    log.error(error, 'uncaught exception');
    process.exit(70);
  });

  if (options.readyFd !== null) sayReady(options.readyFd);
  log.info('ready', { version: VERSION, pid: process.pid });
  purgeHandles(store, now());
  setInterval(() => purgeHandles(store, now()), 3600_000).unref();
  await runs.recover();
  if (session.pairing() !== null) link.start();
  watchIdle();
}

function openStoreOrLeave(home: string) {
  try {
    return openStore(home);
  } catch (error) {
    if (error instanceof HeadgateError && error.code === 'already_running') process.exit(ALREADY_RUNNING);
    throw error;
  }
}

function sayReady(fd: number): void {
  try {
    writeSync(fd, 'ready\n');
  } catch {
    // Whoever started us has gone; the agent stays.
  }
}
