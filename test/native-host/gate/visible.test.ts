// What a grant leaves out does not exist, for every way in: each gets the answer that it gets for what is not there.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keyedHashes } from '../../../native-host/gate/keyed.ts';
import { appendReceipt } from '../../../native-host/gate/ledger.ts';
import { receiptsOf } from '../../../native-host/gate/ledger-of.ts';
import { lookAt } from '../../../native-host/gate/resolve/look.ts';
import { listFolder, openFile, openFolder, openRoot, readFile, statFileIn } from '../../../native-host/gate/resolve.ts';
import { isVisible, isWhole } from '../../../native-host/gate/visible.ts';
import { createAreas } from '../../../native-host/mcp/areas.ts';
import { openChanges } from '../../../native-host/mcp/journaled.ts';
import { openSlot } from '../../../native-host/mcp/slot.ts';
import type { HostOp } from '../../../native-host/ops/op.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import { at, change, createText, nextRun, textHandle, treeOf, undo } from '../support/changing.ts';
import { performOp } from '../support/perform-op.ts';
import { type Granted, grantFolder } from '../support/granted.ts';

function answer(act: () => unknown): unknown {
  try {
    const result = act();
    if (result instanceof Object && Symbol.dispose in result) (result as Disposable)[Symbol.dispose]();
    return 'there';
  } catch (thrown) {
    if (!(thrown instanceof HeadgateError)) throw thrown;
    return { code: thrown.code, message: thrown.message };
  }
}

async function answerOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    await act();
    return 'done';
  } catch (thrown) {
    if (!(thrown instanceof HeadgateError)) throw thrown;
    return { code: thrown.code, message: thrown.message };
  }
}

/** A folder with a secret in several places, and the same places without it. */
function withSecrets(): Granted {
  const granted = grantFolder({ rights: ['read', 'write', 'trash'], exclude: ['private', '*.key'] });
  granted.write('a.txt', 'heron');
  granted.write('sub/b.txt', 'heron');
  granted.write('private/c.txt', 'heron');
  granted.write('sub/private/deep/c.txt', 'heron');
  granted.write('x.key', 'heron');
  granted.write('sub/x.KEY', 'heron');
  return granted;
}

test('opening, listing and looking answer for what is left out as for what is not there', () => {
  using granted = withSecrets();
  const { grant } = granted;
  using root = openRoot(grant);
  using sub = openFolder(grant, 'sub');
  const PAIRS: readonly [there: string, not: string][] = [
    ['x.key', 'none.txt'],
    ['sub/x.KEY', 'sub/none.txt'],
    ['private/c.txt', 'none/c.txt'],
    ['private/none.txt', 'none/none.txt'],
    ['sub/private/deep/c.txt', 'sub/none/deep/c.txt'],
  ];
  for (const [there, not] of PAIRS) {
    expect(
      answer(() => openFile(grant, there)),
      there,
    ).toEqual(answer(() => openFile(grant, not)));
    expect(
      answer(() => statFileIn(root, there)),
      there,
    ).toEqual(answer(() => statFileIn(root, not)));
  }
  for (const there of ['private', 'sub/private', 'sub/private/deep'])
    expect(
      answer(() => openFolder(grant, there)),
      there,
    ).toEqual(answer(() => openFolder(grant, 'none')));
  expect(answer(() => lookAt(root, 'private'))).toEqual(answer(() => lookAt(root, 'none')));
  expect(answer(() => lookAt(sub, 'x.KEY'))).toEqual(answer(() => lookAt(sub, 'none')));
  expect(
    listFolder(root)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['a.txt', 'sub']);
  expect(listFolder(sub).map(({ name }) => name)).toEqual(['b.txt']);
  expect(answer(() => openFile(grant, 'a.txt'))).toBe('there');
});

test('outside the grant, what is there and what is not are answered alike', () => {
  using granted = grantFolder();
  writeFileSync(join(granted.base, 'outside.txt'), 'heron');
  mkdirSync(join(granted.folder, '.ssh'));
  writeFileSync(join(granted.folder, '.ssh/config'), 'heron');
  symlinkSync(join(granted.base, 'outside.txt'), join(granted.folder, 'to-file'));
  symlinkSync(join(granted.base, 'nothing.txt'), join(granted.folder, 'to-nothing'));
  const { grant } = granted;
  using root = openRoot(grant);
  const PAIRS: readonly [there: string, not: string][] = [
    ['../outside.txt', '../nothing.txt'],
    [join(granted.base, 'outside.txt'), join(granted.base, 'nothing.txt')],
    ['to-file', 'to-nothing'],
    ['.ssh/config', '.ssh/nothing'],
  ];
  for (const [there, not] of PAIRS) {
    expect(
      answer(() => openFile(grant, there)),
      there,
    ).toEqual(answer(() => openFile(grant, not)));
    expect(
      answer(() => statFileIn(root, there)),
      there,
    ).toEqual(answer(() => statFileIn(root, not)));
    expect(
      answer(() => openFolder(grant, there)),
      there,
    ).toEqual(answer(() => openFolder(grant, not)));
  }
  // A grant that was taken back is one that never was.
  granted.grants.revoke(grant.id);
  expect(answer(() => granted.grants.grant(grant.id))).toEqual(answer(() => granted.grants.grant(`g_${'0'.repeat(32)}` as never)));
});

