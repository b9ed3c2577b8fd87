// The swap race: while the real resolver walks a path, another process exchanges a folder on it, or the file itself, with
// a link that leads out of the grant. Three rounds: the gate's own calls a million times, the ops and the MCP server's
// tools on top of them some thousand times, and, to show that the attack works at all, a reader and a writer that check
// the real path first and then use the path, as most programs do. Those two must be caught; nothing of Headgate may be.
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import { listFolder, openFile, openFolder, openRoot, readFile, statFileIn } from '../../native-host/gate/resolve.ts';
import { linkTo, look, makeFolder, moveFile, removeFolder, removeName, type Spot } from '../../native-host/gate/resolve/anchored.ts';
import { type Attack, collectFailures, type Member } from './member.ts';
import { type Arena, buildArena, CANARY, INSIDE, RACED } from './race/arena.ts';
import { raceMcp } from './race/mcp.ts';
import { raceOps } from './race/ops.ts';
import { startSwapper } from './race/swapper.ts';

export const member: Member = {
  name: 'race',
  says: 'a folder or file that is swapped with a link all the time never leads out of the grant',
  async run(attack) {
    const failures = collectFailures();
    const control = await raceNaively(attack);
    attack.say(`a program that checks first and opens then was led out ${control.leaks} times in ${control.tries}`);
    const gate = await raceGate(attack, failures.add);
    attack.say(`the gate: ${gate.tries} tries, ${gate.escapes} escapes`);
    const ops = await raceOps(attack, failures.add);
    const mcp = await raceMcp(attack, failures.add);
    for (const [what, { tries, reached }] of Object.entries({ ops, 'MCP tools': mcp }))
      if (reached < tries / 10) failures.add(`the race is no race: of ${tries} calls of ${what} only ${reached} were done`);
    if (control.leaks === 0) failures.add('the race is no race: not even a program that checks first and opens then was caught');
    if (gate.reached < MIN_REACHED || gate.refused < MIN_REACHED)
      failures.add(`the race is no race: ${gate.reached} tries got through and ${gate.refused} met a link`);
    const tries = gate.tries + ops.tries + mcp.tries;
    const escapes = gate.escapes + ops.escapes + mcp.escapes;
    return {
      figures: {
        tries,
        escapes,
        'gate: tries': gate.tries,
        'gate: reached what is inside': gate.reached,
        'gate: met the link and refused': gate.refused,
        'gate: found nothing of that name': gate.missed,
        'ops: tries': ops.tries,
        'ops: done inside': ops.reached,
        'MCP tools: tries': mcp.tries,
        'MCP tools: done inside': mcp.reached,
        swaps: gate.swaps + ops.swaps + mcp.swaps,
        'swapped by': gate.how,
        'control, checks then opens: tries': control.tries,
        'control, checks then opens: led out': control.leaks,
      },
      failures: failures.list,
    };
  },
};

export interface Raced {
  tries: number;
  escapes: number;
  /** Tries that did what they were meant to, inside. */
  reached: number;
  refused: number;
  missed: number;
  swaps: number;
  how: string;
}

const MIN_REACHED = 1_000;
const ENOUGH_LEAKS = 20;
const READS = { full: 1_000_000, short: 30_000 };
const STRETCH = 2_000;

type Try = (arena: Arena, round: number) => void;
class Escaped extends Error {}

const read =
  (path: string): Try =>
  ({ granted }) => {
    using file = openFile(granted.grant, path);
    expectInside(readFile(file, 1_000).toString());
  };

const list =
  (path: string): Try =>
  ({ granted }) => {
    using folder = openFolder(granted.grant, path);
    if (listFolder(folder).some(({ name }) => name === 'only-outside')) throw new Escaped('listed what is outside');
  };

const stat =
  (path: string): Try =>
  ({ granted }) => {
    using root = openRoot(granted.grant);
    if (statFileIn(root, path).size === CANARY.length) throw new Escaped('told the size of a file outside');
  };

/** A change in the raced folder; the folder that was opened once stays the one that is worked in. */
const changeIn =
  (path: string, act: (spot: (name: string) => Spot, round: number) => void): Try =>
  ({ granted }, round) => {
    using folder = openFolder(granted.grant, path);
    act((name) => ({ folder, name }), round);
  };

const makeAndRemove = (path: string): Try =>
  changeIn(path, (spot, round) => {
    makeFolder(spot(`made-${round}`));
    removeFolder(spot(`made-${round}`));
  });

const linkAndRemove = (path: string): Try =>
  changeIn(path, (spot, round) => {
    linkTo(spot('f'), spot(`linked-${round}`));
    removeName(spot(`linked-${round}`));
  });

