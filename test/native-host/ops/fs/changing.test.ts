import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { performOp } from '../../support/perform-op.ts';
import { createGrantsFile } from '../../../../native-host/gate/grants-file.ts';
import type { OpContext } from '../../../../native-host/ops/op.ts';
import { createJournal } from '../../../../native-host/journal/journal.ts';
import { grantFolder, type Granted } from '../../support/granted.ts';
import { at, change, nextRun, textHandle, treeOf, undo, writeText } from '../../support/changing.ts';
import { codeOf, factsOf, pathsOf } from '../../support/op-outputs.ts';

let granted: Granted;
beforeEach(() => {
  granted = grantFolder({ rights: ['read', 'write', 'trash'] });
  vi.stubEnv('XDG_DATA_HOME', join(granted.base, 'share'));
  granted.write('a.txt', 'a');
  granted.write('b.txt', 'b');
  granted.write('sub/c.txt', 'c');
});
afterEach(() => {
  vi.unstubAllEnvs();
  granted[Symbol.dispose]();
});
const read = (path: string) => readFileSync(join(granted.folder, path), 'utf8');
const move = (...moves: [from: string, to: string][]) =>
  change(granted, 'fs.move', { moves: moves.map(([from, to]) => ({ from: at(granted, from), to })) });

test('a new version keeps mode and owner, and gives a handle on itself', async () => {
  chmodSync(join(granted.folder, 'a.txt'), 0o604);
  if (process.getuid?.() === 0) chownSync(join(granted.folder, 'a.txt'), 1234, 5678);
  const { result } = await writeText(granted, 'fs.write', 'a.txt', 'new');
  expect(pathsOf(granted, result)).toEqual(['a.txt']);
  const stat = statSync(join(granted.folder, 'a.txt'));
  expect([read('a.txt'), stat.mode & 0o777]).toEqual(['new', 0o604]);
  if (process.getuid?.() === 0) expect([stat.uid, stat.gid]).toEqual([1234, 5678]);
});

test('append adds to the end, also when it is called again with its own handle', async () => {
  const context = nextRun(granted);
  const first = await performOp('fs.append', { target: [at(granted, 'a.txt')], content: [textHandle(context, '1')] }, context);
  await performOp('fs.append', { target: [first.outputs[0]?.handle], content: [textHandle(context, '2')] }, context);
  expect(read('a.txt')).toBe('a12');
});

test('a file so large that others have their turn meanwhile is copied, appended to and restored to the letter', async () => {
  // Each file that is opened takes the first free number of a descriptor: of one that was closed too early, too.
  const large = Buffer.alloc(40_000_000, 'of this file ');
  const other = Buffer.alloc(40_000_000, 'of another file ');
  for (const [name, bytes] of [
    ['large.txt', large],
    ['other.txt', other],
  ] as const)
    writeFileSync(join(granted.folder, name), bytes);
  await Promise.all([
    change(granted, 'fs.copy', { target: [at(granted, 'large.txt')], ...at(granted, 'copy.txt') }),
    change(granted, 'fs.copy', { target: [at(granted, 'other.txt')], ...at(granted, 'other copy.txt') }),
  ]);
  const bytesOf = (path: string) => readFileSync(join(granted.folder, path));
  expect(bytesOf('copy.txt').equals(large)).toBe(true);
  expect(bytesOf('other copy.txt').equals(other)).toBe(true);
  const appended = await Promise.all([
    writeText(granted, 'fs.append', 'copy.txt', 'end'),
    writeText(granted, 'fs.append', 'other copy.txt', 'END'),
  ]);
  expect(bytesOf('copy.txt').equals(Buffer.concat([large, Buffer.from('end')]))).toBe(true);
  expect(bytesOf('other copy.txt').equals(Buffer.concat([other, Buffer.from('END')]))).toBe(true);
  const undone = await Promise.all(appended.map(({ run }) => undo(granted, run)));
  expect(undone).toMatchObject([[{ result: 'undone' }], [{ result: 'undone' }]]);
  expect(bytesOf('copy.txt').equals(large) && bytesOf('other copy.txt').equals(other)).toBe(true);
});

