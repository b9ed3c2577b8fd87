// The race against the ops: each call opens, notes, changes and syncs, with the swap going on all the time.
import { join } from 'node:path';
import { undoChanges } from '../../../native-host/journal/undo.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import type { HostOp } from '../../../native-host/ops/op.ts';
import { at, nextRun, textHandle } from '../../native-host/support/changing.ts';
import type { Granted } from '../../native-host/support/granted.ts';
import { performOp } from '../../native-host/support/perform-op.ts';
import type { Attack } from '../member.ts';
import type { Raced } from '../race.ts';
import { withEnvironment } from '../with-environment.ts';
import { buildArena, CANARY, RACED } from './arena.ts';
import { startSwapper } from './swapper.ts';

type Call = (granted: Granted, name: string) => [HostOp, Record<string, unknown>];

/** Changes and looks whose path goes through what is swapped. `name` is another one each time. */
const CALLS: readonly Call[] = [
  ({ grant }, name) => ['fs.create', { grant: grant.id, path: RACED.folder, name, content: 'new' }],
  ({ grant }, name) => ['fs.create', { grant: grant.id, path: RACED.deepFolder, name, content: 'new' }],
  (granted) => ['fs.write', { target: [at(granted, RACED.file)], content: 'inside' }],
  (granted) => ['fs.write', { target: [at(granted, RACED.leaf)], content: 'inside' }],
  (granted) => ['fs.append', { target: [at(granted, RACED.deep)], content: '' }],
  (granted, name) => ['fs.mkdir', at(granted, `${RACED.folder}/${name}`)],
  (granted, name) => ['fs.mkdir', { ...at(granted, `${RACED.deepFolder}/${name}/x/y`), parents: true }],
  (granted, name) => ['fs.copy', { target: [at(granted, 'plain.md')], ...at(granted, `${RACED.folder}/${name}`) }],
  (granted, name) => ['fs.copy', { target: [at(granted, RACED.file)], ...at(granted, `copies-${name}`) }],
  (granted, name) => ['fs.move', { moves: [{ from: at(granted, RACED.file), to: `moved-${name}` }] }],
  (granted, name) => ['fs.move', { moves: [{ from: at(granted, 'plain.md'), to: `${RACED.folder}/${name}` }] }],
  (granted, name) => ['fs.move', { moves: [{ from: at(granted, RACED.folder), to: `folder-${name}` }] }],
  (granted) => ['fs.trash', { target: [at(granted, RACED.file)] }],
  (granted) => ['fs.trash', { target: [at(granted, RACED.leaf)] }],
  ({ grant }) => ['fs.list', { grant: grant.id, documents: false }],
  ({ grant }) => ['fs.list', { grant: grant.id, path: RACED.folder, documents: false }],
  ({ grant }) => ['fs.find', { query: 'outside', grants: [grant.id] }],
  ({ grant }) => ['fs.search', { query: CANARY.slice(0, 6), grants: [grant.id] }],
  (granted) => ['fs.read', { target: [granted.handleOf(RACED.file)] }],
  (granted) => ['doc.text', { target: [granted.handleOf(RACED.deep)] }],
];

/** Calls in one arena: what the race has torn apart is built anew after them. */
const CALLS_A_ROUND = 200;

export async function raceOps(attack: Attack, fail: (what: string) => void): Promise<Raced> {
  const raced: Raced = { tries: 0, escapes: 0, reached: 0, refused: 0, missed: 0, swaps: 0, how: '' };
  const total = attack.full ? 20_000 : 400;
  while (raced.tries < total) {
    await raceRound(attack, raced, fail);
    if (raced.tries % 2_000 === 0) attack.say(`${raced.tries.toLocaleString('en')} calls of ops, ${raced.escapes} escapes`);
  }
  return raced;
}

async function raceRound({ random }: Attack, raced: Raced, fail: (what: string) => void): Promise<void> {
  using arena = buildArena();
  const { granted } = arena;
  await withEnvironment({ XDG_DATA_HOME: join(granted.base, 'share') }, async () => {
    const swapper = await startSwapper(arena.pairs);
    raced.how = swapper.how;
    try {
      for (let call = 0; call < CALLS_A_ROUND; call += 1) {
        raced.tries += 1;
        await tryCall(granted, random.pick(CALLS), `n${raced.tries}`, raced, fail);
      }
    } finally {
      raced.swaps += await swapper.stop();
    }
  });
  for (const damage of arena.damage()) {
    raced.escapes += 1;
    fail(`outside the grant, after ops: ${damage}`);
  }
}

async function tryCall(granted: Granted, call: Call, name: string, raced: Raced, fail: (what: string) => void): Promise<void> {
  const context = nextRun(granted);
  const [op, given] = call({ ...granted, context, handleOf: granted.handleOf }, name);
  const args = typeof given.content === 'string' ? { ...given, content: [textHandle(context, given.content)] } : given;
  const own = op === 'fs.read' || op === 'doc.text' ? granted.context : context;
  try {
    const { outputs } = await performOp(op, args, own);
    raced.reached += 1;
    for (const { handle } of outputs) {
      const stored = own.handles.get(handle);
      const leaked = stored.text?.includes(CANARY) || stored.file?.path.includes('only-outside') || stored.file?.size === CANARY.length;
      if (!leaked) continue;
      raced.escapes += 1;
      fail(`${op} gave something from outside: ${JSON.stringify(stored)}`);
    }
    // What was made or moved goes back, through the same race; what cannot go back is put there again.
    await undoChanges({ journal: context.journal, grants: granted.grants, now: context.now }, context.run);
  } catch (thrown) {
    if (!(thrown instanceof HeadgateError)) fail(`${op}: an error that nobody expects: ${String(thrown)}`);
    else if (['path_refused', 'not_a_file', 'not_a_folder'].includes(thrown.code)) raced.refused += 1;
    else raced.missed += 1;
  }
}
