// Brings up the parts that both kinds of start need, and takes them down again: build, cloud, agent, registration, browser,
// pairing. Whatever was started is stopped by `stop`, in the order that lets each finish, and the proof is by process.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Terminal } from '../cli/terminal.ts';
import { thisSystem } from '../install/browsers.ts';
import { applyInstall, planInstall } from '../install/install.ts';
import { profilePlace } from '../install/places.ts';
import { HeadgateError } from '../../shared/errors.ts';
import { startOwnAgent, stopOwnAgent } from './agent-process.ts';
import { ALL_TARGETS, buildStale } from './build.ts';
import { type Cloud, startCloud } from './cloud-process.ts';
import { findBrowsers } from './find-browser.ts';
import { type OpenedBrowser, openBrowser } from './open-browser.ts';
import { BUNDLES } from './places.ts';

const CONNECT_DEADLINE_MS = 15_000;
const PAIR_DEADLINE_MS = 30_000;

export interface StageOptions {
  /** Folder of this start: cloud, host and profile lie in it. */
  data: string;
  port: number;
  headless: boolean;
  say(line: string): void;
  /** For the agent, beside its own: what it gets of this process's environment is little. */
  agentEnv?: Readonly<Record<string, string>>;
}

export interface Stage {
  cloud: Cloud;
  terminal: Terminal;
  /** `null` where no browser takes the extension. */
  opened: OpenedBrowser | null;
  home: string;
}

/** Everything that has been started so far, so that a start cut short can be taken down as well. */
export class Backstage {
  cloud: Promise<Cloud> | null = null;
  home: string | null = null;
  opened: Promise<OpenedBrowser | null> | null = null;

  /** Stops browser, agent and cloud. Gives what is still there, as words; empty when nothing is. */
  async stop(): Promise<string[]> {
    const left: string[] = [];
    const opened = await this.opened?.catch(() => null);
    if (opened && !(await opened.close())) left.push(`browser (process ${opened.pid})`);
    if (this.home !== null && !(await stopOwnAgent(this.home))) left.push('agent');
    const cloud = await this.cloud?.catch(() => null);
    if (cloud && !(await cloud.stop())) left.push(`cloud (process ${cloud.pid})`);
    return left;
  }
}

/** Builds what is stale and brings everything up. `backstage` knows what was started also when this throws. */
export async function setStage(backstage: Backstage, { data, port, headless, say, agentEnv }: StageOptions): Promise<Stage> {
  await buildStale(ALL_TARGETS, { say });
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const home = join(data, 'host');
  const profile = join(data, 'profile');
  backstage.home = home;
  backstage.cloud = startCloud({ data: join(data, 'cloud'), port, say });
  const agent = startOwnAgent(home, agentEnv);
  const browser = agent.then(async () => {
    await registerHost(home, profile);
    return openBrowser(findBrowsers(), { profile, headless, say });
  });
  backstage.opened = browser;
  const [cloud, terminal, opened] = await allOrFirstError([backstage.cloud, agent, browser]);
  say(`cloud    ${cloud.url}`);
  await pair(terminal, cloud, say);
  if (opened !== null) say(`browser  ${opened.name}${headless ? ', without a window' : ''}`);
  return { cloud, terminal, opened, home };
}

/** Like Promise.all, but settles only when all have: what fails late must not be left running unseen. */
async function allOrFirstError<Parts extends readonly unknown[]>(
  parts: { readonly [At in keyof Parts]: Promise<Parts[At]> },
): Promise<Parts> {
  const outcomes = await Promise.allSettled(parts);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return (await Promise.all(parts)) as unknown as Parts;
}

async function registerHost(home: string, profile: string): Promise<void> {
  const facts = { node: process.execPath, relay: BUNDLES.relay, home };
  await applyInstall(planInstall(facts, [profilePlace(profile)], thisSystem()));
}

/** Pairs the device with this cloud by the code of its ready line, unless it already is, and waits for the connection. */
async function pair(terminal: Terminal, cloud: Cloud, say: (line: string) => void): Promise<void> {
  const isPaired = terminal.status.cloud.url === cloud.url && terminal.status.cloud.state !== 'refused';
  if (!isPaired || !(await isConnected(terminal))) {
    if (cloud.code === null) throw new HeadgateError('not_paired', 'The cloud gave no code to pair this device with.');
    await terminal.call('pair.start', { cloud: cloud.url, code: cloud.code }, PAIR_DEADLINE_MS);
    if (!(await isConnected(terminal)))
      throw new HeadgateError('cloud_away', 'The device is paired, but the cloud does not let it connect.');
    say('paired   this device with this cloud, by a one-time code');
  } else say('paired   already');
}

async function isConnected(terminal: Terminal): Promise<boolean> {
  for (const deadline = Date.now() + CONNECT_DEADLINE_MS; Date.now() < deadline; ) {
    const { cloud } = await terminal.call('host.status', {});
    if (cloud.state === 'connected') return true;
    if (cloud.state === 'refused' || cloud.state === 'unpaired') return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