test('no reading op finds, lists or opens what is left out', async () => {
  using granted = withSecrets();
  const context = nextRun(granted);
  const { outputs } = await performOp('fs.list', { grant: granted.grant.id, documents: false }, context);
  const paths = outputs.map(({ handle }) => context.handles.get(handle).file?.path);
  expect(paths).toEqual(['a.txt', 'sub/b.txt']);
  for (const [op, query] of [
    ['fs.search', 'heron'],
    ['fs.find', 'c.txt'],
    ['fs.find', 'key'],
  ] as const) {
    const found = await performOp(op, { query, grants: [granted.grant.id] }, context);
    const text = context.handles.text(found.outputs[0]?.handle ?? expect.unreachable());
    expect(text).not.toMatch(/private|key/i);
    if (op === 'fs.search') expect(JSON.parse(text)).toMatchObject({ total: 2 });
  }
});

test('a handle from before the exclude opens nothing, whatever op takes it', async () => {
  using granted = grantFolder({ rights: ['read', 'write', 'trash'] });
  granted.write('x.key', 'heron');
  granted.write('gone.txt', 'heron');
  const [secret, gone] = [granted.handleOf('x.key'), granted.handleOf('gone.txt')];
  granted.grants.narrow(granted.grant.id, { exclude: ['*.key'] });
  const before = treeOf(granted.folder);
  rmSync(join(granted.folder, 'gone.txt'));
  const content = [textHandle(granted.context, 'new')];
  const to = { grant: granted.grant.id, path: 'copy.txt' };
  const CALLS: readonly [HostOp, (target: string) => object][] = [
    ['fs.read', (target) => ({ target: [target] })],
    ['fs.stat', (target) => ({ target: [target] })],
    ['doc.text', (target) => ({ target: [target] })],
    ['os.open', (target) => ({ target: [target] })],
    ['os.reveal', (target) => ({ target: [target] })],
    ['fs.write', (target) => ({ target: [target], content })],
    ['fs.append', (target) => ({ target: [target], content })],
    ['fs.copy', (target) => ({ target: [target], ...to })],
    ['fs.move', (target) => ({ moves: [{ from: target, to: 'moved.txt' }] })],
    ['fs.trash', (target) => ({ target: [target] })],
  ];
  for (const [op, args] of CALLS) {
    const [one, two] = [
      await answerOf(() => performOp(op, args(secret), granted.context)),
      await answerOf(() => performOp(op, args(gone), granted.context)),
    ];
    expect(one, op).toEqual(two);
    expect(one, op).toMatchObject({ code: 'vanished' });
  }
  delete before['gone.txt'];
  expect(treeOf(granted.folder)).toEqual(before);
});

test('nothing comes to a name that is left out, whether something is there or not', async () => {
  using granted = withSecrets();
  const { grant } = granted;
  const before = treeOf(granted.folder);
  const content = () => [textHandle(granted.context, 'planted')];
  const tries: readonly [HostOp, object][] = [
    ['fs.create', { grant: grant.id, path: '', name: 'new.key.md', content: content() }],
    ['fs.create', { grant: grant.id, path: 'private', name: 'new.md', content: content() }],
    ['fs.mkdir', { grant: grant.id, path: 'private' }],
    ['fs.mkdir', { grant: grant.id, path: 'private/inner', parents: true }],
    ['fs.mkdir', { grant: grant.id, path: 'PRIVATE', dryRun: false }],
    ['fs.copy', { target: [at(granted, 'a.txt')], ...at(granted, 'x.key') }],
    ['fs.copy', { target: [at(granted, 'a.txt')], ...at(granted, 'new.key') }],
    ['fs.move', { moves: [{ from: at(granted, 'a.txt'), to: 'private/a.txt' }] }],
    ['fs.move', { moves: [{ from: at(granted, 'a.txt'), to: 'a.KEY' }] }],
    ['fs.write', { target: [at(granted, 'x.key')], content: content() }],
  ];
  granted.grants.narrow(grant.id, { exclude: ['*.md'] });
  for (const [op, args] of tries)
    expect(await answerOf(() => performOp(op, args, granted.context)), JSON.stringify(args)).toMatchObject({
      code: expect.stringMatching(/^(vanished|path_refused)$/),
    });
  expect(treeOf(granted.folder)).toEqual(before);
  // The same answer for a name that is taken and one that is free.
  const copyTo = (path: string) => performOp('fs.copy', { target: [at(granted, 'a.txt')], ...at(granted, path) }, granted.context);
  expect(await answerOf(() => copyTo('x.key'))).toEqual(await answerOf(() => copyTo('y.key')));
});

