import { expect, test } from 'vitest';
import { foldPath, isInside, protectedNames, protectedReason } from '../../../native-host/gate/protected.ts';

test('Headgate’s own state is protected, and what lies beside it is not', () => {
  expect(protectedReason('/x/headgate/grants.json', '/x/headgate')).toMatch(/own state/);
  expect(protectedReason('/x/Headgate/grants.json', '/x/headgate')).toMatch(/own state/);
  expect(protectedReason('/x/headgate-samples/a.md', '/x/headgate')).toBeNull();
});

test('every spelling that some file system takes for the same name folds to one', () => {
  for (const spelling of [
    '/A/.SSH',
    '/a/.ssh.',
    '/a/.ssh ',
    '/a/.ssh. .',
    '/a//.ssh',
    '/a/.ssh/',
    '\\a\\.ssh',
    '/a/.ssh::$DATA',
    '/a/.s\u200csh',
    '/a/．ssh',
  ])
    expect(foldPath(spelling)).toBe('/a/.ssh');
});

test('composed and decomposed letters fold to one', () => {
  expect(foldPath('/é')).toBe(foldPath('/e\u0301'));
});

test('containment goes by whole segments', () => {
  expect(isInside('/a/b', '/a/b')).toBe(true);
  expect(isInside('/a/b', '/a/b/c')).toBe(true);
  expect(isInside('/a/b', '/a/bc')).toBe(false);
  expect(isInside('/', '/a')).toBe(true);
});

test('the names of one folder are judged as their whole paths are', () => {
  const names = [
    'a.txt',
    'id_rsa',
    'ID_RSA.',
    '.ssh',
    '.ＳＳＨ',
    'hooks',
    'config',
    'Startup',
    'x.desktop',
    'login.keychain-db',
    'git~1',
    '.bashrc',
    'home',
    '.npmrc:x',
    'a b',
    '.',
  ];
  for (const folder of ['/data', '/data/repo/.git', '/data/start menu/programs', '/data/autostart', '/data/.config', '/state']) {
    const isProtected = protectedNames(folder, '/state/home');
    for (const name of names) {
      if (name === '.') continue;
      expect({ folder, name, is: isProtected(name) }).toEqual({
        folder,
        name,
        is: protectedReason(`${folder}/${name}`, '/state/home') !== null,
      });
    }
  }
});
