import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { recoverJournal } from '../../../../native-host/journal/recover.ts';
import type { OpResult } from '../../../../native-host/ops/op.ts';
import { settleOp } from '../../../../native-host/ops/registry.ts';
import { performOp } from '../../support/perform-op.ts';
import { grantFolder, type Granted } from '../../support/granted.ts';
import { codeOf, pathsOf } from '../../support/op-outputs.ts';

const create = (granted: Granted, name: string, text = 'hello', more: object = {}) =>
  performOp(
    'fs.create',
    { grant: granted.grant.id, name, content: [granted.context.handles.putText('text', text, 'open').handle], ...more },
    granted.context,
  );

test('a new file gets the text, the mode of the umask and no company', async () => {
  using granted = grantFolder();
  const result = await create(granted, 'note.md', 'Grüße 👋');
  expect(pathsOf(granted, result)).toEqual(['note.md']);
  expect(readFileSync(join(granted.folder, 'note.md'), 'utf8')).toBe('Grüße 👋');
  expect(readdirSync(granted.folder)).toEqual(['note.md']);
  expect(statSync(join(granted.folder, 'note.md')).mode & 0o777).toBe(0o666 & ~process.umask());
  expect(result.outputs).toMatchObject([{ kind: 'file', label: 'open' }]);
});

test('nothing that is there is ever replaced: not a file, a folder or a dangling link', async () => {
  using granted = grantFolder();
  granted.write('note.md', 'mine');
  mkdirSync(join(granted.folder, 'note (2).md'));
  symlinkSync(join(granted.base, 'planted'), join(granted.folder, 'note (3).md'));
  expect(pathsOf(granted, await create(granted, 'note.md'))).toEqual(['note (4).md']);
  expect(readFileSync(join(granted.folder, 'note.md'), 'utf8')).toBe('mine');
  expect(existsSync(join(granted.base, 'planted'))).toBe(false);
});

test.each([
  ['../../.bashrc', 'Untitled.bashrc'],
  ['.bashrc', 'bashrc'],
  ['/etc/passwd', 'etc-passwd'],
  ['CON', 'CON_ page'],
  ['nul.md', 'nul_ page.md'],
  ['a\u202Efdp.md', 'afdp.md'],
  ['a\0b.md', 'ab.md'],
  ['trailing. . .', 'trailing'],
  ['\u200e\u200f.md', 'Untitled.md'],
  ['😀 party.md', '😀 party.md'],
  ['a:b*c?.md', 'a-b-c.md'],
])('the name %j becomes the safe name %j', async (name, safe) => {
  using granted = grantFolder();
  expect(pathsOf(granted, await create(granted, name))).toEqual([safe]);
  expect(readdirSync(granted.folder)).toEqual([safe]);
  expect(readdirSync(granted.base).sort()).toEqual(['Documents', 'home']);
});

test('a name of 255 letters is cut so that a number still fits', async () => {
  using granted = grantFolder();
  const name = `${'ü'.repeat(252)}.md`;
  const first = pathsOf(granted, await create(granted, name))[0] ?? '';
  const second = pathsOf(granted, await create(granted, name))[0] ?? '';
  expect(Buffer.byteLength(first)).toBeLessThanOrEqual(120);
  expect(second).toMatch(/ \(2\)\.md$/);
});

test.each(['run.sh', 'x.desktop', 'x.EXE', 'x.command', 'a.md.lnk'])('the program %s is not created', async (name) => {
  using granted = grantFolder();
  expect(await codeOf(create(granted, name))).toBe('path_refused');
  expect(readdirSync(granted.folder)).toEqual([]);
});

test('a folder that is protected, a link, or outside is not written into', async () => {
  using granted = grantFolder();
  mkdirSync(join(granted.folder, '.git/hooks'), { recursive: true });
  mkdirSync(join(granted.base, 'outside'));
  symlinkSync(join(granted.base, 'outside'), join(granted.folder, 'dir'));
  for (const path of ['.git/hooks', 'dir', '..', '/tmp'])
    expect([path, await codeOf(create(granted, 'x.md', 'x', { path }))]).toEqual([path, 'path_refused']);
  expect(await codeOf(create(granted, 'x.md', 'x', { path: 'none' }))).toBe('vanished');
  expect(readdirSync(join(granted.base, 'outside'))).toEqual([]);
});

test('without the right to write nothing is written', async () => {
  using granted = grantFolder({ rights: ['read'] });
  expect(await codeOf(create(granted, 'x.md'))).toBe('grant_refused');
  expect(readdirSync(granted.folder)).toEqual([]);
});

test('twenty at once get twenty names', async () => {
  using granted = grantFolder();
  const results = await Promise.all(Array.from({ length: 20 }, (_, index) => create(granted, 'same.md', `text ${index}`)));
  expect(new Set(results.flatMap((result) => pathsOf(granted, result))).size).toBe(20);
  expect(new Set(readdirSync(granted.folder).map((name) => readFileSync(join(granted.folder, name), 'utf8'))).size).toBe(20);
});

