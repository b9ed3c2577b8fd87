// kill -9 at every step of the undo of every kind of change: the rest of it is done by the next undo, and everything is as it was.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildChild, close, die, FULL, mend, neverHit, pass, PLAYED, prepare } from './deaths.ts';
import { ONLY_IN_UNDO } from './scenarios.ts';
import { treesOf } from './trees.ts';

beforeAll(buildChild);
afterAll(() => close('undo'));

test.each(PLAYED.filter(({ undoIsKnown }) => FULL || undoIsKnown !== true).map(({ name }) => name))(
  'the undo of: %s, killed anywhere, can be finished',
  async (name) => {
    const model = prepare(name);
    const before = treesOf(model);
    await pass('do', name, [model]);
    const moments = await pass('undo', name, [model]);
    expect(treesOf(model)).toEqual(before);

    const bases = moments.map(() => prepare(name));
    const starts = bases.map((base) => treesOf(base));
    await pass('do', name, bases);
    await die('undo', name, bases, moments);
    const mended = await mend(name, bases);
    expect(mended).toHaveLength(moments.length);
    for (const [index, each] of mended.entries()) {
      const where = `undo of ${name} at ${moments[index]?.join(':')}`;
      expect(each, where).toMatchObject({ unsettled: 0, end: starts[index], twice: [] });
      expect(
        each.undone.filter((result) => result !== 'undone'),
        where,
      ).toEqual([]);
    }
    for (const base of [model, ...bases]) rmSync(base, { recursive: true });
  },
  240_000,
);

test('every fault point was hit that only undo passes', () => {
  expect(neverHit(ONLY_IN_UNDO)).toEqual([]);
});
