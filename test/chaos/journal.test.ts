// kill -9 at every step of every kind of change, downloads included, and of its undo. A real process does it on real files and kills itself at a
// fault point; a fresh one recovers. Then every step has happened or has not, and undo gives back the exact bytes, modes and
// times. The points that were hit are printed; one that no scenario reaches fails the test.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGrantsFile } from '../../native-host/gate/grants-file.ts';
import { FAULT_POINTS, type FaultPoint } from '../../native-host/journal/fault-points.ts';
import { treeOf } from '../native-host/support/changing.ts';
import { hasOtherDisk, IN_INBOX, OTHER_DISK, SCENARIOS as ALL, writeTree } from './scenarios.ts';
import { treesOf } from './trees.ts';

type Tree = Record<string, string>;
interface Mended {
  recovered: { settled: number; open: number };
  afterRecovery: Tree;
  steps: ('nothing' | 'done')[];
  settled: Tree;
  trashAfter: Tree;
  again: { settled: number };
  undone: string[];
  twice: string[];
  end: Tree;
  unsettled: number;
}

const DEADLINE_MS = 30_000;
const AT_A_TIME = 4;
/** `HEADGATE_CHAOS=full` takes some minutes. */
const FULL = process.env.HEADGATE_CHAOS === 'full';
const LEFTOVER = /\.headgate-.*\.tmp/;
const work = realpathSync(mkdtempSync(join(tmpdir(), 'headgate-chaos-')));
const program = join(work, 'child.cjs');
const otherDisk = hasOtherDisk(work);
const SCENARIOS = ALL.filter(({ inbox }) => inbox !== 'other disk' || otherDisk);
const hit = new Map<FaultPoint, number>();
let deaths = 0;

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, 'child.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node24',
    // As CommonJS, and with a cache of what was compiled, it starts in half the time: it is started some hundred times.
    format: 'cjs',
    logLevel: 'silent',
  });
});

afterAll(() => {
  rmSync(work, { recursive: true, force: true });
  rmSync(elsewhere, { recursive: true, force: true });
  if (!otherDisk) process.stdout.write(`\n${OTHER_DISK} is no disk of its own here: nothing was filed across disks\n`);
  const lines = Object.entries(FAULT_POINTS).map(
    ([point, says]) => `  ${String(hit.get(point as FaultPoint) ?? 0).padStart(4)} × ${point}: ${says}`,
  );
  process.stdout.write(`\n${deaths} deaths at ${hit.size} of ${Object.keys(FAULT_POINTS).length} fault points:\n${lines.join('\n')}\n`);
});

const elsewhere = otherDisk ? mkdtempSync(join(OTHER_DISK, 'headgate-chaos-')) : '';

/** A fresh granted folder with the tree in it, and where the scenario has one, a browser's folder with what it downloaded. */
function prepare(scenario: string): string {
  const base = mkdtempSync(join(work, 'base-'));
  mkdirSync(join(base, 'Documents'));
  mkdirSync(join(base, 'share'));
  const grants = createGrantsFile(join(base, 'home'));
  grants.add({ folder: join(base, 'Documents'), rights: ['read', 'write', 'trash'], label: 'open' });
  writeTree(join(base, 'Documents'));
  const inbox = SCENARIOS.find(({ name }) => name === scenario.split('#')[0])?.inbox;
  if (inbox !== undefined) {
    const folder = mkdtempSync(join(inbox === 'same disk' ? base : elsewhere, 'inbox-'));
    writeFileSync(join(folder, IN_INBOX), Buffer.alloc(3_000_000, 'i'), { mode: 0o600 });
    grants.add({ folder, name: 'Inbox', rights: ['read', 'write'], label: 'open' });
  }
  return base;
}

async function child(
  base: string,
  what: 'do' | 'undo' | 'mend',
  scenario: string,
  fault = '',
): Promise<{ signal: string | null; code: number | null; out: string; err: string }> {
  const process_ = spawn(process.execPath, [program, base, what, scenario], {
    env: {
      PATH: process.env.PATH,
      HOME: base,
      XDG_DATA_HOME: join(base, 'share'),
      HEADGATE_HOME: join(base, 'home'),
      HEADGATE_FAULT: fault,
      NODE_COMPILE_CACHE: join(work, 'compiled'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
  });
  const out: string[] = [];
  const err: string[] = [];
  process_.stdout.on('data', (bytes: Buffer) => out.push(bytes.toString()));
  process_.stderr.on('data', (bytes: Buffer) => err.push(bytes.toString()));
  return await new Promise((resolve, reject) => {
    process_.once('error', reject);
    process_.once('close', (code, signal) => resolve({ signal, code, out: out.join(''), err: err.join('') }));
  });
}

/** How often each fault point is passed. */
function passes(err: string): Map<FaultPoint, number> {
  const counts = new Map<FaultPoint, number>();
  for (const [, point] of err.matchAll(/^fault-point (\S+)$/gm))
    counts.set(point as FaultPoint, (counts.get(point as FaultPoint) ?? 0) + 1);
  return counts;
}

/** When to die at each point: the last time that it is passed; in full also the first and the second time. */
function moments(counts: Map<FaultPoint, number>): [FaultPoint, number][] {
  return [...counts].flatMap(([point, count]) =>
    [...new Set(FULL ? [1, 2, count] : [count])].filter((time) => time <= count).map((time): [FaultPoint, number] => [point, time]),
  );
}

/** Some at a time: most of it is waiting for the disk. */
async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += AT_A_TIME) await Promise.all(items.slice(from, from + AT_A_TIME).map(work));
}