test('what was done is in the journal', async () => {
  using granted = grantFolder();
  granted.write('note.md', 'mine');
  await create(granted, 'note.md');
  expect(granted.context.journal.ofRun(granted.context.run)).toMatchObject([
    { state: 'done', total: 1, change: { kind: 'create', path: 'note (2).md', after: { size: 5, hash: expect.any(String) } } },
  ]);
});

/** Makes the journal forget how the last change came out, as a crash does, and settles it. */
function crash(granted: Granted): Promise<unknown> {
  granted.store.run(`UPDATE changes SET state = 'intended'`);
  recoverJournal({ journal: granted.context.journal, grants: granted.grants, now: granted.context.now });
  return settleOp('fs.create', null, granted.context);
}

function temporaryOf(granted: Granted): string {
  const change = granted.context.journal.ofRun(granted.context.run)[0]?.change;
  if (change?.kind !== 'create') throw new Error('the file was created');
  return change.temporary;
}

test('after a crash before the name was given, the temporary file goes and nothing has happened', async () => {
  using granted = grantFolder();
  await create(granted, 'note.md');
  unlinkSync(join(granted.folder, 'note.md'));
  writeFileSync(join(granted.folder, temporaryOf(granted)), 'half');
  expect(await crash(granted)).toBe('nothing');
  expect(readdirSync(granted.folder)).toEqual([]);
});

test('after a crash when the name was given, the file stands and the temporary name goes', async () => {
  using granted = grantFolder();
  await create(granted, 'note.md');
  for (const withTemporary of [true, false]) {
    if (withTemporary) linkSync(join(granted.folder, 'note.md'), join(granted.folder, temporaryOf(granted)));
    expect(pathsOf(granted, (await crash(granted)) as OpResult)).toEqual(['note.md']);
    expect(readdirSync(granted.folder)).toEqual(['note.md']);
  }
});

test('a file of the person’s own that took the name meanwhile is left alone by settling', async () => {
  using granted = grantFolder();
  await create(granted, 'note.md');
  writeFileSync(join(granted.folder, 'other'), 'mine!');
  rmSync(join(granted.folder, 'note.md'));
  linkSync(join(granted.folder, 'other'), join(granted.folder, 'note.md'));
  expect(await crash(granted)).toBe('nothing');
  expect(readFileSync(join(granted.folder, 'note.md'), 'utf8')).toBe('mine!');
});

test.runIf(process.platform === 'linux')('a full disk is named so and leaves nothing half-written', () => {
  using granted = grantFolder();
  const gate = (file: string) => JSON.stringify(fileURLToPath(new URL(`../../../../native-host/gate/${file}`, import.meta.url)));
  const script = `
    import { readdirSync, readFileSync } from 'node:fs';
    const { openFolder } = await import(${gate('resolve.ts')});
    const { stage } = await import(${gate('resolve/anchored.ts')});
    const folder = openFolder(${JSON.stringify(granted.grant)}, '');
    try { await stage({ folder, name: '.headgate-x.tmp' }, { bytes: Buffer.alloc(1_000_000) }, {}, { onBytes() {}, halfway() {}, written() {} }); console.log('written'); } catch (error) { console.log(error.code, readdirSync(folder.place.real).length); }`;
  const full = spawnSync(
    'unshare',
    [
      '-m',
      'sh',
      '-c',
      `mount -t tmpfs -o size=64k none ${granted.folder} && exec "$0" --input-type=module -e "$1"`,
      process.execPath,
      script,
    ],
    { encoding: 'utf8' },
  );
  // Without the right to mount, a limit on file size makes the system refuse the same way.
  const outcome =
    full.status === 0
      ? full.stdout
      : execFileSync('sh', ['-c', 'trap "" XFSZ; ulimit -f 64; exec "$0" --input-type=module -e "$1"', process.execPath, script], {
          encoding: 'utf8',
        });
  expect(outcome.trim()).toBe('disk_full 0');
});

test('nothing is written to a folder from which more may leave, whatever its globs say of its name', async () => {
  using granted = grantFolder({ include: ['*.md'] });
  granted.write('sub/a.md', 'x');
  granted.write('private/a.md', 'x');
  granted.grants.add({ folder: join(granted.folder, 'private'), label: 'home' });
  const content = [granted.context.handles.putText('text', 'diary', 'home').handle];
  const write = (path: string) => performOp('fs.create', { grant: granted.grant.id, path, name: 'b.md', content }, granted.context);
  for (const path of ['', 'sub']) expect(await codeOf(write(path))).toBe('label_refused');
  expect(pathsOf(granted, await write('private'))).toEqual(['private/b.md']);
  expect(readdirSync(join(granted.folder, 'sub'))).toEqual(['a.md']);
});
