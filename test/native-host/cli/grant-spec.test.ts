import { expect, test } from 'vitest';
import { parseGrantSpec } from '../../../native-host/cli/grant-spec.ts';

test('a folder alone says nothing of rights and label', () => {
  expect(parseGrantSpec('/home/me/Texts')).toEqual({ folder: '/home/me/Texts' });
});

test('rights and label are read from the right', () => {
  expect(parseGrantSpec('~/Texts:read')).toEqual({ folder: '~/Texts', rights: ['read'] });
  expect(parseGrantSpec('~/Texts:read,write:open')).toEqual({ folder: '~/Texts', rights: ['read', 'write'], label: 'open' });
});

test('a drive letter and colons in names belong to the folder', () => {
  expect(parseGrantSpec('C:\\Texts')).toEqual({ folder: 'C:\\Texts' });
  expect(parseGrantSpec('C:\\Texts:read')).toEqual({ folder: 'C:\\Texts', rights: ['read'] });
  expect(parseGrantSpec('/a/12:30 notes')).toEqual({ folder: '/a/12:30 notes' });
  expect(parseGrantSpec('/a/b:c:read,trash:home')).toEqual({ folder: '/a/b:c', rights: ['read', 'trash'], label: 'home' });
});

test('a label without rights before it is part of the name', () => {
  expect(parseGrantSpec('/a/b:open')).toEqual({ folder: '/a/b:open' });
});

test('rights that do not exist are part of the name', () => {
  expect(parseGrantSpec('/a/b:read,fly')).toEqual({ folder: '/a/b:read,fly' });
});
