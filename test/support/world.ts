// A world for end-to-end tests: a temporary folder with a cloud, an agent and a Chromium of its own, all real processes,
// paired and with folders granted. One world per test file: its parts take seconds to start. Closing it ends everything
// by process number and proves that no process, port or file is left.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Right } from '../../shared/gate/grants.ts';
import type { Label } from '../../shared/gate/labels.ts';
import type { GrantId, RunId } from '../../shared/ids.ts';
import type { RunView } from '../../shared/run/view.ts';
import { type AgentProcess, createAgent } from './world/agent.ts';
import { type Chromium, openChromium } from './world/chromium.ts';
import { type CloudProcess, createCloud } from './world/cloud.ts';
import { type Pages, servePages } from './world/pages.ts';
import { findProcesses, isPortOpen } from './world/processes.ts';
import { until } from './world/until.ts';

export interface GrantWish {
  rights?: Right[];
  label?: Label;
  names?: 'shown' | 'hidden';
  /** Files by path in the folder. */
  files?: Readonly<Record<string, string | Buffer>>;
}

export interface WorldOptions {
  grants?: Readonly<Record<string, GrantWish>>;
  /** Default yes. */
  pair?: boolean;
  /** Whether the host is registered with the browser's profile; default yes. */
  install?: boolean;
  /** Device pixels for one of the page, for pictures. */
  scale?: number;
  /** The program that is the agent; default the built one. */
  agentProgram?: string;
  /** The folder of the built extension; default the one for Chrome as it is. */
  extension?: string;
}

export interface World {
  folder: string;
  home: string;
  env: Readonly<Record<string, string>>;
  cloud: CloudProcess;
  agent: AgentProcess;
  chromium: Chromium;
  pages: Pages;
  grants: Readonly<Record<string, { id: GrantId; folder: string }>>;
  /** Waits for the run's end and gives its view, also over the death of an agent. */
  waitForRun(run: RunId, deadlineMs?: number): Promise<RunView>;
  /** Waits for a run of this recipe that was not there before `work`, and gives its id. */
  newRun(recipe: string, work: () => Promise<unknown>): Promise<RunId>;
  /** Waits until the agent says that the cloud is in this state. */
  waitForCloud(state: 'connected' | 'away'): Promise<void>;
  /** Looks at what the cloud's API shows, with the token that the extension gets. */
  askCloud(path: string): Promise<unknown>;
  /** Changes or asks for something over the cloud's API, as the person who signed in there. */
  postToCloud(path: string, body: object): Promise<unknown>;
  /** Paths that the host gave to `xdg-open`, in order. */
  opened(): string[];
  /** Presses this button in the windows that the host shows from now on; until then they are closed. Their texts are in `windows`. */
  answerWindows(how: 'yes' | 'close'): void;
  windows(): string[];
  /** A second browser with a profile of its own, for the same host. */
  openAnotherChromium(): Promise<Chromium>;
  close(): Promise<void>;
}

/** The least of a world: a folder of its own and the agent in it. */
export interface Home {
  folder: string;
  home: string;
  env: Readonly<Record<string, string>>;
  agent: AgentProcess;
  /** Adds what is ended at `close`, before what was added earlier. */
  atClose(end: () => Promise<void>): void;
  /** A port that must be closed in the end. */
  watchPort(port: number): void;
  close(): Promise<void>;
}

/** Starts an agent in a temporary folder. */
export async function openHome(agentProgram?: string): Promise<Home> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hg-e2e-')));
  const home = join(folder, 'host');
  const env = prepareEnvironment(folder);
  const agent = createAgent(home, env, agentProgram);
  const ends = [agent.stop];
  const ports: number[] = [];
  const opened: Home = {
    folder,
    home,
    env,
    agent,
    atClose: (end) => void ends.unshift(end),
    watchPort: (port) => void ports.push(port),
    close: () => closeWorld(folder, ends, ports),
  };
  try {
    await agent.start();
    return opened;
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  }
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const opened = await openHome(options.agentProgram);
  const { folder, home, env, agent, atClose, watchPort, close } = opened;
  try {
    let profiles = 0;
    const openOne = async (registered: boolean) => {
      const chromium = await openChromium({
        profile: join(folder, `profile-${++profiles}`),
        env,
        home: registered ? home : null,
        scale: options.scale,
        extension: options.extension,
      });
      atClose(chromium.close);
      return chromium;
    };
    const startCloud = async () => {
      const cloud = await createCloud(join(folder, 'cloud'), env);
      atClose(cloud.stop);
      watchPort(cloud.port);
      return cloud;
    };
    const startOthers = async () => {
      const pages = await servePages();
      atClose(pages.close);
      return { pages, grants: await grantAll(agent, folder, options.grants ?? {}), chromium: await openOne(options.install !== false) };
    };
    const [cloud, { pages, grants, chromium }] = await settleAll([startCloud(), startOthers()]);
    let access = '';
    const postToCloud = async (path: string, body: object): Promise<unknown> => {
      const answer = await fetch(new URL(path, cloud.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(access !== '' && { authorization: `Bearer ${access}` }) },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(15_000),
      });
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      return answer.json();
    };
    const world: World = {
      folder,
      home,
      env,
      cloud,
      agent,
      chromium,
      pages,
      grants,
      ...createWaits(agent),
      postToCloud,
      opened: () => linesOf(join(folder, 'opened.txt')),
      answerWindows: (how) => writeFileSync(join(folder, 'window-ends'), how === 'yes' ? '0' : '1'),
      windows: () => linesOf(join(folder, 'windows.txt')),
      openAnotherChromium: () => openOne(true),
      close,
    };
    if (options.pair !== false) {
      const terminal = await agent.terminal();
      ({ access } = (await postToCloud('/v1/sign-in', { code: cloud.code })) as { access: string });
      const { code } = (await postToCloud('/v1/codes', {})) as { code: string };
      await terminal.call('pair.start', { cloud: cloud.url, code }, 30_000);
      await world.waitForCloud('connected');
    }
    return world;
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