async function die(base: string, what: 'do' | 'undo', scenario: string, [point, time]: [FaultPoint, number]): Promise<void> {
  const { signal, err } = await child(base, what, scenario, `${point}:${time}`);
  expect({ signal, err }, `${scenario} dies at ${point}:${time}`).toEqual({ signal: 'SIGKILL', err: '' });
  hit.set(point, (hit.get(point) ?? 0) + 1);
  deaths += 1;
}

async function mend(base: string, scenario: string): Promise<Mended> {
  const { code, out, err } = await child(base, 'mend', scenario);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Mended;
}

test.each(SCENARIOS.map(({ name, acts }) => [name, acts.length] as const))(
  '%s: killed anywhere, it happened or it did not, and undo gives everything back',
  async (name, steps) => {
    const model = prepare(name);
    const before = treesOf(model);
    const listed = await child(model, 'do', name, 'list');
    expect(listed).toMatchObject({ code: 0 });
    // What the tree is after each step; files that were written have the time of writing.
    const stages = await stagesOf(name, steps);
    await eachOf(moments(passes(listed.err)), async (moment) => {
      const base = prepare(name);
      const start = treesOf(base);
      await die(base, 'do', name, moment);
      const mended = await mend(base, name);
      const where = `${name} at ${moment.join(':')}`;
      const done = mended.steps.filter((step) => step === 'done').length;
      expect(mended, where).toMatchObject({ unsettled: 0, again: { settled: 0 }, recovered: { open: 0 } });
      expect(mended.steps, where).toEqual(Array.from({ length: steps }, (_, index) => (index < done ? 'done' : 'nothing')));
      expect(withoutTimes(mended.settled), where).toEqual(stages[done]?.tree);
      expect(trashed(mended.trashAfter), where).toEqual(stages[done]?.trash);
      expect(
        Object.keys(mended.settled).filter((path) => LEFTOVER.test(path)),
        where,
      ).toEqual([]);
      expect(new Set(mended.undone), where).toEqual(new Set(done === 0 ? [] : ['undone']));
      expect(mended.end, where).toEqual(start);
      expect(withoutTimes(start), where).toEqual(withoutTimes(before));
      expect(mended.twice, where).toEqual([]);
      expect(
        existsSync(join(base, 'home/pre-images')) ? readdirSync(join(base, 'home/pre-images')).filter((file) => file.endsWith('.tmp')) : [],
        where,
      ).toEqual([]);
      rmSync(base, { recursive: true });
    });
  },
  240_000,
);

test.each(SCENARIOS.filter(({ undoIsKnown }) => FULL || undoIsKnown !== true).map(({ name }) => name))(
  'the undo of: %s, killed anywhere, can be finished',
  async (name) => {
    const model = prepare(name);
    const before = treesOf(model);
    expect(await child(model, 'do', name)).toMatchObject({ code: 0 });
    const listed = await child(model, 'undo', name, 'list');
    expect(treesOf(model)).toEqual(before);
    await eachOf(moments(passes(listed.err)), async (moment) => {
      const base = prepare(name);
      const start = treesOf(base);
      await child(base, 'do', name);
      await die(base, 'undo', name, moment);
      const mended = await mend(base, name);
      const where = `undo of ${name} at ${moment.join(':')}`;
      expect(mended, where).toMatchObject({ unsettled: 0, end: start, twice: [] });
      expect(
        mended.undone.filter((result) => result !== 'undone'),
        where,
      ).toEqual([]);
      rmSync(base, { recursive: true });
    });
  },
  240_000,
);

test('every fault point was hit', () => {
  expect(Object.keys(FAULT_POINTS).filter((point) => !hit.has(point as FaultPoint))).toEqual([]);
});

interface Stage {
  tree: Tree;
  trash: string[];
}

/** The tree before the first step and after each, from runs that nothing disturbs. */
async function stagesOf(name: string, steps: number): Promise<Stage[]> {
  const stages: Stage[] = [];
  for (let upTo = 0; upTo <= steps; upTo++) {
    const base = prepare(name);
    expect(await child(base, 'do', `${name}${upTo === steps ? '' : `#${upTo}`}`)).toMatchObject({ code: 0 });
    stages.push({
      tree: treesOf(base, { times: false }),
      trash: trashed(treeOf(join(base, 'share'))),
    });
    rmSync(base, { recursive: true });
  }
  return stages;
}

/** What is in the trash and what it knows of; its own folders are made before anything goes there. */
function trashed(share: Tree): string[] {
  return Object.keys(share).filter((path) => /^Trash\/(files|info)\//.test(path));
}

function withoutTimes(tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([path, value]) => [path, value.startsWith('folder') ? value : value.replace(/ \d+ /, '  ')]),
  );
}
