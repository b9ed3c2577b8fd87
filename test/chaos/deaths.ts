// What both chaos tests of the journal share: folders to die on, the process that dies or mends (child.ts), and the count of
// fault points that were hit, which is printed at the end of each file.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect } from 'vitest';
import { createGrantsFile } from '../../native-host/gate/grants-file.ts';
import { FAULT_POINTS, type FaultPoint } from '../../native-host/journal/fault-points.ts';
import type { Mended, What } from './child.ts';
import { hasOtherDisk, IN_INBOX, OTHER_DISK, SCENARIOS, writeTree } from './scenarios.ts';

/** `HEADGATE_CHAOS=full` dies at more moments and takes some minutes. */
export const FULL = process.env.HEADGATE_CHAOS === 'full';
const DEADLINE_MS = 30_000;
const AT_A_TIME = 3;

/** A point and the how many-th time that it is passed. */
type Moment = readonly [FaultPoint, number];
interface Said {
  signal: string | null;
  code: number | null;
  out: string;
  err: string;
}

const work = realpathSync(mkdtempSync(join(tmpdir(), 'headgate-chaos-')));
const otherDisk = hasOtherDisk(work);
const elsewhere = otherDisk ? mkdtempSync(join(OTHER_DISK, 'headgate-chaos-')) : '';
const program = join(work, 'child.cjs');
const hit = new Map<FaultPoint, number>();

export const PLAYED = SCENARIOS.filter(({ inbox }) => inbox !== 'other disk' || otherDisk);

export async function buildChild(): Promise<void> {
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
}

/** A fresh granted folder with the tree in it, and where the scenario has one, a browser's folder with what it downloaded. */
export function prepare(scenario: string): string {
  const base = mkdtempSync(join(work, 'base-'));
  mkdirSync(join(base, 'Documents'));
  mkdirSync(join(base, 'share'));
  const grants = createGrantsFile(join(base, 'home'));
  grants.add({ folder: join(base, 'Documents'), rights: ['read', 'write', 'trash'], label: 'open' });
  writeTree(join(base, 'Documents'));
  const inbox = SCENARIOS.find(({ name }) => name === scenario)?.inbox;
  if (inbox !== undefined) {
    const folder = mkdtempSync(join(inbox === 'same disk' ? base : elsewhere, 'inbox-'));
    writeFileSync(join(folder, IN_INBOX), Buffer.alloc(3_000_000, 'i'), { mode: 0o600 });
    grants.add({ folder, name: 'Inbox', rights: ['read', 'write'], label: 'open' });
  }
  return base;
}

/** A process that does or undoes the scenario on each folder, one after the other, undisturbed; gives when it could have died. */
export async function pass(what: 'do' | 'undo', scenario: string, bases: readonly string[]): Promise<Moment[]> {
  const said = await runChild(what, scenario, bases, 'list');
  expect(said, `${what} ${scenario}`).toMatchObject({ code: 0, out: '' });
  const counts = new Map<FaultPoint, number>();
  // A line is `fault-point` and its name, and nothing else is said.
  const points = said.err.split('\n').slice(0, -1) as `fault-point ${FaultPoint}`[];
  for (const line of points) {
    const point = line.slice('fault-point '.length) as FaultPoint;
    expect(Object.keys(FAULT_POINTS), line).toContain(point);
    counts.set(point, (counts.get(point) ?? 0) + 1);
  }
  return [...counts].flatMap(([point, count]) => timesOf(count / bases.length).map((time): Moment => [point, time]));
}

/** The last time that a point is passed; in full also the first and the second time. */
function timesOf(count: number): number[] {
  return [...new Set(FULL ? [1, 2, count] : [count])].filter((time) => time <= count);
}

/** A process for each folder, which kills itself at its moment. Some at a time: most of it is waiting for the disk. */
export async function die(what: 'do' | 'undo', scenario: string, bases: readonly string[], moments: readonly Moment[]): Promise<void> {
  const dieAt = async ([point, time]: Moment, base: string) => {
    const { signal, err } = await runChild(what, scenario, [base], `${point}:${time}`);
    expect({ signal, err }, `${what} ${scenario} dies at ${point}:${time}`).toEqual({ signal: 'SIGKILL', err: '' });
    hit.set(point, (hit.get(point) ?? 0) + 1);
  };
  const waiting = moments.entries();
  const dieInTurn = async () => {
    for (const [index, moment] of waiting) await dieAt(moment, bases[index] ?? '');
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, dieInTurn));
}

/** A fresh process recovers each folder, undoes what was done there, and says what it found. */
export async function mend(scenario: string, bases: readonly string[]): Promise<Mended[]> {
  const { code, out, err } = await runChild('mend', scenario, bases);
  expect({ code, err }, `mending ${scenario}`).toEqual({ code: 0, err: '' });
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Mended);
}

async function runChild(what: What, scenario: string, bases: readonly string[], fault = ''): Promise<Said> {
  const child = spawn(process.execPath, [program, what, scenario, ...bases], {
    env: {
      PATH: process.env.PATH,
      HOME: bases[0],
      HEADGATE_HOME: join(bases[0] ?? '', 'home'),
      HEADGATE_FAULT: fault,
      NODE_COMPILE_CACHE: join(work, 'compiled'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ signal, code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
  });
}

/** What a half-written old version leaves in the store of old versions: nothing, when it was mended. */
export function halfKept(base: string): string[] {
  const store = join(base, 'home/pre-images');
  return existsSync(store) ? readdirSync(store).filter((file) => file.endsWith('.tmp')) : [];
}

/** Which of these points nothing died at. */
export function neverHit(points: readonly FaultPoint[]): FaultPoint[] {
  return points.filter((point) => !hit.has(point));
}

/** Says how often something died at each point, and takes the folders away. */
export function close(title: string): void {
  rmSync(work, { recursive: true, force: true });
  rmSync(elsewhere, { recursive: true, force: true });
  if (!otherDisk) process.stdout.write(`\n${OTHER_DISK} is no disk of its own here: nothing was filed across disks\n`);
  const points = Object.entries(FAULT_POINTS);
  const deaths = [...hit.values()].reduce((sum, times) => sum + times, 0);
  const lines = points.map(([point, says]) => `  ${String(hit.get(point as FaultPoint) ?? 0).padStart(4)} × ${point}: ${says}`);
  process.stdout.write(`\n${title}: ${deaths} deaths at ${hit.size} of ${points.length} fault points:\n${lines.join('\n')}\n`);
}
