// kill -9 at every step of every kind of change, downloads included (of its undo: journal-undo.test.ts). A real process does it
// on real files and kills itself at a fault point; a fresh one recovers. Then every step has happened or has not, and undo
// gives back the exact bytes, modes and times. The points that were hit are printed; one that is not reached fails the test.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { treeOf } from '../native-host/support/changing.ts';
import type { Mended } from './child.ts';
import { buildChild, close, die, halfKept, mend, neverHit, pass, PLAYED, prepare } from './deaths.ts';
import { type FaultPoint, FAULT_POINTS } from '../../native-host/journal/fault-points.ts';
import { ONLY_IN_UNDO } from './scenarios.ts';
import { treesOf } from './trees.ts';

type Tree = Record<string, string>;
interface Stage {
  tree: Tree;
  trash: string[];
}

const LEFTOVER = /\.headgate-.*\.tmp/;

beforeAll(buildChild);
afterAll(() => close('changes'));

test.each(PLAYED.map(({ name, acts }) => [name, acts.length] as const))(
  '%s: killed anywhere, it happened or it did not, and undo gives everything back',
  async (name, steps) => {
    const model = prepare(name);
    const stages = [stageOf(model)];
    for (let upTo = 1; upTo < steps; upTo++) {
      const partly = prepare(name);
      await pass('do', `${name}#${upTo}`, [partly]);
      stages.push(stageOf(partly));
    }
    const moments = await pass('do', name, [model]);
    stages.push(stageOf(model));

    const bases = moments.map(() => prepare(name));
    const starts = bases.map((base) => treesOf(base));
    await die('do', name, bases, moments);
    const mended = await mend(name, bases);
    expect(mended).toHaveLength(moments.length);
    for (const [index, each] of mended.entries()) {
      const where = `${name} at ${moments[index]?.join(':')}`;
      expectMended(each, stages, where);
      expect(each.end, where).toEqual(starts[index]);
      expect(halfKept(bases[index] ?? ''), where).toEqual([]);
    }
    for (const base of [model, ...bases]) rmSync(base, { recursive: true });
  },
  240_000,
);

test('every fault point was hit that is not of undo alone', () => {
  const points = Object.keys(FAULT_POINTS) as FaultPoint[];
  expect(neverHit(points.filter((point) => !ONLY_IN_UNDO.includes(point)))).toEqual([]);
});

function expectMended(mended: Mended, stages: readonly Stage[], where: string): void {
  const steps = stages.length - 1;
  const done = mended.steps.filter((step) => step === 'done').length;
  expect(mended, where).toMatchObject({ unsettled: 0, again: { settled: 0 }, recovered: { open: 0 }, twice: [] });
  expect(mended.steps, where).toEqual(Array.from({ length: steps }, (_, index) => (index < done ? 'done' : 'nothing')));
  expect(withoutTimes(mended.settled), where).toEqual(stages[done]?.tree);
  expect(trashed(mended.trash), where).toEqual(stages[done]?.trash);
  expect(
    Object.keys(mended.settled).filter((path) => LEFTOVER.test(path)),
    where,
  ).toEqual([]);
  expect(new Set(mended.undone), where).toEqual(new Set(done === 0 ? [] : ['undone']));
}

/** What the tree is before the first step and after each; files that were written have the time of writing. */
function stageOf(base: string): Stage {
  return { tree: treesOf(base, { times: false }), trash: trashed(treeOf(join(base, 'share'))) };
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
