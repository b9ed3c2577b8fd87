import { beforeEach, expect, test } from 'vitest';
import { commandsFor } from '../../../../extension/screens/popup/commands.ts';
import { stateOf } from '../../../../extension/screens/popup/page-in-front.ts';
import { speak } from '../../support/browser.ts';
import { grant, grantId } from '../../support/samples.ts';

beforeEach(() => speak());

const GRANTS = [
  grant(),
  grant({ id: grantId(2), name: 'Übungen' }),
  grant({ id: grantId(3), name: 'Taxes', rights: ['read'] }),
  grant({ id: grantId(4), state: 'gone' }),
];
const ids = (typed: string, page: 'ready' | 'closed' = 'ready') => commandsFor(typed, GRANTS, page).map(({ id }) => id);

test('with nothing typed every action is offered, for the folders that it can work in', () => {
  expect(ids('')).toEqual([`save:${grantId(1)}`, `save:${grantId(2)}`, `digest:${grantId(1)}`, `digest:${grantId(2)}`, 'info', 'choose']);
});

test('Find comes first for whatever is typed', () => {
  expect(ids('xyz')).toEqual(['find']);
  expect(commandsFor('  old gate ', GRANTS, 'ready')[0]).toMatchObject({
    kind: 'find',
    query: 'old gate',
    label: 'Find “old gate” in files',
  });
});

test('an action is found by the beginnings of its words, without accents', () => {
  expect(ids('dig')).toEqual(['find', `digest:${grantId(1)}`, `digest:${grantId(2)}`]);
  expect(ids('sav ubung')).toEqual(['find', `save:${grantId(2)}`]);
  expect(ids('about')).toEqual(['find', 'info']);
});

test('a page that cannot be read cannot be saved', () => {
  expect(ids('save', 'closed')).toEqual(['find']);
});

test.each([
  ['https://a.example/', 'ready'],
  ['http://127.0.0.1:8080/x', 'ready'],
  ['file:///home/me/a.html', 'ready'],
  ['chrome://settings', 'closed'],
  ['https://chromewebstore.google.com/detail/x', 'closed'],
  ['https://addons.mozilla.org/', 'closed'],
  [undefined, 'closed'],
] as const)('%s is %s', (address, state) => {
  expect(stateOf(address)).toBe(state);
});
