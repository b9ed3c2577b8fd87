// Where the time of one click goes, hop by hop, through the programs as they are, with a tap in agent and cloud. The tap costs a
// little itself, so the sum is above the figure of the click that in-browser.ts measures without one.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Backstage, setStage } from '../../native-host/checkout/stage.ts';
import { type Click, clickThrough } from './click.ts';
import { type Figures, figuresOf } from './statistics.ts';

/** Each with the note that ends it; it begins where the one before has ended. */
const HOPS = [
  { hop: 'popup, worker, browser, relay: the ask', until: 'agent in runs.start' },
  { hop: 'agent: plan and warrant, written and synced', until: 'agent out run.submit' },
  { hop: 'to the cloud', until: 'cloud in run.submit' },
  { hop: 'cloud: checked, placed, stored', until: 'cloud out task.assign' },
  { hop: 'to the agent', until: 'agent in task.assign' },
  { hop: 'agent: done, outcome written', until: 'agent out task.report' },
  { hop: 'to the cloud again', until: 'cloud in task.report' },
  { hop: 'cloud: accepted, stored', until: 'cloud out run.events (last)' },
  { hop: 'to the agent again', until: 'agent in run.events (last)' },
  { hop: 'agent: result and end told', until: 'agent out run.changed (last)' },
  { hop: 'relay, browser, worker, popup: drawn', until: 'shown' },
] as const;

interface Note {
  at: number;
  what: string;
}

export type Waterfall = Record<(typeof HOPS)[number]['hop'], Figures>;

export async function measureWaterfall(rounds: number): Promise<Waterfall> {
  const data = mkdtempSync(join(tmpdir(), 'headgate-bench-waterfall-'));
  const backstage = new Backstage();
  const tap = { NODE_OPTIONS: `--import=${new URL('./waterfall-tap.mjs', import.meta.url)}`, HEADGATE_BENCH_TAP: data };
  try {
    const stage = await withEnvironment(tap, () =>
      setStage(backstage, {
        data,
        port: 0,
        headless: true,
        say: (line) => void process.stderr.write(`${line}\n`),
        agentEnv: { NODE_OPTIONS: tap.NODE_OPTIONS },
      }),
    );
    if (stage.opened === null) throw new Error('No browser takes the extension.');
    const page = await stage.opened.browser.newPage();
    await page.goto(`${stage.cloud.url}/healthz`);
    const clicks = await clickThrough(stage.opened, page, rounds);
    // The taps write when their programs end.
    await backstage.stop();
    return hopsOf(clicks, [...readNotes(data, 'agent'), ...readNotes(data, 'cloud')]);
  } finally {
    await backstage.stop();
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  }
}

function hopsOf(clicks: readonly Click[], notes: readonly Note[]): Waterfall {
  const sorted = notes.toSorted((one, two) => one.at - two.at);
  const spent = new Map<string, number[]>(HOPS.map(({ hop }) => [hop, []]));
  for (const { clickedAt, shownAt } of clicks) {
    let from = clickedAt;
    for (const { hop, until } of HOPS) {
      const at = until === 'shown' ? shownAt : sorted.find((note) => note.what === until && note.at >= from && note.at <= shownAt)?.at;
      if (at === undefined) continue;
      spent.get(hop)?.push(at - from);
      from = at;
    }
  }
  return Object.fromEntries([...spent].map(([hop, times]) => [hop, figuresOf(times)])) as Waterfall;
}

function readNotes(folder: string, who: string): Note[] {
  return JSON.parse(readFileSync(join(folder, `${who}.json`), 'utf8')) as Note[];
}

async function withEnvironment<Result>(env: Readonly<Record<string, string>>, work: () => Promise<Result>): Promise<Result> {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
