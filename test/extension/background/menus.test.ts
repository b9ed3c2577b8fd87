import { beforeEach, expect, test, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';
import { createMenuKeeper, parseMenuId, planMenus } from '../../../extension/background/menus.ts';
import { speak } from '../support/browser.ts';
import { grant, grantId } from '../support/samples.ts';

beforeEach(() => speak());

test('each writable folder has an entry under every action', () => {
  const plan = planMenus([
    grant(),
    grant({ id: grantId(2), name: 'R&D' }),
    grant({ id: grantId(3), rights: ['read'] }),
    grant({ id: grantId(4), state: 'gone' }),
  ]);
  expect(plan.map(({ id, title, parentId }) => [id, title, parentId])).toEqual([
    ['save-page', 'Save page to…', undefined],
    [`save-page:${grantId(1)}`, 'Documents', 'save-page'],
    [`save-page:${grantId(2)}`, 'R&&D', 'save-page'],
    ['save-page:line', undefined, 'save-page'],
    ['save-page:choose', 'Choose another folder…', 'save-page'],
    ['save-selection', 'Save selection to…', undefined],
    [`save-selection:${grantId(1)}`, 'Documents', 'save-selection'],
    [`save-selection:${grantId(2)}`, 'R&&D', 'save-selection'],
    ['save-selection:line', undefined, 'save-selection'],
    ['save-selection:choose', 'Choose another folder…', 'save-selection'],
    ...['link', 'image'].flatMap((what) => [
      [`save-${what}`, `Save ${what} to…`, undefined],
      [`save-${what}:${grantId(1)}`, 'Documents', `save-${what}`],
      [`save-${what}:${grantId(2)}`, 'R&&D', `save-${what}`],
      [`save-${what}:line`, undefined, `save-${what}`],
      [`save-${what}:choose`, 'Choose another folder…', `save-${what}`],
    ]),
  ]);
  for (const what of ['link', 'image'])
    expect(plan.filter(({ id }) => id?.startsWith(`save-${what}`)).every(({ contexts }) => contexts?.join() === what)).toBe(true);
  expect(plan.filter(({ contexts }) => contexts?.includes('selection')).every(({ id }) => id?.startsWith('save-selection'))).toBe(true);
});

test('without a writable folder one entry each opens the chooser', () => {
  expect(planMenus([grant({ rights: ['read'] })]).map(({ id, title }) => [id, title])).toEqual([
    ['save-page:choose', 'Save page to a folder…'],
    ['save-selection:choose', 'Save selection to a folder…'],
    ['save-link:choose', 'Save link to a folder…'],
    ['save-image:choose', 'Save image to a folder…'],
  ]);
});

test('an id says what to save and where; other ids mean nothing', () => {
  expect(parseMenuId(`save-page:${grantId(1)}`)).toEqual({ action: 'save-page', grant: grantId(1) });
  for (const action of ['save-selection', 'save-link', 'save-image'])
    expect(parseMenuId(`${action}:choose`)).toEqual({ action, grant: null });
  for (const id of ['save-page', 'save-page:line', 'save-page:g_1', 'save-all:choose', 7]) expect(parseMenuId(id)).toBeNull();
});

test('menus are rebuilt when grants change and left alone when they do not', async () => {
  const removeAll = vi.fn(async () => undefined);
  const create = vi.fn();
  Object.assign(fakeBrowser.contextMenus, { removeAll, create });
  const menus = createMenuKeeper();
  await Promise.all([menus.show([grant()]), menus.show([grant()])]);
  await menus.show([grant({ display: '~/elsewhere' })]);
  expect(removeAll).toHaveBeenCalledOnce();
  await menus.show([]);
  expect(removeAll).toHaveBeenCalledTimes(2);
  expect(create.mock.calls.at(-1)?.[0]).toMatchObject({ id: 'save-image:choose' });
});
