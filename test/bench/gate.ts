// What the gate costs: decision and resolve of one op beside the bare system calls that they come to, the same file, one
// after the other in the same loop. Ours asks the warrant, the grant with its right and globs, resolves the path, and decides
// what may leave of the file under the strictest label; the floor opens and closes the same descriptors and decides nothing.
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { openFile, openFolder } from '../../native-host/gate/resolve.ts';
import { lookAt } from '../../native-host/gate/resolve/look.ts';
import { grantWith, labelOfFile } from '../../native-host/ops/access.ts';
import { decideRelease } from '../../shared/gate/release.ts';
import { decideTask, type Warrant } from '../../shared/gate/warrants.ts';
import { makeId } from '../../shared/ids.ts';
import { grantFolder, type Granted } from '../native-host/support/granted.ts';
import { type Figures, figuresOf, round } from './statistics.ts';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const FILE = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const O_PATH = 0o10000000;
const WARM_UP = 2_000;
const OTHER_GRANTS = 8;
const NOTHING_FOUND = { inspected: true, rules: [] };
const PATH = 'letters/2026/autumn/note.md';

type Op = 'read' | 'stat' | 'list';

export interface GateFigures {
  /** Microseconds of one op. */
  ops: Record<Op, { gateUs: Figures; bareUs: Figures; beyondUs: number }>;
  /** The dearest of them: median of ours less the median of the floor. */
  beyondUs: number;
}

export function measureGate(rounds: number): GateFigures {
  using granted = grantFolder({ exclude: ['*.key', 'private/**'] });
  granted.write(PATH, 'a note\n');
  for (let other = 0; other < OTHER_GRANTS; other += 1) {
    granted.write(`letters/part-${other}/note.md`, 'another\n');
    granted.grants.add({ folder: `${granted.folder}/letters/part-${other}`, rights: ['read'], label: 'ask' });
  }
  const ops = {
    read: compare(rounds, gatedRead(granted), () => bareFile(granted.folder, PATH)),
    stat: compare(rounds, gatedStat(granted), () => bareStat(granted.folder, PATH)),
    list: compare(rounds, gatedFolder(granted), () => bareFolder(granted.folder, 'letters/2026/autumn')),
  };
  return { ops, beyondUs: Math.max(...Object.values(ops).map((op) => op.beyondUs)) };
}

function compare(rounds: number, ours: () => void, bare: () => void): GateFigures['ops'][Op] {
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let at = -WARM_UP; at < rounds; at += 1) {
    const [first, second] = at % 2 === 0 ? [timed(ours), timed(bare)] : [timed(bare), timed(ours)];
    if (at < 0) continue;
    times.ours.push(at % 2 === 0 ? first : second);
    times.bare.push(at % 2 === 0 ? second : first);
  }
  const [gateUs, bareUs] = [figuresOf(times.ours), figuresOf(times.bare)];
  return { gateUs, bareUs, beyondUs: round(gateUs.p50 - bareUs.p50) };
}

function timed(work: () => void): number {
  const startedAt = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - startedAt) / 1000;
}

/** The run's warrant, as `runs/start.ts` makes one. */
function warrantOf({ context, grant }: Granted, op: string): Warrant {
  const id = makeId('w', randomBytes);
  return { id, run: context.run, ops: [op], grants: [grant.id], egressBytes: 100_000, changes: 0, expiresAt: context.now() + 60_000 };
}

function gatedRead(granted: Granted): () => void {
  const { context } = granted;
  const warrant = warrantOf(granted, 'fs.read');
  return () => {
    allow(decideTask(warrant, { op: 'fs.read', grants: [granted.grant.id] }, context.now()));
    using file = openFile(grantWith(context, granted.grant.id, 'read'), PATH);
    const decision = decideRelease({
      label: labelOfFile(context, file),
      destination: 'cloud',
      bytes: file.facts.size,
      budgetLeft: warrant.egressBytes,
      approved: false,
      scan: NOTHING_FOUND,
    });
    allow({ effect: decision.effect === 'send' ? 'allow' : 'deny' });
  };
}

function gatedStat(granted: Granted): () => void {
  const { context } = granted;
  const warrant = warrantOf(granted, 'fs.stat');
  const slash = PATH.lastIndexOf('/');
  return () => {
    allow(decideTask(warrant, { op: 'fs.stat', grants: [granted.grant.id] }, context.now()));
    using folder = openFolder(grantWith(context, granted.grant.id, 'read'), PATH.slice(0, slash));
    lookAt(folder, PATH.slice(slash + 1));
    context.grants.namesOf(granted.grant.id, PATH);
  };
}

function gatedFolder(granted: Granted): () => void {
  const { context } = granted;
  const warrant = warrantOf(granted, 'fs.list');
  return () => {
    allow(decideTask(warrant, { op: 'fs.list', grants: [granted.grant.id] }, context.now()));
    using folder = openFolder(grantWith(context, granted.grant.id, 'read'), 'letters/2026/autumn');
    context.grants.labelOf(granted.grant.id, folder.path);
  };
}

function allow({ effect }: { effect: 'allow' | 'deny' }): void {
  if (effect !== 'allow') throw new Error('the gate refused what is measured: a refusal would be fast');
}

function bareFile(root: string, path: string): void {
  const slash = path.lastIndexOf('/');
  inFolder(root, path.slice(0, slash), (folder) => {
    const probe = openSync(`/proc/self/fd/${folder}/${path.slice(slash + 1)}`, O_PATH | constants.O_NOFOLLOW);
    fstatSync(probe);
    const file = openSync(`/proc/self/fd/${probe}`, FILE);
    closeSync(probe);
    fstatSync(file);
    askMount(file);
    closeSync(file);
  });
}

function bareStat(root: string, path: string): void {
  const slash = path.lastIndexOf('/');
  inFolder(root, path.slice(0, slash), (folder) => {
    askMount(folder);
    lstatSync(`/proc/self/fd/${folder}/${path.slice(slash + 1)}`);
  });
}

function bareFolder(root: string, path: string): void {
  inFolder(root, path, askMount);
}

/** On which mount the last that was opened lies: only its descriptor tells. */
function askMount(fd: number): void {
  const about = openSync(`/proc/self/fdinfo/${fd}`, constants.O_RDONLY);
  readSync(about, ABOUT, 0, ABOUT.length, 0);
  closeSync(about);
}
const ABOUT = Buffer.alloc(512);

/** Opens a folder by descriptors, as `gate/resolve.ts` does on Linux. */
function inFolder(root: string, path: string, act: (folder: number) => void): void {
  let last = openSync(root, FOLDER);
  readlinkSync(`/proc/self/fd/${last}`);
  fstatSync(last);
  const descriptors = [last];
  for (const segment of path.split('/')) {
    last = openSync(`/proc/self/fd/${last}/${segment}`, FOLDER);
    fstatSync(last);
    descriptors.push(last);
  }
  act(last);
  for (const descriptor of descriptors) closeSync(descriptor);
}
