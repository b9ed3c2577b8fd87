import { expect, test } from 'vitest';
import { foldPath, isInside, protectedReason } from '../../../native-host/gate/protected.ts';

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
