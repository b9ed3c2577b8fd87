import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldFolder, foldPath, foldText, isInside } from '../../../shared/gate/fold-path.ts';

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

const name = fc.string({ unit: fc.constantFrom(...'aZ09._- ~+(),@%é:'), minLength: 1, maxLength: 8 });
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));

test('an ordinary path folds as every other does', () => {
  fc.assert(
    fc.property(path, fc.boolean(), (text, absolute) => {
      const whole = absolute ? `/${text}` : text;
      // A path that ends in a slash is never ordinary, and the slash is no part of it.
      expect(foldPath(whole)).toBe(foldPath(`${whole}/`));
    }),
  );
});

test('a grant’s folder folds as its path does, asked once or again', () => {
  const grant = { folder: '/home/Ada/Über. ' };
  expect([foldFolder(grant), foldFolder(grant)]).toEqual([foldPath(grant.folder), foldPath(grant.folder)]);
});
