import { linkSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { performOp } from '../../support/perform-op.ts';
import { grantFolder, type Granted } from '../../support/granted.ts';
import { codeOf, hitsOf } from '../../support/op-outputs.ts';

const search = async (granted: Granted, query: string, more: object = {}) =>
  hitsOf(granted, await performOp('fs.search', { query, grants: [granted.grant.id], ...more }, granted.context));

test('lines are found by path and number, one hit a line, without case', async () => {
  using granted = grantFolder();
  granted.write('b.md', 'nothing\nThe Lantern is a LANTERN\n\nlantern again');
  granted.write('a/c.txt', 'no\r\nlantern\r\n');
  const { hits, total } = await search(granted, 'lantern');
  expect(hits.map(({ path, line, excerpt }) => [path, line, excerpt])).toEqual([
    ['a/c.txt', 2, 'lantern'],
    ['b.md', 2, 'The Lantern is a LANTERN'],
    ['b.md', 4, 'lantern again'],
  ]);
  expect(total).toBe(3);
});

test('letters of other scripts are found without case and in either form', async () => {
  using granted = grantFolder();
  granted.write('a.md', 'GRÜSSE aus Köln\nσίσυφοΣ');
  granted.write('b.md', 'Grüße, GRÜSSE'.normalize('NFD'));
  expect((await search(granted, 'grüsse')).hits).toHaveLength(2);
  expect((await search(granted, 'ΣΊΣΥΦΟς')).hits).toHaveLength(1);
});

test('UTF-16 with a mark is read, binary is not', async () => {
  using granted = grantFolder();
  granted.write('u.txt', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('first\nneedle here', 'utf16le')]));
  granted.write('b.bin', Buffer.concat([Buffer.from('needle\n'), Buffer.alloc(100)]));
  expect((await search(granted, 'needle')).hits).toMatchObject([{ path: 'u.txt', line: 2, excerpt: 'needle here' }]);
});

test.each(['--pre=touch /tmp/x', '-f', '.*', '(', '\\', '--files', '$(id)', '[a', 'a|b', '/etc/passwd'])(
  'the query %s is looked for as it is',
  async (query) => {
    using granted = grantFolder();
    granted.write('a.md', `before ${query} after`);
    granted.write('b.md', 'other text abc');
    expect((await search(granted, query)).hits).toMatchObject([{ path: 'a.md', line: 1 }]);
  },
);

test('a query of nothing but spaces and control characters finds nothing', async () => {
  using granted = grantFolder();
  granted.write('a.md', 'text');
  expect((await search(granted, ' \0\n ')).hits).toEqual([]);
});

test('what lies behind a link is not shown, nor hidden files, nor node_modules', async () => {
  using granted = grantFolder();
  mkdirSync(join(granted.base, 'outside'));
  writeFileSync(join(granted.base, 'outside', 'secret.md'), 'needle');
  symlinkSync(join(granted.base, 'outside'), join(granted.folder, 'dir'));
  symlinkSync(join(granted.base, 'outside', 'secret.md'), join(granted.folder, 'link.md'));
  granted.write('.hidden/a.md', 'needle');
  granted.write('node_modules/a.md', 'needle');
  granted.write('id_rsa', 'needle');
  granted.write('.gitignore', 'kept.md');
  granted.write('kept.md', 'needle');
  expect((await search(granted, 'needle')).hits.map(({ path }) => path)).toEqual(['kept.md']);
});

test('a folder that was swapped for a link shows nothing', async () => {
  using granted = grantFolder();
  granted.write('a.md', 'needle');
  mkdirSync(join(granted.base, 'outside'));
  writeFileSync(join(granted.base, 'outside', 'secret.md'), 'needle');
  renameSync(granted.folder, join(granted.base, 'moved'));
  symlinkSync(join(granted.base, 'outside'), granted.folder);
  expect(await codeOf(search(granted, 'needle'))).toBe('path_refused');
});

test('an excerpt is at most 240 characters around the hit and never cuts a letter in two', async () => {
  using granted = grantFolder();
  granted.write('a.md', `${'😀'.repeat(5_000)}needle\u202E\t${'😀'.repeat(5_000)}`);
  const [hit] = (await search(granted, 'needle')).hits;
  expect(hit?.excerpt).toMatch(/^…(😀)+needle (😀)+…$/u);
  expect(hit?.excerpt.length).toBeLessThanOrEqual(240);
  expect(hit?.excerpt.isWellFormed()).toBe(true);
});

test('it stops at the most hits that were asked for, and shows 20 lines of one file', async () => {
  using granted = grantFolder();
  granted.write('many.md', 'needle\n'.repeat(500));
  const one = await search(granted, 'needle');
  expect(one.hits).toHaveLength(20);
  expect(one.total).toBe(500);
  for (let index = 0; index < 50; index += 1) granted.write(`${index}.md`, 'needle');
  expect((await search(granted, 'needle', { max: 7 })).hits).toHaveLength(7);
});

test('a file with a second name makes the hits stay at home', async () => {
  using granted = grantFolder();
  const labelOf = async () =>
    (await performOp('fs.search', { query: 'needle', grants: [granted.grant.id] }, granted.context)).outputs[0]?.label;
  const file = granted.write('a.md', 'needle');
  expect(await labelOf()).toBe('open');
  linkSync(file, join(granted.base, 'twin.md'));
  expect(await labelOf()).toBe('home');
});

test('one granted folder that is gone does not spoil the others', async () => {
  using granted = grantFolder();
  granted.write('a.md', 'needle');
  mkdirSync(join(granted.base, 'Gone'));
  const gone = granted.grants.add({ folder: join(granted.base, 'Gone') });
  renameSync(join(granted.base, 'Gone'), join(granted.base, 'Away'));
  const result = await performOp('fs.search', { query: 'needle', grants: [gone.id, granted.grant.id] }, granted.context);
  expect(hitsOf(granted, result).hits).toHaveLength(1);
  expect(result.note).toBe('1 granted folder could not be searched');
  expect(await codeOf(performOp('fs.search', { query: 'needle', grants: [gone.id] }, granted.context))).toBe('vanished');
});

test('one large file under many names leaves others their turn', async () => {
  using granted = grantFolder();
  const bytes = Buffer.alloc(9_000_000, '\u0001\u0002abc\n');
  bytes.write('needle');
  const file = granted.write('a.log', bytes);
  for (let n = 0; n < 60; n += 1) linkSync(file, `${file}.${n}`);
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 1);
  await performOp('fs.search', { query: 'needle', grants: [granted.grant.id] }, granted.context);
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(5);
});

test('a cancelled run stops searching', async () => {
  using granted = grantFolder();
  granted.write('a.md', 'needle');
  expect(
    await codeOf(
      performOp('fs.search', { query: 'needle', grants: [granted.grant.id] }, { ...granted.context, signal: AbortSignal.abort() }),
    ),
  ).toBe('cancelled');
});
