import { expect, test } from 'vitest';
import { expandHome, findGrant } from '../../../native-host/cli/grants-lookup.ts';
import type { GrantView } from '../../../shared/gate/grants.ts';
import { GrantId } from '../../../shared/ids.ts';

const grant = (digit: string, name: string, display: string): GrantView => ({
  id: GrantId.parse(`g_${digit.repeat(32)}`),
  name,
  display,
  rights: ['read'],
  label: 'ask',
  include: [],
  exclude: [],
  names: 'shown',
  state: 'ready',
});
const TEXTS = grant('1', 'Texts', '~/Texts');
const RIVERS = grant('2', 'Rivers', '~/Texts/rivers');
const find = (word: string, grants = [TEXTS, RIVERS]) => findGrant(grants, word, '/home/me');

test('a grant is found by its name and by its id', () => {
  expect(find('Rivers')).toEqual({ grant: RIVERS, path: '' });
  expect(find(TEXTS.id)).toEqual({ grant: TEXTS, path: '' });
});

test('a folder finds the innermost grant around it, with the path in it', () => {
  expect(find('/home/me/Texts/letters/2026')).toEqual({ grant: TEXTS, path: 'letters/2026' });
  expect(find('~/Texts/rivers/arve')).toEqual({ grant: RIVERS, path: 'arve' });
  expect(find('/home/me/Texts')).toEqual({ grant: TEXTS, path: '' });
});

test('a folder whose name only begins like a grant is outside', () => {
  expect(() => find('/home/me/Texts-old')).toThrow('There is no grant "/home/me/Texts-old".');
});

test('a mistyped name is met with the nearest one', () => {
  expect(() => find('Rivrs')).toThrow('There is no grant "Rivrs". Did you mean "Rivers"?');
});

test('two grants of one name are told apart by id', () => {
  expect(() => find('Texts', [TEXTS, grant('3', 'Texts', '/other')])).toThrow('2 grants are called "Texts".');
});

test('only a leading ~ is the home folder', () => {
  expect(expandHome('~/a', '/h')).toBe('/h/a');
  expect(expandHome('~', '/h')).toBe('/h');
  expect(expandHome('~a', '/h')).toBe('~a');
});
