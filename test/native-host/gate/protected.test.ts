import { expect, test } from 'vitest';
import { protectedNames, protectedReason } from '../../../native-host/gate/protected.ts';

test('Headgate’s own state is protected, and what lies beside it is not', () => {
  expect(protectedReason('/x/headgate/grants.json', '/x/headgate')).toMatch(/own state/);
  expect(protectedReason('/x/Headgate/grants.json', '/x/headgate')).toMatch(/own state/);
  expect(protectedReason('/x/headgate-samples/a.md', '/x/headgate')).toBeNull();
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
