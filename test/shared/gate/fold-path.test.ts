import { expect, test } from 'vitest';
import { foldPath, foldText, isInside } from '../../../shared/gate/fold-path.ts';

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

test('letters that a file system may take for others fold to one', () => {
  expect(foldPath('/STRASSE')).toBe(foldPath('/straße'));
  expect(foldPath('/ΟΔΟΣ')).toBe(foldPath('/οδος'));
  expect(foldText('Ｋey')).toBe('key');
});