test('a file that the person changed since its handle was made is left alone', async () => {
  const context = nextRun(granted);
  const target = [granted.handleOf('a.txt', context)];
  writeFileSync(join(granted.folder, 'a.txt'), 'theirs');
  expect(await codeOf(performOp('fs.write', { target, content: [textHandle(context, 'x')] }, context))).toBe('conflict');
  expect(await codeOf(performOp('fs.move', { moves: [{ from: target[0], to: 'z.txt' }] }, context))).toBe('conflict');
  expect(await codeOf(performOp('fs.trash', { target }, context))).toBe('conflict');
  expect(await codeOf(performOp('fs.copy', { target, ...at(granted, 'z.txt') }, context))).toBe('conflict');
  expect(read('a.txt')).toBe('theirs');
});

test('a file that changes while its old version is kept is left alone', async () => {
  const context = nextRun(granted);
  const preImages = { ...context.journal.preImages };
  const keepSoon: typeof preImages.keepSoon = async (...args) => {
    const hash = await context.journal.preImages.keepSoon(...args);
    writeFileSync(join(granted.folder, 'a.txt'), 'theirs');
    return hash;
  };
  const journal = { ...context.journal, preImages: { ...preImages, keepSoon } };
  const writing = performOp('fs.write', { target: [at(granted, 'a.txt')], content: [textHandle(context, 'x')] }, { ...context, journal });
  expect(await codeOf(writing)).toBe('changed_while_reading');
  expect(read('a.txt')).toBe('theirs');
});

test('a file that another one replaces just before is left alone', async () => {
  const context = nextRun(granted);
  const intend: typeof context.journal.intend = (...args) => {
    writeFileSync(join(granted.folder, 'a.txt'), 'theirs');
    return context.journal.intend(...args);
  };
  const writing = performOp(
    'fs.write',
    { target: [at(granted, 'a.txt')], content: [textHandle(context, 'x')] },
    { ...context, journal: { ...context.journal, intend } },
  );
  expect(await codeOf(writing)).toBe('conflict');
  expect([read('a.txt'), readdirSync(granted.folder).sort()]).toEqual(['theirs', ['a.txt', 'b.txt', 'sub']]);
});

describe('nothing is ever replaced that was not named', () => {
  test.each([
    ['a file', () => writeFileSync(join(granted.folder, 'taken'), 'mine')],
    ['a folder', () => mkdirSync(join(granted.folder, 'taken'))],
    ['a dangling link', () => symlinkSync(join(granted.base, 'planted'), join(granted.folder, 'taken'))],
  ])('a name that is taken by %s', async (_what, take) => {
    take();
    expect(await codeOf(move(['a.txt', 'taken']))).toBe('name_taken');
    expect(await codeOf(move(['sub', 'taken']))).toBe('name_taken');
    expect(await codeOf(change(granted, 'fs.mkdir', at(granted, 'taken')))).toBe('name_taken');
    expect(await codeOf(change(granted, 'fs.copy', { target: [at(granted, 'a.txt')], ...at(granted, 'taken') }))).toBe('name_taken');
    expect(existsSync(join(granted.base, 'planted'))).toBe(false);
  });

  test('two moves to one name move nothing', async () => {
    expect(await codeOf(move(['a.txt', 'x'], ['b.txt', 'x']))).toBe('name_taken');
    expect(readdirSync(granted.folder).sort()).toEqual(['a.txt', 'b.txt', 'sub']);
  });

  test('a name in the trash that is taken gets a number', async () => {
    await change(granted, 'fs.trash', { target: [at(granted, 'a.txt')] });
    granted.write('a.txt', 'second');
    await change(granted, 'fs.trash', { target: [at(granted, 'a.txt')] });
    expect(readdirSync(join(granted.base, 'share/Trash/files')).sort()).toEqual(['a 2.txt', 'a.txt']);
  });
});