/** There and back: the destination's folder is the raced one, then the source's. */
const moveThereAndBack =
  (path: string): Try =>
  ({ granted }, round) => {
    using home = openRoot(granted.grant);
    using folder = openFolder(granted.grant, path);
    const [here, there] = [
      { folder: home, name: 'plain.md' },
      { folder, name: `moved-${round}` },
    ];
    moveFile(here, there);
    moveFile(there, here);
  };

/** The raced file itself is what is moved: a link that was met on the way comes back as it was. */
const moveRaced: Try = ({ granted }, round) => {
  using home = openRoot(granted.grant);
  const [here, there] = [
    { folder: home, name: 'leaf' },
    { folder: home, name: `leaf-${round}` },
  ];
  const was = look(here);
  if (was?.isFile() !== true) return;
  linkTo(here, there);
  removeName(there);
};

const TRIES: readonly (readonly [weight: number, act: Try])[] = [
  [30, read(RACED.file)],
  [16, read(RACED.leaf)],
  [12, read(RACED.deep)],
  [10, stat(RACED.file)],
  [6, stat(RACED.deep)],
  [10, list(RACED.folder)],
  [4, list(RACED.deepFolder)],
  [4, makeAndRemove(RACED.folder)],
  [2, makeAndRemove(RACED.deepFolder)],
  [2, linkAndRemove(RACED.folder)],
  [2, moveThereAndBack(RACED.folder)],
  [2, moveRaced],
];

async function raceGate({ full, say }: Attack, fail: (what: string) => void): Promise<Raced> {
  using arena = buildArena();
  const swapper = await startSwapper(arena.pairs);
  const raced: Raced = { tries: 0, escapes: 0, reached: 0, refused: 0, missed: 0, swaps: 0, how: swapper.how };
  const total = full ? READS.full : READS.short;
  const weights = TRIES.reduce((sum, [weight]) => sum + weight, 0);
  try {
    for (let done = 0; done < total; ) {
      for (const [weight, act] of TRIES) {
        const count = Math.ceil((STRETCH * weight) / weights);
        for (let turn = 0; turn < count; turn += 1) tryOnce(raced, () => act(arena, done + turn), fail);
        done += count;
      }
      await new Promise((resolve) => setImmediate(resolve));
      if (Math.floor(done / 100_000) > Math.floor((done - STRETCH) / 100_000))
        say(`${done.toLocaleString('en')} tries at the gate, ${raced.escapes} escapes`);
    }
  } finally {
    raced.swaps = await swapper.stop();
  }
  for (const damage of arena.damage()) {
    raced.escapes += 1;
    fail(`outside the grant, after the gate’s own calls: ${damage}`);
  }
  return raced;
}

function tryOnce(raced: Raced, act: () => void, fail: (what: string) => void): void {
  raced.tries += 1;
  try {
    act();
    raced.reached += 1;
  } catch (thrown) {
    if (thrown instanceof Escaped) {
      raced.escapes += 1;
      return fail(thrown.message);
    }
    if (!(thrown instanceof HeadgateError)) return fail(`an error that nobody expects: ${String(thrown)}`);
    if (['path_refused', 'not_a_file', 'not_a_folder'].includes(thrown.code)) raced.refused += 1;
    else raced.missed += 1;
  }
}

function expectInside(text: string): void {
  if (text !== INSIDE) throw new Escaped(`read ${JSON.stringify(text)} from outside`);
}

/** What a program does that checks the path and uses it then. Goes on until it was caught often enough. */
async function raceNaively({ full }: Attack): Promise<{ tries: number; leaks: number }> {
  using arena = buildArena();
  const { folder } = arena.granted;
  const swapper = await startSwapper(arena.pairs);
  const [atLeast, atMost] = full ? [100_000, 1_000_000] : [2_000, 200_000];
  let [tries, leaks] = [0, 0];
  try {
    for (; tries < atLeast || (leaks < ENOUGH_LEAKS && tries < atMost); tries += 1) {
      try {
        const path = join(folder, RACED.file);
        if (!realpathSync(path).startsWith(`${folder}/`)) continue;
        if (readFileSync(path, 'utf8') !== INSIDE) leaks += 1;
        if (tries % 10 !== 0 || !realpathSync(join(folder, 'd')).startsWith(`${folder}/`)) continue;
        mkdirSync(join(folder, 'd', `naive-${tries}`));
        writeFileSync(join(folder, 'd', `naive-${tries}.txt`), 'naive');
      } catch {
        // A name that was free for a moment, or a file that came and went.
      }
    }
  } finally {
    await swapper.stop();
  }
  return { tries, leaks: leaks + arena.damage().filter((damage) => damage.endsWith('was made')).length };
}
