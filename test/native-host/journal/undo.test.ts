import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createJournal, type Journal } from '../../../native-host/journal/journal.ts';
import { previewUndo, undoChanges } from '../../../native-host/journal/undo.ts';
import type { RunId } from '../../../shared/ids.ts';
import { grantFolder, type Granted } from '../support/granted.ts';
import { at, change, createText, nextRun, textHandle, treeOf, undo, writeText } from '../support/changing.ts';
import { codeOf } from '../support/op-outputs.ts';
import { performOp } from '../support/perform-op.ts';

const LONG_AGO = new Date('2020-02-03T04:05:06.789Z');
let granted: Granted;
beforeEach(() => {
  granted = grantFolder({ rights: ['read', 'write', 'trash'] });
  vi.stubEnv('XDG_DATA_HOME', join(granted.base, 'share'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  granted[Symbol.dispose]();
});

const file = (path: string, text: string, mode = 0o640): void => {
  const full = granted.write(path, text);
  chmodSync(full, mode);
  utimesSync(full, LONG_AGO, LONG_AGO);
};
const read = (path: string) => readFileSync(join(granted.folder, path), 'utf8');
const results = (items: { result: string }[]) => items.map(({ result }) => result);

describe('each change goes back to the exact bytes, mode and time', () => {
  test.each([
    ['write', () => writeText(granted, 'fs.write', 'a.txt', 'new')],
    ['append', () => writeText(granted, 'fs.append', 'a.txt', ' and more')],
    ['copy', () => change(granted, 'fs.copy', { target: [at(granted, 'a.txt')], ...at(granted, 'b.txt') })],
    ['create', () => createText(granted, 'note.md', 'hello')],
    ['mkdir', () => change(granted, 'fs.mkdir', { ...at(granted, 'x/y/z'), parents: true })],
    [
      'move',
      () =>
        change(granted, 'fs.move', {
          moves: [
            { from: at(granted, 'a.txt'), to: 'sub/c.txt' },
            { from: at(granted, 'sub/d.txt'), to: 'd.txt' },
          ],
        }),
    ],
    ['move of a folder', () => change(granted, 'fs.move', { moves: [{ from: at(granted, 'sub'), to: 'other' }] })],
    ['trash', () => change(granted, 'fs.trash', { target: [at(granted, 'a.txt'), at(granted, 'sub')] })],
  ])('%s', async (_name, act) => {
    file('a.txt', 'old', 0o604);
    file('sub/d.txt', 'deep');
    const before = treeOf(granted.folder);
    const { run } = await act();
    expect(treeOf(granted.folder)).not.toEqual(before);
    const items = await undo(granted, run);
    expect(new Set(results(items))).toEqual(new Set(['undone']));
    expect(treeOf(granted.folder)).toEqual(before);
    expect(await undo(granted, run)).toEqual([]);
    expect(treeOf(granted.folder)).toEqual(before);
  });

  test('a run of many kinds on the same files, newest first', async () => {
    file('a.txt', 'one');
    const before = treeOf(granted.folder);
    const context = nextRun(granted);
    const perform = (op: Parameters<typeof performOp>[0], args: object) => performOp(op, args, context);
    await perform('fs.write', { target: [at(granted, 'a.txt')], content: [textHandle(context, 'two')] });
    await perform('fs.mkdir', at(granted, 'new'));
    await perform('fs.move', { moves: [{ from: at(granted, 'a.txt'), to: 'new/b.txt' }] });
    await perform('fs.append', { target: [at(granted, 'new/b.txt')], content: [textHandle(context, ' three')] });
    await perform('fs.copy', { target: [at(granted, 'new/b.txt')], ...at(granted, 'a.txt') });
    await perform('fs.trash', { target: [at(granted, 'new')] });
    const [trashed] = context.journal.ofRun(context.run).filter((row) => row.change.kind === 'trash');
    await perform('fs.restore', { changes: [trashed?.n] });
    expect(read('new/b.txt')).toBe('two three');
    expect(new Set(results(await undo(granted, context.run)))).toEqual(new Set(['undone']));
    expect(treeOf(granted.folder)).toEqual(before);
  });
});

describe('where the person has worked on since, their version stays', () => {
  test('a written file that they changed: the old version is put beside it', async () => {
    file('plan.txt', 'old', 0o600);
    const { run } = await writeText(granted, 'fs.write', 'plan.txt', 'ours');
    writeFileSync(join(granted.folder, 'plan.txt'), 'theirs');
    const items = await undo(granted, run);
    expect(items).toMatchObject([{ result: 'beside', says: expect.stringContaining('“plan (before Headgate).txt”') }]);
    expect(read('plan.txt')).toBe('theirs');
    expect(read('plan (before Headgate).txt')).toBe('old');
    expect(statSync(join(granted.folder, 'plan (before Headgate).txt'))).toMatchObject({ mtimeMs: LONG_AGO.getTime() });
    expect(await undo(granted, run)).toEqual([]);
  });

  test('a written file that they deleted: the old version is there again under another name', async () => {
    file('plan.txt', 'old');
    const { run } = await writeText(granted, 'fs.write', 'plan.txt', 'ours');
    rmSync(join(granted.folder, 'plan.txt'));
    expect(results(await undo(granted, run))).toEqual(['beside']);
    expect(readdirSync(granted.folder)).toEqual(['plan (before Headgate).txt']);
  });

  test('a file that was only touched, or saved again with the same bytes, is still ours', async () => {
    file('plan.txt', 'old');
    const { run } = await writeText(granted, 'fs.write', 'plan.txt', 'ours');
    rmSync(join(granted.folder, 'plan.txt'));
    writeFileSync(join(granted.folder, 'plan.txt'), 'ours');
    expect(results(await undo(granted, run))).toEqual(['undone']);
    expect(read('plan.txt')).toBe('old');
  });

  test('a created file that they changed stays', async () => {
    const { run } = await createText(granted, 'note.md', 'ours');
    appendFileSync(join(granted.folder, 'note.md'), ' and theirs');
    expect(await undo(granted, run)).toMatchObject([{ result: 'left', says: expect.stringContaining('your version stays') }]);
    expect(read('note.md')).toBe('ours and theirs');
  });

  test('a created file that they renamed stays', async () => {
    const { run } = await createText(granted, 'note.md', 'ours');
    renameSync(join(granted.folder, 'note.md'), join(granted.folder, 'mine.md'));
    expect(results(await undo(granted, run))).toEqual(['left']);
    expect(readdirSync(granted.folder)).toEqual(['mine.md']);
  });

  test('a new folder that they put something in stays', async () => {
    const { run } = await change(granted, 'fs.mkdir', at(granted, 'new'));
    file('new/mine.txt', 'mine');
    expect(results(await undo(granted, run))).toEqual(['left']);
    expect(read('new/mine.txt')).toBe('mine');
    rmSync(join(granted.folder, 'new/mine.txt'));
    expect(results(await undo(granted, run))).toEqual(['undone']);
  });

  test('a moved file whose old name they took comes back beside it', async () => {
    file('a.txt', 'ours');
    const { run } = await change(granted, 'fs.move', { moves: [{ from: at(granted, 'a.txt'), to: 'b.txt' }] });
    file('a.txt', 'theirs');
    expect(results(await undo(granted, run))).toEqual(['beside']);
    expect([read('a.txt'), read('a (before Headgate).txt')]).toEqual(['theirs', 'ours']);
  });

  test('a moved file that they edited comes back with their edit', async () => {
    file('a.txt', 'ours');
    const { run } = await change(granted, 'fs.move', { moves: [{ from: at(granted, 'a.txt'), to: 'b.txt' }] });
    appendFileSync(join(granted.folder, 'b.txt'), ' and theirs');
    expect(results(await undo(granted, run))).toEqual(['undone']);
    expect(read('a.txt')).toBe('ours and theirs');
  });

  test('a moved file that they replaced stays where it is', async () => {
    file('a.txt', 'ours');
    const { run } = await change(granted, 'fs.move', { moves: [{ from: at(granted, 'a.txt'), to: 'b.txt' }] });
    file('other', 'theirs');
    renameSync(join(granted.folder, 'other'), join(granted.folder, 'b.txt'));
    expect(results(await undo(granted, run))).toEqual(['left']);
    expect(read('b.txt')).toBe('theirs');
  });

  test('a trash that they emptied is said, and the rest is taken back', async () => {
    file('a.txt', 'a');
    file('b.txt', 'b');
    const { run } = await change(granted, 'fs.trash', { target: [at(granted, 'a.txt'), at(granted, 'b.txt')] });
    rmSync(join(granted.base, 'share/Trash/files/a.txt'));
    expect(results(await undo(granted, run))).toEqual(['undone', 'left']);
    expect(readdirSync(granted.folder)).toEqual(['b.txt']);
  });

  test('a link in the place of a written file is not followed', async () => {
    file('a.txt', 'old');
    writeFileSync(join(granted.base, 'outside'), 'outside');
    const { run } = await writeText(granted, 'fs.write', 'a.txt', 'ours');
    rmSync(join(granted.folder, 'a.txt'));
    symlinkSync(join(granted.base, 'outside'), join(granted.folder, 'a.txt'));
    expect(results(await undo(granted, run))).toEqual(['beside']);
    expect(readFileSync(join(granted.base, 'outside'), 'utf8')).toBe('outside');
    expect(read('a (before Headgate).txt')).toBe('old');
  });
});

test('an old version that is not kept any more is said', async () => {
  file('a.txt', 'old');
  const { run } = await writeText(granted, 'fs.write', 'a.txt', 'ours');
  rmSync(join(granted.home, 'pre-images'), { recursive: true });
  expect(await undo(granted, run)).toMatchObject([{ result: 'left', says: 'the version of “a.txt” from before is not kept any more' }]);
  expect(read('a.txt')).toBe('ours');
});

test('a grant that is gone makes it fail, and nothing is changed', async () => {
  const { run } = await createText(granted, 'note.md', 'x');
  granted.grants.revoke(granted.grant.id);
  expect(await undo(granted, run)).toMatchObject([{ result: 'failed', says: expect.stringContaining('not granted any more') }]);
  expect(existsSync(join(granted.folder, 'note.md'))).toBe(true);
});

test('a look ahead says what would be done and does nothing', async () => {
  file('a.txt', 'old');
  const context = nextRun(granted);
  await performOp('fs.move', { moves: [{ from: at(granted, 'a.txt'), to: 'b.txt' }] }, context);
  await performOp('fs.write', { target: [at(granted, 'b.txt')], content: [textHandle(context, 'new')] }, context);
  const before = treeOf(granted.folder);
  const items = await previewUndo({ journal: context.journal, grants: granted.grants, now: context.now }, context.run);
  expect(items).toMatchObject([
    { result: 'undone', says: 'put the version of “b.txt” from before back' },
    { result: 'undone', says: 'take back: move “a.txt” to “b.txt”' },
  ]);
  expect(treeOf(granted.folder)).toEqual(before);
  expect(results(await undo(granted, context.run))).toEqual(['undone', 'undone']);
});

test('names in what is said are safe to read', async () => {
  mkdirSync(join(granted.folder, 'd'));
  file('a\u202Etxt.md', 'x');
  const { run } = await change(granted, 'fs.move', { moves: [{ from: at(granted, 'a\u202Etxt.md'), to: 'd/b.md' }] });
  expect((await undo(granted, run))[0]?.says).toBe('moved “a‹U+202E›txt.md” back to the granted folder');
});

test('a step that fails on the way takes back what it did', async () => {
  file('a.txt', 'a');
  file('b.txt', 'b');
  const before = treeOf(granted.folder);
  const context = nextRun(granted);
  const moves = [
    { from: at(granted, 'a.txt'), to: 'x.txt' },
    { from: at(granted, 'b.txt'), to: 'y.txt' },
  ];
  // The person takes a name between the look and the move.
  const intend = context.journal.intend;
  const journal: Journal = {
    ...context.journal,
    intend(scope, entries) {
      if (scope.maxChanges !== null) file('y.txt', 'theirs');
      return intend(scope, entries);
    },
  };
  expect(await codeOf(performOp('fs.move', { moves }, { ...context, journal }))).toBe('name_taken');
  rmSync(join(granted.folder, 'y.txt'));
  expect(treeOf(granted.folder)).toEqual(before);
  expect(await undo(granted, context.run)).toEqual([]);
});

test('taking a run back costs none of the old versions that it puts back, however full the store is', async () => {
  const journal = createJournal(granted.store, granted.context.now, { fileBytes: 1_000, totalBytes: 500 });
  const context = { ...nextRun(granted), journal };
  for (const name of ['a.txt', 'b.txt']) {
    file(name, name.repeat(40));
    await performOp('fs.write', { target: [at(granted, name)], content: [textHandle(context, `new ${name}`.repeat(40))] }, context);
  }
  const items = await undoChanges({ journal, grants: granted.grants, now: context.now }, context.run);
  expect(results(items)).toEqual(['undone', 'undone']);
  for (const name of ['a.txt', 'b.txt']) expect(read(name)).toBe(name.repeat(40));
  // What was kept meanwhile makes room for the next change as ever.
  file('c.txt', 'c'.repeat(400));
  await performOp('fs.write', { target: [at(granted, 'c.txt')], content: [textHandle(context, 'new')] }, context);
  expect(journal.preImages.usage().bytes).toBeLessThanOrEqual(500);
});

test('what is larger than is kept of one file goes to the trash, or back, all the same', async () => {
  const journal = createJournal(granted.store, granted.context.now, { fileBytes: 10, totalBytes: 500 });
  const contextOf = () => ({ ...nextRun(granted), journal });
  const [copying, appending] = [contextOf(), contextOf()];
  file('large.txt', 'more than ten bytes');
  await performOp('fs.copy', { target: [at(granted, 'large.txt')], ...at(granted, 'copy.txt') }, copying);
  file('grows.txt', 'short');
  await performOp('fs.append', { target: [at(granted, 'grows.txt')], content: [textHandle(appending, ' and longer')] }, appending);
  const takeBack = (run: RunId) => undoChanges({ journal, grants: granted.grants, now: appending.now }, run);
  expect(await takeBack(copying.run)).toMatchObject([{ result: 'undone', says: expect.stringContaining('in the trash') }]);
  expect(readFileSync(join(granted.base, 'share/Trash/files/copy.txt'), 'utf8')).toBe('more than ten bytes');
  expect(results(await takeBack(appending.run))).toEqual(['undone']);
  expect([read('grows.txt'), readdirSync(granted.folder)]).toEqual(['short', ['grows.txt', 'large.txt']]);
  expect(await takeBack(copying.run)).toEqual([]);
});

test('a look ahead at a new version of a file that is too large to be kept says so, as the change itself would', async () => {
  const journal = createJournal(granted.store, granted.context.now, { fileBytes: 10, totalBytes: 500 });
  file('large.txt', 'more than ten bytes');
  for (const dryRun of [true, false]) {
    const context = { ...nextRun(granted), journal };
    const args = { target: [at(granted, 'large.txt')], content: [textHandle(context, 'new')], dryRun };
    expect(await codeOf(performOp('fs.write', args, context))).toBe('too_large');
  }
  expect(read('large.txt')).toBe('more than ten bytes');
});

test('an old version that the disk has lost a part of takes no file’s place', async () => {
  file('a.txt', 'old');
  const { run } = await writeText(granted, 'fs.write', 'a.txt', 'new');
  const [image = ''] = readdirSync(join(granted.home, 'pre-images'));
  writeFileSync(join(granted.home, 'pre-images', image), 'o\0\0');
  expect(await undo(granted, run)).toMatchObject([{ result: 'failed', says: expect.stringContaining('damaged') }]);
  expect([read('a.txt'), readdirSync(granted.folder)]).toEqual(['new', ['a.txt']]);
});

describe('what was moved to where less may leave', () => {
  const moveIn = async (): Promise<RunId> => {
    file('box/a.txt', 'a');
    file('b.txt', 'b');
    mkdirSync(join(granted.folder, 'private'));
    granted.grants.add({ folder: join(granted.folder, 'private'), rights: ['read', 'write'], label: 'home' });
    const moves = ['box', 'b.txt'].map((name) => ({ from: at(granted, name), to: `private/${name}` }));
    const { run } = await change(granted, 'fs.move', { moves });
    granted.store.run('UPDATE changes SET at = ?', Date.now());
    return run;
  };
  const later = new Date(Date.now() + 3600_000);

  test('comes back as long as nothing came to it', async () => {
    const run = await moveIn();
    expect(results(await undo(granted, run))).toEqual(['undone', 'undone']);
    expect([read('box/a.txt'), read('b.txt')]).toEqual(['a', 'b']);
  });

  test('stays there once it holds more', async () => {
    const run = await moveIn();
    granted.store.run('UPDATE changes SET at = at - 60000');
    file('private/box/since.txt', 'diary');
    appendFileSync(join(granted.folder, 'private/b.txt'), 'diary');
    utimesSync(join(granted.folder, 'private/b.txt'), later, later);
    const hands = { journal: granted.context.journal, grants: granted.grants, now: granted.context.now };
    expect(results(await previewUndo(hands, run))).toEqual(['left', 'left']);
    expect(await undo(granted, run)).toMatchObject([
      { result: 'left', says: expect.stringContaining('where less may leave') },
      { result: 'left', says: expect.stringContaining('where less may leave') },
    ]);
    expect(readdirSync(join(granted.folder, 'private')).sort()).toEqual(['b.txt', 'box']);
  });

  test('comes back whatever came to it, once no less may leave', async () => {
    const run = await moveIn();
    granted.store.run('UPDATE changes SET at = at - 60000');
    file('private/box/since.txt', 'x');
    granted.grants.add({ folder: join(granted.folder, 'private'), label: 'open', names: 'shown' });
    expect(results(await undo(granted, run))).toEqual(['undone', 'undone']);
    expect(read('box/since.txt')).toBe('x');
  });
});
