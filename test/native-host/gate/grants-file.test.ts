import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createGrantsFile, type NewGrant, viewGrant } from '../../../native-host/gate/grants-file.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import type { Right } from '../../../shared/gate/grants.ts';
import { grantFolder } from '../support/granted.ts';

const onUnix = test.runIf(process.platform !== 'win32');

function thrownBy(act: () => unknown): HeadgateError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof HeadgateError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

test('a missing file means that nothing is granted', () => {
  using granted = grantFolder();
  expect(createGrantsFile(join(granted.base, 'new')).list()).toEqual([]);
  expect(existsSync(join(granted.base, 'new'))).toBe(false);
});

onUnix('the file is readable by its owner alone and leaves no temporary file', () => {
  using granted = grantFolder();
  expect(statSync(granted.grants.file).mode & 0o777).toBe(0o600);
  expect(readdirSync(granted.home).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a grant is kept with its defaults: read and ask', () => {
  using granted = grantFolder();
  mkdirSync(join(granted.base, 'Notes'));
  const grant = granted.grants.add({ folder: join(granted.base, 'Notes') });
  expect(grant).toMatchObject({ name: 'Notes', rights: ['read'], label: 'ask', createdAt: 1_000 });
  expect(createGrantsFile(granted.home).grant(grant.id)).toEqual(grant);
});

test('the same folder again, also by a link or a detour, changes the grant that is there', () => {
  using granted = grantFolder();
  symlinkSync(granted.folder, join(granted.base, 'short'));
  const again = granted.grants.add({ folder: join(granted.base, 'short'), rights: ['read'], label: 'home' });
  expect(again).toMatchObject({ id: granted.grant.id, folder: granted.folder, rights: ['read'], label: 'home' });
  expect(granted.grants.list()).toHaveLength(1);
});

test.each([
  ['not JSON', '{"version":1,"grants":['],
  ['empty', ''],
  ['another version', '{"version":2,"grants":[]}'],
  ['a field too many', '{"version":1,"grants":[],"allowAll":true}'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a relative id', '{"version":1,"grants":[{"id":"x","name":"a","folder":"/","rights":["read"],"label":"open","createdAt":0}]}'],
  [
    'a right that does not exist',
    `{"version":1,"grants":[{"id":"g_${'0'.repeat(32)}","name":"a","folder":"/","rights":["everything"],"label":"open","createdAt":0}]}`,
  ],
])('a file that is %s is refused whole, and allows neither all nor silently nothing', (_what, content) => {
  using granted = grantFolder();
  writeFileSync(granted.grants.file, content);
  const error = thrownBy(() => granted.grants.list());
  expect(error.code).toBe('grants_damaged');
  expect(error.next).toContain(granted.grants.file);
  expect(thrownBy(() => granted.grants.grant(granted.grant.id)).code).toBe('grants_damaged');
  expect(thrownBy(() => granted.grants.add({ folder: granted.folder })).code).toBe('grants_damaged');
  expect(readFileSync(granted.grants.file, 'utf8')).toBe(content);
});

onUnix('a file that others may write to is refused, and taken again once mended', () => {
  using granted = grantFolder();
  for (const mode of [0o666, 0o620, 0o602]) {
    chmodSync(granted.grants.file, mode);
    expect(thrownBy(() => granted.grants.list())).toMatchObject({
      code: 'grants_damaged',
      message: expect.stringContaining('other users can write to it'),
    });
  }
  chmodSync(granted.grants.file, 0o600);
  expect(granted.grants.list()).toHaveLength(1);
});

test.runIf(process.getuid?.() === 0)('a file of another user is refused', () => {
  using granted = grantFolder();
  chownSync(granted.grants.file, 65534, 65534);
  expect(thrownBy(() => granted.grants.list())).toMatchObject({ code: 'grants_damaged', message: expect.stringContaining('another user') });
});

onUnix('a link or a folder in place of the file is refused', () => {
  using granted = grantFolder();
  const { file } = granted.grants;
  const content = readFileSync(file);
  rmSync(file);
  writeFileSync(join(granted.base, 'other.json'), content, { mode: 0o600 });
  symlinkSync(join(granted.base, 'other.json'), file);
  expect(thrownBy(() => granted.grants.list()).code).toBe('grants_damaged');
  rmSync(file);
  mkdirSync(file);
  expect(thrownBy(() => granted.grants.list()).code).toBe('grants_damaged');
});

test('a change on disk is seen at once', () => {
  using granted = grantFolder();
  expect(granted.grants.list()).toHaveLength(1);
  createGrantsFile(granted.home).revoke(granted.grant.id);
  expect(granted.grants.list()).toHaveLength(0);
  expect(thrownBy(() => granted.grants.grant(granted.grant.id)).code).toBe('grant_not_found');
});

test('folders that must not be granted are refused with the reason', () => {
  using granted = grantFolder();
  mkdirSync(join(granted.base, '.ssh'));
  mkdirSync(join(granted.home, 'inner'));
  writeFileSync(join(granted.base, 'file.txt'), '');
  const refused = (folder: string) => thrownBy(() => granted.grants.add({ folder })).message;
  expect(refused('/')).toMatch(/whole disk/);
  expect(refused(granted.home)).toMatch(/own state/);
  expect(refused(join(granted.home, 'inner'))).toMatch(/own state/);
  expect(refused(granted.base)).toMatch(/contains Headgate’s own state/);
  expect(refused(join(granted.base, '.ssh'))).toMatch(/protected: keys/);
  expect(refused(join(granted.base, 'file.txt'))).toMatch(/only folders/);
  expect(refused(join(granted.base, 'none'))).toMatch(/There is no folder/);
  if (process.platform === 'linux') expect(refused('/proc/self')).toMatch(/belongs to the system/);
});

test('folders next to the state are fine', () => {
  using granted = grantFolder();
  mkdirSync(join(granted.base, 'home-samples'));
  expect(granted.grants.add({ folder: join(granted.base, 'home-samples') }).name).toBe('home-samples');
});

test('narrowing takes away, and nothing can widen', () => {
  using granted = grantFolder();
  const { id } = granted.grant;
  expect(granted.grants.narrow(id, { rights: ['read'] }).rights).toEqual(['read']);
  expect(granted.grants.narrow(id, { label: 'ask' }).label).toBe('ask');
  for (const change of [{ rights: ['read', 'write'] as Right[] }, { label: 'open' as const }, { rights: [] }])
    expect(thrownBy(() => granted.grants.narrow(id, change)).code).toBe('grant_refused');
  expect(granted.grants.grant(id)).toMatchObject({ rights: ['read'], label: 'ask' });
});

test('of nested grants the strictest label counts, whichever grant is asked', () => {
  using granted = grantFolder();
  mkdirSync(join(granted.folder, 'private/open'), { recursive: true });
  const inner = granted.grants.add({ folder: join(granted.folder, 'private'), label: 'home' });
  const innermost = granted.grants.add({ folder: join(granted.folder, 'private/open'), label: 'open' });
  expect(granted.grants.labelOf(granted.grant.id, 'a.txt')).toBe('open');
  expect(granted.grants.labelOf(granted.grant.id, 'private/a.txt')).toBe('home');
  expect(granted.grants.labelOf(granted.grant.id, 'privately.txt')).toBe('open');
  expect(granted.grants.labelOf(innermost.id, 'a.txt')).toBe('home');
  expect(granted.grants.labelOf(inner.id, 'open/a.txt')).toBe('home');
});

test('a grant is shown in short form, with what became of its folder', () => {
  using granted = grantFolder();
  expect(viewGrant(granted.grant, granted.base)).toMatchObject({ display: '~/Documents', state: 'ready' });
  expect(viewGrant(granted.grant, '/elsewhere').display).toBe(granted.folder);
  rmSync(granted.folder, { recursive: true });
  expect(viewGrant(granted.grant, granted.base).state).toBe('gone');
});

test('the same folder again keeps what is not said: a strict label is never loosened by silence', () => {
  using granted = grantFolder({ label: 'home', rights: ['read'] });
  expect(granted.grants.add({ folder: granted.folder, rights: ['read', 'write'] })).toMatchObject({
    label: 'home',
    rights: ['read', 'write'],
  });
  expect(granted.grants.add({ folder: granted.folder, label: 'ask' })).toMatchObject({ label: 'ask', rights: ['read', 'write'] });
});

test('globs, limits and names are kept, and shown', () => {
  using granted = grantFolder({
    include: ['*.md'],
    exclude: ['Taxes', '*.key', 'Taxes'],
    maxFileBytes: 1_000,
    maxFiles: 5,
    names: 'hidden',
  });
  const said = { include: ['*.md'], exclude: ['Taxes', '*.key'], maxFileBytes: 1_000, maxFiles: 5, names: 'hidden' };
  expect(createGrantsFile(granted.home).grant(granted.grant.id)).toMatchObject(said);
  expect(viewGrant(granted.grant)).toMatchObject(said);
});

test('the same folder again keeps globs, limits and names that are not said, and takes away what is said to be taken away', () => {
  using granted = grantFolder({ include: ['*.md'], exclude: ['*.key'], maxFileBytes: 1_000, maxFiles: 5, names: 'hidden' });
  const { folder } = granted;
  expect(granted.grants.add({ folder, label: 'open', rights: ['read'] })).toMatchObject({
    include: ['*.md'],
    exclude: ['*.key'],
    maxFileBytes: 1_000,
    maxFiles: 5,
    names: 'hidden',
  });
  const freed = granted.grants.add({ folder, include: [], exclude: [], maxFileBytes: null, maxFiles: null, names: 'shown' });
  expect(freed).toMatchObject({ include: [], exclude: [], names: 'shown' });
  expect([freed.maxFileBytes, freed.maxFiles]).toEqual([undefined, undefined]);
});

test('home hides names, and they stay hidden when only the label is loosened', () => {
  using granted = grantFolder({ names: 'shown' });
  const { folder } = granted;
  expect(granted.grants.add({ folder, label: 'home', names: 'shown' }).names).toBe('hidden');
  expect(granted.grants.add({ folder, label: 'ask' }).names).toBe('hidden');
  expect(granted.grants.add({ folder, names: 'shown' }).names).toBe('shown');
});

test('a glob that is none is refused with the reason, and nothing is changed', () => {
  using granted = grantFolder({ exclude: ['*.key'] });
  const error = thrownBy(() => granted.grants.add({ folder: granted.folder, exclude: ['/absolute'] }));
  expect(error).toMatchObject({ code: 'grant_refused', message: expect.stringContaining('relative to the granted folder') });
  expect(granted.grants.grant(granted.grant.id).exclude).toEqual(['*.key']);
  expect(thrownBy(() => granted.grants.add({ folder: granted.folder, exclude: Array.from({ length: 101 }, (_, n) => `f${n}`) })).code).toBe(
    'grant_refused',
  );
});

test('a file from before globs, limits and names is read; one whose globs are none is refused whole', () => {
  using granted = grantFolder();
  const { id, name, folder, rights, label, createdAt } = granted.grant;
  const old = { id, name, folder, rights, label, createdAt };
  const put = (grant: object) => writeFileSync(granted.grants.file, JSON.stringify({ version: 1, grants: [grant] }));
  put(old);
  expect(granted.grants.list()).toEqual([{ ...old, include: [], exclude: [], names: 'shown' }]);
  for (const wrong of [{ exclude: ['../x'] }, { exclude: '*.key' }, { maxFileBytes: 0 }, { names: 'perhaps' }, { maxFilesizes: 3 }]) {
    put({ ...old, ...wrong });
    expect(thrownBy(() => granted.grants.list()).code, JSON.stringify(wrong)).toBe('grants_damaged');
  }
});

test('narrowing adds excludes, shrinks limits and hides names', () => {
  using granted = grantFolder({ exclude: ['*.key'], maxFileBytes: 1_000 });
  const { id } = granted.grant;
  const narrow = (change: object) => granted.grants.narrow(id, change);
  expect(narrow({ exclude: ['Taxes'] }).exclude.toSorted()).toEqual(['*.key', 'Taxes']);
  expect(narrow({ maxFileBytes: 500, maxFiles: 3, names: 'hidden' })).toMatchObject({ maxFileBytes: 500, maxFiles: 3, names: 'hidden' });
  for (const wider of [{ maxFileBytes: 501 }, { maxFiles: 4 }]) expect(thrownBy(() => narrow(wider)).code).toBe('grant_refused');
  expect(thrownBy(() => narrow({ exclude: ['/x'] })).code).toBe('grant_refused');
  expect(narrow({ label: 'home' })).toMatchObject({ label: 'home', names: 'hidden' });
});

test('of nested grants names are hidden where one of them hides them', () => {
  using granted = grantFolder();
  mkdirSync(join(granted.folder, 'letters/new'), { recursive: true });
  const inner = granted.grants.add({ folder: join(granted.folder, 'letters'), label: 'open', names: 'hidden' });
  const innermost = granted.grants.add({ folder: join(granted.folder, 'letters/new'), label: 'open' });
  const { namesOf } = granted.grants;
  expect([namesOf(granted.grant.id, 'a.txt'), namesOf(granted.grant.id, 'letters/a.txt')]).toEqual(['shown', 'hidden']);
  expect([namesOf(inner.id, 'a.txt'), namesOf(innermost.id, 'a.txt')]).toEqual(['hidden', 'hidden']);
});

test('what a grant leaves out by now is labelled home: nothing made of it leaves any more', () => {
  using granted = grantFolder();
  granted.grants.narrow(granted.grant.id, { exclude: ['*.key'] });
  expect(granted.grants.labelOf(granted.grant.id, 'a.key')).toBe('home');
  expect(granted.grants.namesOf(granted.grant.id, 'a.key')).toBe('hidden');
  expect(granted.grants.labelOf(granted.grant.id, 'a.txt')).toBe('open');
});

describe('taking a grant back loosens nothing, but by the person', () => {
  const nested = (outer: Partial<NewGrant>, inner: Partial<NewGrant>, place = 'sub') => {
    const granted = grantFolder(outer);
    mkdirSync(join(granted.folder, place), { recursive: true });
    return { granted, inner: granted.grants.add({ folder: join(granted.folder, place), ...inner }) };
  };

  test.each([
    ['a stricter label', { label: 'open' }, { label: 'home' }],
    ['hidden names', { label: 'open' }, { label: 'open', names: 'hidden' }],
    ['what it leaves out', { label: 'open' }, { label: 'open', exclude: ['*.key'] }],
  ] as const)('of %s', (_what, outer, inside) => {
    const { granted, inner } = nested(outer, inside as Partial<NewGrant>);
    using _granted = granted;
    expect(thrownBy(() => granted.grants.revoke(inner.id))).toMatchObject({
      code: 'grant_refused',
      next: expect.stringContaining(inner.id),
    });
    expect(granted.grants.list()).toHaveLength(2);
    granted.grants.revoke(granted.grant.id);
    granted.grants.revoke(inner.id);
    expect(granted.grants.list()).toEqual([]);
  });

  test('of a stricter folder around a looser one', () => {
    const { granted, inner } = nested({ label: 'home' }, { label: 'open' });
    using _granted = granted;
    expect(thrownBy(() => granted.grants.revoke(granted.grant.id)).code).toBe('grant_refused');
    granted.grants.revoke(granted.grant.id, 'the person');
    expect(granted.grants.list().map(({ id }) => id)).toEqual([inner.id]);
  });

  test('where the others say the same, or lie beside it, it goes', () => {
    const { granted, inner } = nested({ label: 'ask' }, { label: 'open', rights: ['read', 'write'] });
    using _granted = granted;
    mkdirSync(join(granted.base, 'Documents beside'));
    granted.grants.add({ folder: join(granted.base, 'Documents beside'), label: 'open' });
    granted.grants.revoke(inner.id);
    granted.grants.revoke(granted.grant.id);
    expect(granted.grants.list()).toHaveLength(1);
  });
});