test('the inode stays the same through a move, and one file out of many that is gone stops all', async () => {
  const { ino } = statSync(join(granted.folder, 'a.txt'));
  expect(await codeOf(move(['a.txt', 'sub/a.txt'], ['none.txt', 'x.txt']))).toBe('vanished');
  expect(existsSync(join(granted.folder, 'a.txt'))).toBe(true);
  await move(['a.txt', 'sub/a.txt']);
  expect(statSync(join(granted.folder, 'sub/a.txt')).ino).toBe(ino);
});

test('a folder is not moved into itself', async () => {
  expect(await codeOf(move(['sub', 'sub/inner']))).toBe('path_refused');
  expect(read('sub/c.txt')).toBe('c');
});

test('what goes to the trash has a note that other programs read', async () => {
  granted.write('mit Ümlaut %.txt', 'x');
  await change(granted, 'fs.trash', { target: [at(granted, 'mit Ümlaut %.txt')] });
  const note = readFileSync(join(granted.base, 'share/Trash/info/mit Ümlaut %.txt.trashinfo'), 'utf8');
  expect(note).toBe(`[Trash Info]\nPath=${granted.folder}/mit%20%C3%9Cmlaut%20%25.txt\nDeletionDate=${note.slice(-20).trim()}\n`);
  expect(note).toMatch(/DeletionDate=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\n$/);
  expect(statSync(join(granted.base, 'share/Trash')).mode & 0o777).toBe(0o700);
});

test('restore takes one thing out of the trash again, once', async () => {
  const { run } = await change(granted, 'fs.trash', { target: [at(granted, 'a.txt'), at(granted, 'sub')] });
  const [, folder] = granted.context.journal.ofRun(run);
  await change(granted, 'fs.restore', { changes: [folder?.n] });
  expect(readdirSync(granted.folder).sort()).toEqual(['b.txt', 'sub']);
  expect(readdirSync(join(granted.base, 'share/Trash/info'))).toEqual(['a.txt.trashinfo']);
  expect(await codeOf(change(granted, 'fs.restore', { changes: [folder?.n] }))).toBe('name_taken');
  expect(await codeOf(change(granted, 'fs.restore', { changes: [9999] }))).toBe('not_found');
});

test('what went to the trash is reached by no grant around it, under whatever label it was', async () => {
  vi.stubEnv('XDG_DATA_HOME', join(granted.folder, '.local/share'));
  granted.write('private/diary.txt', 'canary');
  granted.grants.add({ folder: join(granted.folder, 'private'), rights: ['read', 'trash'], label: 'home' });
  const { run } = await change(granted, 'fs.trash', { target: [at(granted, 'private/diary.txt')] });
  expect(read('.local/share/Trash/files/diary.txt')).toBe('canary');
  const context = nextRun(granted);
  for (const path of ['.local/share/Trash/files/diary.txt', '.Trash-1000/files/diary.txt', '.trash/x'])
    expect(await codeOf(performOp('fs.read', { target: [granted.handleOf(path, context)] }, context))).toBe('path_refused');
  expect(await undo(granted, run)).toMatchObject([{ result: 'undone' }]);
});

test('a trash that is a link is not used', async () => {
  mkdirSync(join(granted.base, 'share'));
  mkdirSync(join(granted.base, 'elsewhere'));
  symlinkSync(join(granted.base, 'elsewhere'), join(granted.base, 'share/Trash'));
  expect(await codeOf(change(granted, 'fs.trash', { target: [at(granted, 'a.txt')] }))).not.toBe('nothing thrown');
  expect([readdirSync(join(granted.base, 'elsewhere')), read('a.txt')]).toEqual([[], 'a']);
});