test('a whole folder is neither moved nor trashed where something may be left out in it', async () => {
  using granted = withSecrets();
  const before = treeOf(granted.folder);
  for (const [op, args] of [
    ['fs.move', { moves: [{ from: at(granted, 'sub'), to: 'open' }] }],
    ['fs.trash', { target: [at(granted, 'sub')] }],
  ] as const)
    expect(await answerOf(() => performOp(op, args, nextRun(granted)))).toMatchObject({ code: 'unsupported' });
  expect(treeOf(granted.folder)).toEqual(before);
});

test('with includes new files are written, changed and moved where they fit, through names of the journal’s own', async () => {
  using granted = grantFolder({ rights: ['read', 'write', 'trash'], include: ['*.md'] });
  granted.write('sub/a.md', 'one');
  granted.write('sub/a.txt', 'other');
  const { run } = await createText(granted, 'new.md', 'text');
  expect(readFileSync(join(granted.folder, 'new.md'), 'utf8')).toBe('text');
  await change(granted, 'fs.move', { moves: [{ from: at(granted, 'sub/a.md'), to: 'sub/b.md' }] });
  expect(await answerOf(() => change(granted, 'fs.move', { moves: [{ from: at(granted, 'sub/b.md'), to: 'sub/b.txt' }] }))).toMatchObject({
    code: 'path_refused',
  });
  // A name like the journal's own is no way round: only the journal itself may use one.
  const own = `.headgate-${'0'.repeat(24)}.tmp`;
  expect(await answerOf(() => change(granted, 'fs.move', { moves: [{ from: at(granted, 'sub/b.md'), to: own }] }))).toMatchObject({
    code: 'path_refused',
  });
  expect(readdirSync(join(granted.folder, 'sub')).sort()).toEqual(['a.txt', 'b.md']);
  expect((await undo(granted, run)).map(({ result }) => result)).toEqual(['undone']);
});

test('what was changed is taken back although it is left out by now', async () => {
  using granted = grantFolder({ rights: ['read', 'write', 'trash'] });
  granted.write('a.key', 'before');
  const made = await createText(granted, 'b.md', 'text');
  const moved = await change(granted, 'fs.move', { moves: [{ from: at(granted, 'a.key'), to: 'c.key' }] });
  granted.grants.narrow(granted.grant.id, { exclude: ['*.key', '*.md'], maxFileBytes: 1 });
  expect((await undo(granted, moved.run)).map(({ result }) => result)).toEqual(['undone']);
  expect((await undo(granted, made.run)).map(({ result }) => result)).toEqual(['undone']);
  expect(readdirSync(granted.folder)).toEqual(['a.key']);
});

test('a larger file than the grant allows is neither read nor written nor copied, and still listed', async () => {
  using granted = grantFolder({ maxFileBytes: 10 });
  granted.write('small.txt', 'heron');
  granted.write('large.txt', 'heron '.repeat(10));
  using file = openFile(granted.grant, 'large.txt');
  expect(answer(() => readFile(file, 1_000))).toMatchObject({ code: 'too_large' });
  const context = nextRun(granted);
  const { outputs } = await performOp('fs.list', { grant: granted.grant.id, documents: false }, context);
  expect(outputs).toHaveLength(2);
  const tooLarge = { code: 'too_large', message: expect.stringContaining('its grant allows') };
  const content = [textHandle(context, 'more than ten bytes')];
  for (const [op, args] of [
    ['fs.read', { target: [outputs[0]?.handle] }],
    ['fs.create', { grant: granted.grant.id, path: '', name: 'new.md', content }],
    ['fs.append', { target: [at(granted, 'small.txt')], content }],
    ['fs.copy', { target: [at(granted, 'large.txt')], ...at(granted, 'copy.txt') }],
  ] as const)
    expect(await answerOf(() => performOp(op, args, context)), op).toEqual(tooLarge);
  const found = await performOp('fs.search', { query: 'heron', grants: [granted.grant.id] }, context);
  expect(JSON.parse(context.handles.text(found.outputs[0]?.handle ?? expect.unreachable()))).toMatchObject({ total: 1 });
  expect(readdirSync(granted.folder).sort()).toEqual(['large.txt', 'small.txt']);
});

