import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { performOp } from '../../support/perform-op.ts';
import { grantFolder, type Granted } from '../../support/granted.ts';
import { codeOf, pathsOf } from '../../support/op-outputs.ts';

const list = (granted: Granted, more: object = {}) => performOp('fs.list', { grant: granted.grant.id, ...more }, granted.context);

test('documents of all folders are listed by path, everything else is passed over', async () => {
  using granted = grantFolder();
  for (const path of [
    'b.md',
    'a/z.txt',
    'a/y.HTML',
    'a.markdown',
    '.hidden.md',
    '.git/notes.md',
    'node_modules/x/readme.md',
    'photo.jpg',
    'Digest 2026-11-21.md',
    'Digest 2026-11-21 (2).md',
    'Digest of May.md',
  ])
    granted.write(path, 'x');
  expect(pathsOf(granted, await list(granted))).toEqual(['Digest of May.md', 'a.markdown', 'a/y.HTML', 'a/z.txt', 'b.md']);
  expect(pathsOf(granted, await list(granted, { path: 'a' }))).toEqual(['a/y.HTML', 'a/z.txt']);
  expect(pathsOf(granted, await list(granted, { documents: false }))).toContain('photo.jpg');
});

test('links are neither listed nor followed', async () => {
  using granted = grantFolder();
  mkdirSync(join(granted.base, 'outside'));
  writeFileSync(join(granted.base, 'outside', 'secret.md'), 'x');
  symlinkSync(join(granted.base, 'outside'), join(granted.folder, 'dir'));
  symlinkSync(join(granted.base, 'outside', 'secret.md'), join(granted.folder, 'link.md'));
  symlinkSync('.', join(granted.folder, 'loop'));
  granted.write('a.md', 'x');
  expect(pathsOf(granted, await list(granted))).toEqual(['a.md']);
});

test('more than the cap is cut and said', async () => {
  using granted = grantFolder();
  for (let index = 10; index < 20; index += 1) granted.write(`${index}.md`, 'x');
  const result = await list(granted, { max: 3 });
  expect(pathsOf(granted, result)).toEqual(['10.md', '11.md', '12.md']);
  expect(result.note).toBe('the first 3 of 10 documents');
});

test('a handle says size in steps, day and label; a file with a second name stays at home', async () => {
  using granted = grantFolder();
  writeFileSync(join(granted.base, 'twin.md'), 'x');
  linkSync(join(granted.base, 'twin.md'), join(granted.folder, 'twin.md'));
  granted.write('a.md', 'x'.repeat(300));
  const { outputs } = await list(granted);
  expect(outputs).toMatchObject([
    { kind: 'file', size: 512, label: 'open', day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
    { label: 'home' },
  ]);
});

test('nested grants give their stricter label to the files in them', async () => {
  using granted = grantFolder();
  granted.write('private/a.md', 'x');
  granted.write('b.md', 'x');
  granted.grants.add({ folder: join(granted.folder, 'private'), label: 'home' });
  expect((await list(granted)).outputs.map(({ label }) => label)).toEqual(['open', 'home']);
});

test('a folder outside, a folder that is gone and a grant that is gone are refused', async () => {
  using granted = grantFolder();
  expect(await codeOf(list(granted, { path: '..' }))).toBe('path_refused');
  expect(await codeOf(list(granted, { path: 'none' }))).toBe('vanished');
  granted.grants.revoke(granted.grant.id);
  expect(await codeOf(list(granted))).toBe('grant_not_found');
});

test('a folder of 33 levels is listed to the 32nd', async () => {
  using granted = grantFolder();
  granted.write(`${'d/'.repeat(33)}deep.md`, 'x');
  granted.write('top.md', 'x');
  const result = await list(granted);
  expect(pathsOf(granted, result)).toEqual(['top.md']);
  expect(result.note).toBe('1 folder could not be entered');
});

test('for one text that is made of all of them, those stay out of which less may leave or be told than of the folder', async () => {
  using granted = grantFolder();
  for (const path of ['a.md', 'private/b.md', 'veiled/c.md', 'free/d.md', 'twin.md']) granted.write(path, 'x');
  linkSync(join(granted.folder, 'twin.md'), join(granted.base, 'second.md'));
  granted.grants.add({ folder: join(granted.folder, 'private'), label: 'home' });
  granted.grants.add({ folder: join(granted.folder, 'veiled'), label: 'open', names: 'hidden' });
  granted.grants.add({ folder: join(granted.folder, 'free'), label: 'open' });
  const result = await list(granted, { together: true });
  expect(pathsOf(granted, result)).toEqual(['a.md', 'free/d.md']);
  expect(result.note).toBe('3 left out, of which less may leave than of the folder');
  expect(pathsOf(granted, await list(granted, { together: true, path: 'private' }))).toEqual(['private/b.md']);
  granted.grants.add({ folder: granted.folder, include: ['*.md'] });
  expect(pathsOf(granted, await list(granted, { together: true, path: 'free' }))).toEqual(['free/d.md']);
});