test.each([
  ['fs.write', (context: OpContext) => ({ target: [at(granted, 'a.txt')], content: [textHandle(context, 'new')] })],
  ['fs.append', (context: OpContext) => ({ target: [at(granted, 'a.txt')], content: [textHandle(context, 'new')] })],
  ['fs.mkdir', () => ({ ...at(granted, 'x/y'), parents: true })],
  ['fs.copy', () => ({ target: [at(granted, 'a.txt')], ...at(granted, 'z.txt') })],
  ['fs.move', () => ({ moves: [{ from: at(granted, 'a.txt'), to: 'z.txt' }] })],
  ['fs.trash', () => ({ target: [at(granted, 'a.txt')] })],
] as const)('a dry run of %s says what would change and changes nothing', async (op, args) => {
  const before = treeOf(granted.folder);
  const context = nextRun(granted);
  const result = await performOp(op, { ...args(context), dryRun: true }, context);
  expect(Object.values(factsOf(granted, result))[0]).toMatch(/“(a\.txt|x|z\.txt)”/);
  expect(result.note).toMatch(/^would make \d changes?; nothing was changed$/);
  expect(treeOf(granted.folder)).toEqual(before);
  expect(granted.context.journal.ofRun(context.run)).toEqual([]);
});

/** Whatever is tried on this path, it is refused, and nothing is other than before. */
async function expectUntouched(path: string): Promise<void> {
  const before = treeOf(granted.folder);
  const codes = [
    await codeOf(move(['a.txt', path])),
    await codeOf(change(granted, 'fs.copy', { target: [at(granted, 'a.txt')], ...at(granted, path) })),
    await codeOf(change(granted, 'fs.mkdir', at(granted, path))),
    await codeOf(change(granted, 'fs.trash', { target: [at(granted, path)] })),
    await codeOf(writeText(granted, 'fs.write', path, 'x')),
  ];
  for (const code of codes) expect(code).toMatch(/path_refused|name_taken|vanished|not_a_file|not_a_folder/);
  expect(codes).toContain('path_refused');
  expect(treeOf(granted.folder)).toEqual(before);
}