/** Both to their end, so that what starts late is not left running when the other fails. */
async function settleAll<One, Two>([one, two]: [Promise<One>, Promise<Two>]): Promise<[One, Two]> {
  await Promise.allSettled([one, two]);
  return Promise.all([one, two]);
}

/**
 * What every process of this world knows: places of its own, an `xdg-open` that only writes down what it was given, and a
 * `zenity` that does so and ends as the test says.
 */
function prepareEnvironment(folder: string): Record<string, string> {
  const own = { HOME: join(folder, 'home'), XDG_RUNTIME_DIR: join(folder, 'run'), TMPDIR: join(folder, 'tmp') };
  for (const path of [...Object.values(own), join(folder, 'bin')]) mkdirSync(path, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'bin', 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$1" >> '${join(folder, 'opened.txt')}'\n`, { mode: 0o755 });
  const zenity = `#!/bin/sh\nfor each in "$@"; do printf '%s\\n' "$each"; done >> '${join(folder, 'windows.txt')}'\nexit "$(cat '${join(folder, 'window-ends')}' 2>/dev/null || echo 1)"\n`;
  writeFileSync(join(folder, 'bin', 'zenity'), zenity, { mode: 0o755 });
  const { LANG = 'C.UTF-8', TZ } = process.env;
  return {
    ...own,
    PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
    LANG,
    ...(TZ === undefined ? {} : { TZ }),
    // There is a desktop: the zenity above.
    DISPLAY: ':0',
    HEADGATE_IDLE_SECONDS: '30',
  };
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

async function grantAll(agent: AgentProcess, folder: string, wishes: Readonly<Record<string, GrantWish>>): Promise<World['grants']> {
  const terminal = await agent.terminal();
  const grants: Record<string, { id: GrantId; folder: string }> = {};
  for (const [name, { rights = ['read', 'write'] as Right[], label = 'open', names, files = {} }] of Object.entries(wishes)) {
    const path = join(folder, 'granted', name);
    mkdirSync(path, { recursive: true });
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), content);
    }
    const { grant } = await terminal.call('grants.add', { folder: path, name, rights, label, ...(names !== undefined && { names }) });
    grants[name] = { id: grant.id, folder: path };
  }
  return grants;
}

function createWaits(agent: AgentProcess): Pick<World, 'waitForRun' | 'newRun' | 'waitForCloud' | 'askCloud'> {
  return {
    waitForRun: (run, deadlineMs = 60_000) =>
      until(
        `the run ${run} to end`,
        async () => {
          const view = await (await agent.terminal()).call('runs.get', { run });
          return view.endedAt === null ? null : view;
        },
        deadlineMs,
      ),
    async newRun(recipe, work) {
      const list = async () => (await (await agent.terminal()).call('runs.list', { limit: 100 })).runs;
      const before = new Set((await list()).map(({ run }) => run));
      await work();
      return until(
        `a new run of ${recipe}`,
        async () => (await list()).find((summary) => summary.recipe === recipe && !before.has(summary.run))?.run,
      );
    },
    async waitForCloud(state) {
      await until(
        `the cloud to be ${state}`,
        async () => (await (await agent.terminal()).call('host.status', {})).cloud.state === state,
        45_000,
      );
    },
    async askCloud(path) {
      const { token, cloud } = await (await agent.terminal()).call('session.token', {});
      const answer = await fetch(new URL(path, cloud), {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(15_000),
      });
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      return answer.json();
    },
  };
}

/** Ends every part, then proves it. What should not be there is ended as well and told as an error. */
async function closeWorld(folder: string, ends: readonly (() => Promise<void>)[], ports: readonly number[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of ends) await end().catch((error: unknown) => failures.push(error));
  await until('every process of the world to be gone', () => findProcesses(folder).length === 0, 6_000).catch(() => undefined);
  for (const { pid, command } of findProcesses(folder)) {
    failures.push(`process ${pid} was left: ${command}`);
    process.kill(pid, 'SIGKILL');
  }
  for (const port of ports) if (await isPortOpen(port)) failures.push(`port ${port} is still open`);
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  if (existsSync(folder)) failures.push(`${folder} is still there`);
  if (failures.length > 0) throw new Error(`The world did not end well:\n${failures.map(String).join('\n')}`);
}
