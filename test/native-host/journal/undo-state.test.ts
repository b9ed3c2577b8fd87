// What screens say of a run's undo, against the real journal: it must agree with what undo then does.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { purgeJournal } from '../../../native-host/journal/retention.ts';
import { decideUndoState, undoStateOf } from '../../../native-host/journal/undo-state.ts';
import { grantFolder, type Granted } from '../support/granted.ts';
import { createText, undo, writeText } from '../support/changing.ts';

let granted: Granted;
beforeEach(() => {
  granted = grantFolder();
});
afterEach(() => granted[Symbol.dispose]());

const stateOf = (run: Parameters<typeof undoStateOf>[1]) => undoStateOf(granted.store, run);

test('a run that changed something can be taken back, and once it is, that is said', async () => {
  const { run } = await createText(granted, 'new.txt', 'text');
  expect(stateOf(run)).toEqual({ changes: 1, state: 'possible' });
  await undo(granted, run);
  expect(stateOf(run)).toEqual({ changes: 1, state: 'done' });
});

test('a run that changed nothing has nothing to be said of', () => {
  expect(stateOf(granted.context.run)).toBeNull();
});

test('what the person keeps stays to be taken back', async () => {
  const { run } = await createText(granted, 'new.txt', 'text');
  appendFileSync(join(granted.folder, 'new.txt'), 'mine');
  await undo(granted, run);
  expect(stateOf(run)).toEqual({ changes: 1, state: 'possible' });
});

test('a run whose old version had to go is expired', async () => {
  granted.write('a.txt', 'the old version');
  const { run } = await writeText(granted, 'fs.write', 'a.txt', 'new');
  purgeJournal(granted.store, granted.context.journal.preImages, granted.context.now(), 0);
  expect(stateOf(run)).toEqual({ changes: 1, state: 'expired' });
  expect(await undo(granted, run)).toMatchObject([{ result: 'left' }]);
});

test('a state is “done” exactly when nothing stands, and never promises what is lost', () => {
  const counts = fc
    .record({ done: fc.nat(9), undone: fc.nat(9), lost: fc.nat(9) })
    .filter(({ done, undone, lost }) => done + undone > 0 && lost <= done);
  fc.assert(
    fc.property(counts, (each) => {
      const state = decideUndoState(each);
      expect(state === 'done').toBe(each.done === 0);
      expect(state === 'expired').toBe(each.done > 0 && each.lost === each.done);
      if (state === 'possible') expect([each.undone, each.lost]).toEqual([0, 0]);
    }),
  );
});
