// The agent: the one process of this device that owns its state. It opens store and grants, listens on its socket, says
// that it is ready, and then loads the work. It leaves when it is asked to, or when nobody has needed it for long enough.
import { randomBytes } from 'node:crypto';
import { rmSync, writeSync } from 'node:fs';
import { HeadgateError } from '../shared/errors.ts';
import { agentFile, idleExitMs, logFile, socketPath } from './config.ts';
import { favourSize } from './favour-size.ts';
import { createGrantsFile } from './gate/grants-file.ts';
import type { Internet } from './ops/net/internet.ts';
import { answerEarly } from './port/early.ts';
import { ALREADY_RUNNING } from './port/reach-agent.ts';
import { type Client, openAgentServer } from './port/server.ts';
import { statusOf, type StatusSources } from './port/status.ts';
import { createAgentLog, trimLog } from './state/agent-log.ts';
import { openStore, type Store } from './state/database.ts';
import { readFact } from './state/meta.ts';
import { writeFileAtomic } from './state/write-file.ts';
import { VERSION } from './version.ts';
import type { Work } from './work.ts';

export interface AgentOptions {
  home: string;
  /** File descriptor on which to say that it is ready. */
  readyFd: number | null;
  /** Started by a person in a terminal: it then stays without clients. */
  foreground: boolean;
  /** Where downloads come from. */
  internet?: Internet;
}

/** How long the agent keeps free for its first client before it loads the work. */
const GREETING_MS = 25;
const STATUS_AFTER_MS = 30;
/** Longest that leaving may take. */
const STOP_DEADLINE_MS = 5_000;

/** Starts the agent and returns when it is up; it ends with the process. Throws `already_running` in the foreground. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { home } = options;
  const now = Date.now;
  const startedAt = now();
  const log = createAgentLog();
  const store = openStoreOrLeave(options);
  const grants = createGrantsFile(home, now);
  let work: Work | null = null;

  const sources: StatusSources = {
    store,
    grants,
    startedAt,
    now,
    linkState: () =>
      work?.linkState() ?? {
        state: readFact(store, 'pairing') === null ? 'unpaired' : 'connecting',
        url: null,
        since: startedAt,
        models: [],
        roundTripMs: 0,
      },
    activeRuns: () => work?.activeRuns() ?? countOpenRuns(store),
  };

  const secret = randomBytes(32).toString('hex');
  const path = socketPath(home);
  const server = await openAgentServer(path, {
    secret,
    answer: async (client, method, params) =>
      answerEarly(client, method, params, sources) ?? (await loading).answer(client, method, params),
    onClients: () => watchIdle(),
    logError: log.error,
  });
  writeFileAtomic(agentFile(home), JSON.stringify({ pid: process.pid, socket: path, secret, version: VERSION, startedAt }), 0o600);
  if (options.readyFd !== null) sayReady(options.readyFd);
  log.info('ready', { version: VERSION, pid: process.pid });

  const notifyAll: Client['notify'] = (method, params) => {
    for (const client of server.clients()) client.notify(method, params);
  };
  let stopping = false;
  let lastStatus = '';
  let statusTimer: NodeJS.Timeout | null = null;
  // Told a moment later: a short run changes it twice, and then there is nothing to tell.
  const sayStatus = (): void => {
    if (statusTimer === null) statusTimer = setTimeout(sayStatusNow, STATUS_AFTER_MS);
  };
  const sayStatusNow = (): void => {
    statusTimer = null;
    if (stopping) return;
    const status = statusOf(sources);
    watchIdle();
    const text = JSON.stringify(status);
    if (text === lastStatus) return;
    lastStatus = text;
    notifyAll('status.changed', status);
  };

  let idle: NodeJS.Timeout | null = null;
  const watchIdle = (): void => {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    if (options.foreground || server.clients().size > 0 || sources.activeRuns() > 0) return;
    idle = setTimeout(() => void stop('idle'), idleExitMs());
  };

  const stop = async (why: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info('stop', { why });
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    work?.close();
    await server.close();
    rmSync(agentFile(home), { force: true });
    store.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  process.on('SIGHUP', () => undefined);
  process.on('unhandledRejection', (error) => log.error(error, 'unhandled rejection'));
  process.on('uncaughtException', (error) => {
    log.error(error, 'uncaught exception');
    process.exit(70);
  });

  const loading = loadWork();
  work = await loading;
  favourSize();
  trimLog(logFile(home));
  watchIdle();

  async function loadWork(): Promise<Work> {
    // Whoever started the agent connects now and asks how it is; loading would keep that answer waiting.
    await new Promise((resolve) => setTimeout(resolve, GREETING_MS));
    const { startWork } = await import('./work.ts');
    const internet = options.internet ?? (await import('./ops/net/internet.ts')).INTERNET;
    return startWork({
      home,
      store,
      grants,
      startedAt,
      now,
      log,
      notifyAll,
      internet,
      onStatus: sayStatus,
      stop: () => void stop('asked'),
    });
  }
}

function openStoreOrLeave(options: AgentOptions): Store {
  try {
    return openStore(options.home);
  } catch (error) {
    const someoneElse = error instanceof HeadgateError && error.code === 'already_running';
    if (someoneElse && !options.foreground) process.exit(ALREADY_RUNNING);
    throw error;
  }
}

function countOpenRuns(store: Store): number {
  return store.get<{ count: number }>(`SELECT count(*) AS count FROM runs WHERE status = 'running'`)?.count ?? 0;
}

function sayReady(fd: number): void {
  try {
    writeSync(fd, 'ready\n');
  } catch {
    // Whoever started us has gone; the agent stays.
  }
}