describe('refused', () => {
  const links = (): void => {
    writeFileSync(join(granted.base, 'outside'), 'outside');
    symlinkSync(join(granted.base, 'outside'), join(granted.folder, 'link'));
    mkdirSync(join(granted.base, 'outer'));
    symlinkSync(join(granted.base, 'outer'), join(granted.folder, 'dirlink'));
  };

  test.each(['../x', '/etc/x', 'sub/../../x', '.bashrc', '.git/hooks/x', '.ssh', 'x\0y', '', 'dirlink/x', 'run.sh', 'x.desktop'])(
    'the new name %j',
    async (to) => {
      links();
      mkdirSync(join(granted.folder, '.git/hooks'), { recursive: true });
      const codes = [
        await codeOf(move(['a.txt', to])),
        await codeOf(change(granted, 'fs.copy', { target: [at(granted, 'a.txt')], ...at(granted, to) })),
      ];
      for (const code of codes) expect(['path_refused', 'invalid_params', 'not_a_folder']).toContain(code);
      expect([
        read('a.txt'),
        readdirSync(granted.base)
          .sort()
          .filter((name) => name !== 'share'),
      ]).toEqual(['a', ['Documents', 'home', 'outer', 'outside']]);
      expect(readdirSync(join(granted.base, 'outer'))).toEqual([]);
    },
  );

  test('a link, a device or a protected file is neither moved, trashed nor written', async () => {
    links();
    granted.write('.git/hooks/pre-commit', 'x');
    for (const path of ['link', '.git/hooks/pre-commit', '../outside']) {
      expect(await codeOf(move([path, 'z']))).toMatch(/path_refused|not_a_file/);
      expect(await codeOf(change(granted, 'fs.trash', { target: [at(granted, path)] }))).toMatch(/path_refused|not_a_file/);
      expect(await codeOf(writeText(granted, 'fs.write', path, 'x'))).toBe('path_refused');
    }
    expect(readFileSync(join(granted.base, 'outside'), 'utf8')).toBe('outside');
  });

  test.each([
    ['read under another name', '.config/gh/hosts.yml', '.config', 'cfg'],
    ['the same, further up', '.local/share/keyrings/login.keyring', '.local', 'local'],
    ['read after the trash', '.config/gh/hosts.yml', '.config', null],
    ['planted to start by itself', 'made/autostart/gate.txt', 'made', '.config'],
    ['planted further up', 'made/share/Applications/gate.txt', 'made', '.LOCAL'],
  ])('a folder whose own name protects what is in it, or would: %s', async (_name, file, from, to) => {
    granted.write(file, 'x');
    const before = treeOf(granted.folder);
    expect(await codeOf(to === null ? change(granted, 'fs.trash', { target: [at(granted, from)] }) : move([from, to]))).toBe(
      'path_refused',
    );
    expect(treeOf(granted.folder)).toEqual(before);
  });

  test('a folder of such a name with nothing protected in it, and one that holds a repository, go as ever', async () => {
    granted.write('.config/notes/x.txt', 'x');
    granted.write('repo/.git/config', '[core]');
    await move(['.config', 'cfg'], ['repo', 'other']);
    expect([read('cfg/notes/x.txt'), read('other/.git/config')]).toEqual(['x', '[core]']);
  });

  test.each(['.git', '.git/commondir', '.git/rebase-merge/git-rebase-todo', 'sub/.GIT', 'repo/.git/HEAD', '.vscode', '.vscode/tasks.json'])(
    'nothing is made, changed or moved in what git or an editor runs: %s',
    async (path) => {
      granted.write('repo/.git/HEAD', 'ref: refs/heads/main');
      granted.write('.vscode/tasks.json', '{}');
      mkdirSync(join(granted.folder, '.git/rebase-merge'), { recursive: true });
      await expectUntouched(path);
    },
  );

  test.each(['HEAD', 'config', 'hooks/post-checkout', 'objects/info/x', 'packed-refs', 'head'])(
    'nothing is made, changed or moved in a repository that has no .git: %s',
    async (inside) => {
      for (const file of ['HEAD', 'config', 'objects/info/packs', 'refs/heads/main', 'hooks/post-checkout'])
        granted.write(`papers.git/${file}`, 'x');
      await expectUntouched(`papers.git/${inside}`);
    },
  );

  test.each([
    [['HEAD', 'refs', 'objects']],
    [['refs', 'objects', 'HEAD']],
    [['commondir', 'Head']],
    [['objects', 'HEAD', 'config', 'refs']],
  ])('no folder becomes a repository name by name: %j', async (names) => {
    mkdirSync(join(granted.folder, 'made'));
    const made = [];
    for (const name of names) {
      const [isFolder, spot] = [name === 'refs' || name === 'objects', at(granted, `made/${name}`)];
      made.push(
        await codeOf(
          isFolder ? change(granted, 'fs.mkdir', spot) : change(granted, 'fs.copy', { target: [at(granted, 'a.txt')], ...spot }),
        ),
      );
    }
    expect(made).toContain('path_refused');
    // Nor by another name first.
    granted.write('other/HEAD', 'ref: refs/heads/main');
    granted.write('other/heads/x', 'x');
    expect(await codeOf(move(['other/heads', 'other/refs']))).toBe('path_refused');
    granted.write('third/refs/x', 'x');
    expect(await codeOf(move(['a.txt', 'third/HEAD']))).toBe('path_refused');
  });

  test('a repository without a .git moves as a whole, and a file may be called HEAD', async () => {
    granted.write('papers.git/HEAD', 'ref: refs/heads/main');
    granted.write('papers.git/refs/heads/main', 'x');
    await move(['papers.git', 'old.git'], ['a.txt', 'HEAD']);
    expect([read('old.git/HEAD'), read('HEAD')]).toEqual(['ref: refs/heads/main', 'a']);
  });

  test('a file does not land in a folder that was moved while it was written', async () => {
    mkdirSync(join(granted.folder, 'made/autostart'), { recursive: true });
    // So large that the copy pauses on the way, and others have their turn.
    granted.write('big.txt', 'x'.repeat(40_000_000));
    const copying = change(granted, 'fs.copy', { target: [at(granted, 'big.txt')], ...at(granted, 'made/autostart/gate.txt') });
    for (let turn = 0; readdirSync(join(granted.folder, 'made/autostart')).length === 0; turn += 1) {
      expect(turn).toBeLessThan(10_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    renameSync(join(granted.folder, 'made/autostart'), join(granted.folder, 'made/moved'));
    expect(await codeOf(copying)).toBe('vanished');
    expect(readdirSync(join(granted.folder, 'made/moved'))).toEqual([]);
  });

  test('a program gets no new version', async () => {
    granted.write('tool', '#!/bin/sh\n');
    expect(await codeOf(writeText(granted, 'fs.append', 'tool', 'rm -rf /'))).toBe('path_refused');
    expect(read('tool')).toBe('#!/bin/sh\n');
  });

  test('a file with a second name gets no new version', async () => {
    linkSync(join(granted.folder, 'a.txt'), join(granted.base, 'second'));
    expect(await codeOf(writeText(granted, 'fs.write', 'a.txt', 'x'))).toBe('unsupported');
    expect(readFileSync(join(granted.base, 'second'), 'utf8')).toBe('a');
  });

  test('without the right nothing is changed', async () => {
    granted.grants.narrow(granted.grant.id, { rights: ['read'] });
    expect(await codeOf(writeText(granted, 'fs.write', 'a.txt', 'x'))).toBe('grant_refused');
    expect(await codeOf(move(['a.txt', 'z']))).toBe('grant_refused');
    expect(await codeOf(change(granted, 'fs.trash', { target: [at(granted, 'a.txt')] }))).toBe('grant_refused');
    expect(await codeOf(change(granted, 'fs.mkdir', at(granted, 'z')))).toBe('grant_refused');
  });

  test('nothing goes from where names are hidden to where they are shown, and the other way it does', async () => {
    mkdirSync(join(granted.base, 'Veiled'));
    writeFileSync(join(granted.base, 'Veiled/my illness.txt'), 'x');
    const grants = createGrantsFile(granted.home);
    const { label } = granted.grant;
    const veiled = grants.add({ folder: join(granted.base, 'Veiled'), rights: ['read', 'write'], label, names: 'hidden' });
    const source = { grant: veiled.id, path: 'my illness.txt' };
    const to = { grant: granted.grant.id, path: 'seen.txt' };
    expect(await codeOf(change(granted, 'fs.move', { moves: [{ from: source, grant: to.grant, to: to.path }] }))).toBe('label_refused');
    expect(await codeOf(change(granted, 'fs.copy', { target: [source], ...to }))).toBe('label_refused');
    expect(readdirSync(granted.folder)).not.toContain('seen.txt');
    await change(granted, 'fs.move', { moves: [{ from: at(granted, 'a.txt'), grant: veiled.id, to: 'a.txt' }] });
    await change(granted, 'fs.move', { moves: [{ from: source, to: 'in it.txt' }] });
    expect(readdirSync(join(granted.base, 'Veiled')).sort()).toEqual(['a.txt', 'in it.txt']);
  });

  test('nothing goes to a folder from which more could leave', async () => {
    const open = join(granted.base, 'Open');
    mkdirSync(open);
    mkdirSync(join(granted.base, 'Diary'));
    writeFileSync(join(granted.base, 'Diary/d.txt'), 'secret');
    const grants = createGrantsFile(granted.home);
    const to = grants.add({ folder: open, rights: ['read', 'write'], label: 'open' });
    const from = grants.add({ folder: join(granted.base, 'Diary'), rights: ['read', 'write'], label: 'home' });
    const source = { grant: from.id, path: 'd.txt' };
    expect(await codeOf(change(granted, 'fs.move', { moves: [{ from: source, grant: to.id, to: 'd.txt' }] }))).toBe('label_refused');
    expect(await codeOf(change(granted, 'fs.copy', { target: [source], grant: to.id, path: 'd.txt' }))).toBe('label_refused');
    const context = nextRun(granted);
    const content = [context.handles.putText('text', 'secret', 'home').handle];
    expect(await codeOf(performOp('fs.write', { target: [at(granted, 'a.txt')], content }, context))).toBe('label_refused');
    await change(granted, 'fs.move', { moves: [{ from: at(granted, 'a.txt'), grant: from.id, to: 'a.txt' }] });
    expect(readdirSync(join(granted.base, 'Diary')).sort()).toEqual(['a.txt', 'd.txt']);
  });

  test('more changes than the warrant allows', async () => {
    const context = { ...nextRun(granted), maxChanges: 1 };
    const moves = [
      { from: at(granted, 'a.txt'), to: 'x' },
      { from: at(granted, 'b.txt'), to: 'y' },
    ];
    expect(await codeOf(performOp('fs.move', { moves }, context))).toBe('warrant_refused');
    await performOp('fs.move', { moves: moves.slice(0, 1) }, context);
    expect(await codeOf(performOp('fs.move', { moves: moves.slice(1) }, context))).toBe('warrant_refused');
    expect(readdirSync(granted.folder).sort()).toEqual(['b.txt', 'sub', 'x']);
  });
});

describe('old versions', () => {
  test('a file above the cap is left alone, and that is said', async () => {
    const context = nextRun(granted);
    const journal = createJournal(granted.store, context.now, { fileBytes: 10, totalBytes: 100 });
    granted.write('large.txt', 'x'.repeat(11));
    const writing = performOp(
      'fs.write',
      { target: [at(granted, 'large.txt')], content: [textHandle(context, 'y')] },
      { ...context, journal },
    );
    await expect(writing).rejects.toMatchObject({ code: 'too_large', message: expect.stringContaining('left as it is') });
    expect(read('large.txt')).toBe('x'.repeat(11));
    expect(journal.preImages.usage()).toEqual({ count: 0, bytes: 0 });
  });

  test('the oldest go when the store is full, and the undo of that change says so', async () => {
    const journal = createJournal(granted.store, granted.context.now, { fileBytes: 100, totalBytes: 100 });
    const write = async (path: string, text: string) => {
      const context = { ...nextRun(granted), journal };
      await performOp('fs.write', { target: [at(granted, path)], content: [textHandle(context, text)] }, context);
      return context.run;
    };
    granted.write('a.txt', '1'.repeat(60));
    granted.write('b.txt', '2'.repeat(60));
    const first = await write('a.txt', 'new');
    const second = await write('b.txt', 'new');
    expect(journal.preImages.usage()).toEqual({ count: 1, bytes: 60 });
    expect(await undo(granted, first)).toMatchObject([{ result: 'left', says: expect.stringContaining('not kept any more') }]);
    expect(await undo(granted, second)).toMatchObject([{ result: 'undone' }]);
  });

  test('the same content is kept once', async () => {
    granted.write('a.txt', 'same');
    granted.write('b.txt', 'same');
    await writeText(granted, 'fs.write', 'a.txt', '1');
    await writeText(granted, 'fs.write', 'b.txt', '2');
    expect(readdirSync(join(granted.home, 'pre-images'))).toHaveLength(1);
    expect(statSync(join(granted.home, 'pre-images')).mode & 0o777).toBe(0o700);
  });
});

test('after a cancel nothing more is moved, and what was moved can be undone', async () => {
  const many = Array.from({ length: 2_100 }, (_, index) => granted.write(`many/${index}.txt`, `${index}`) && index);
  const before = treeOf(granted.folder);
  const abort = new AbortController();
  const context = { ...nextRun(granted), signal: abort.signal, progress: () => abort.abort() };
  const moves = many.map((index) => ({ from: at(granted, `many/${index}.txt`), to: `sub/${index}.txt` }));
  expect(await codeOf(performOp('fs.move', { moves }, context))).toBe('cancelled');
  expect(readdirSync(join(granted.folder, 'sub')).length).toBe(2_001);
  expect(new Set((await undo(granted, context.run)).map(({ result }) => result))).toEqual(new Set(['undone']));
  expect(treeOf(granted.folder)).toEqual(before);
});

test('a folder that holds another granted folder stays where it is: what that says of its files would not find them again', async () => {
  granted.write('work/private/x.txt', 'theirs');
  const inner = granted.grants.add({ folder: join(granted.folder, 'work/private'), rights: ['read'], label: 'home' });
  for (const folder of ['work', 'work/private']) expect(await codeOf(move([folder, 'moved']))).toBe('label_refused');
  expect(read('work/private/x.txt')).toBe('theirs');
  granted.grants.revoke(inner.id, 'the person');
  await move(['work', 'moved']);
  expect(read('moved/private/x.txt')).toBe('theirs');
});