test('one run takes up no more files than the grant allows, over all its steps, and says so', async () => {
  using granted = grantFolder({ maxFiles: 2 });
  for (const name of ['a.txt', 'b.txt', 'c.txt']) granted.write(name, 'heron');
  const context = nextRun(granted);
  const list = () => performOp('fs.list', { grant: granted.grant.id, documents: false }, context);
  const first = await list();
  expect(first.outputs).toHaveLength(2);
  expect(first.note).toContain('the 2 that the grant lets one run take up');
  expect((await list()).outputs).toEqual([]);
  const found = await performOp('fs.search', { query: 'heron', grants: [granted.grant.id] }, context);
  expect(JSON.parse(context.handles.text(found.outputs[0]?.handle ?? expect.unreachable()))).toMatchObject({ hits: [] });
  expect((await performOp('fs.list', { grant: granted.grant.id, documents: false }, nextRun(granted))).outputs).toHaveLength(2);
});

test('a nested grant leaves out for those as well who come from above, and not the other way round', () => {
  using granted = grantFolder({ exclude: ['Taxes'] });
  granted.write('Taxes/2025.txt', 'x');
  granted.write('Letters/a.key', 'x');
  granted.write('Letters/b.txt', 'x');
  const taxes = granted.grants.add({ folder: join(granted.folder, 'Taxes'), label: 'open' });
  granted.grants.add({ folder: join(granted.folder, 'Letters'), label: 'open', exclude: ['*.key'] });
  const outer = granted.grants.grant(granted.grant.id);
  expect(answer(() => openFile(outer, 'Letters/a.key'))).toMatchObject({ code: 'vanished' });
  expect(answer(() => openFile(outer, 'Letters/b.txt'))).toBe('there');
  expect(answer(() => openFile(outer, 'Taxes/2025.txt'))).toMatchObject({ code: 'vanished' });
  expect(answer(() => openFile(granted.grants.grant(taxes.id), '2025.txt'))).toBe('there');
  expect(isWhole(granted.grants.grant(taxes.id))).toBe(true);
});

test('a client’s configuration does not reach what the person left out, and cannot be told apart from nothing', async () => {
  using granted = withSecrets();
  const given = { grant: { ...granted.grant, exclude: [] }, written: granted.folder };
  createAreas([given], () => granted.grants.list());
  expect(answer(() => openFile(given.grant, 'x.key'))).toEqual(answer(() => openFile(given.grant, 'none.key')));
  using root = openRoot(given.grant);
  expect(
    listFolder(root)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['a.txt', 'sub']);
  const slot = openSlot(granted.home, [given.grant]);
  try {
    const changes = openChanges(
      slot,
      [given.grant],
      () => 1_000,
      () => undefined,
    );
    const place = (path: string) => ({ grant: given.grant, path });
    for (const path of ['x.key', 'new.key', 'private/new.txt'])
      expect(await answerOf(() => changes.write(place(path), Buffer.from('planted'))), path).not.toBe('done');
    expect(await answerOf(() => changes.move(place('x.key'), place('y.txt')))).toMatchObject({ code: 'vanished' });
    expect(await answerOf(() => changes.move(place('sub'), place('open')))).toMatchObject({ code: 'unsupported' });
    await changes.write(place('fine.txt'), Buffer.from('fine'));
  } finally {
    slot.store.close();
  }
  expect(readFileSync(join(granted.folder, 'x.key'), 'utf8')).toBe('heron');
  expect(readdirSync(granted.folder).sort()).toEqual(['a.txt', 'fine.txt', 'private', 'sub', 'x.key']);
});

test('short names of Windows open nothing where something is left out', () => {
  using granted = withSecrets();
  expect(isVisible(granted.grant, 'PRIVAT~1/c.txt', 'file', 'win32')).toBe(false);
  expect(isVisible(granted.grant, 'draft~1.txt', 'file', 'linux')).toBe(true);
  using plain = grantFolder();
  expect(isVisible(plain.grant, 'draft~1.txt', 'file', 'win32')).toBe(true);
});

test('the person’s own question what has left of a file is answered for what is left out by now, too', () => {
  using granted = withSecrets();
  const file = join(granted.folder, 'x.key');
  const { dev, ino } = statSync(file);
  const sources = [{ path: 'as it was', identity: keyedHashes(granted.store).identity({ dev, ino }), content: 'then' }];
  const { run, step } = granted.context;
  appendReceipt(
    granted.store,
    { at: 1, run, step, destination: 'cloud', purpose: 'test', model: null, label: 'open', approvedBy: 'label', handles: [], sources },
    ['heron'],
  );
  expect(receiptsOf(granted.store, granted.grants.list(), file).map(({ by }) => by)).toEqual([['identity']]);
});
