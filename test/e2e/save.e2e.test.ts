// Saving pages and selections by the context menu, on ordinary pages of a web server: what is written, under which name,
// and what is said when nothing can be.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findViolations } from '../support/world/axe.ts';
import { articlePage } from '../support/world/pages.ts';
import { until } from '../support/world/until.ts';
import { openWorld, type World } from '../support/world.ts';
import { press } from '../support/world/popup.ts';

const PARAGRAPHS = [
  'The old headgate at the mouth of the canal was built in 1887 from oak beams and iron. It decided for a hundred years how much of the river went into the fields.',
  'Every spring the gatekeepers met and read the gauges aloud. Whoever had taken too much water in the dry months had to mend the dyke, and nobody was excused from that work.',
  'In the flood of 1921 the gate held for three days. On the fourth morning the river found another way, and the lower village stood under water until June.',
  'Today the gate is opened by a small motor. The keeper still walks along the canal each evening, because a motor does not hear when a beam begins to crack.',
];
let world: World;

beforeAll(async () => {
  world = await openWorld({ grants: { Saved: {} } });
});

afterAll(() => world?.close());

afterEach(async () => {
  await world.chromium.closePopup();
  for (const page of await world.chromium.browser.pages()) if (page.url().startsWith('http')) await page.close();
});

const folder = () => world.grants.Saved?.folder ?? '';
const files = () => readdirSync(folder()).sort();
const read = (name: string) => readFileSync(join(folder(), name), 'utf8');

test('a page is saved as Markdown with front matter, from a page with an ordinary name', async () => {
  const head = '<meta name="author" content="Mira Voss"><meta property="article:published_time" content="2024-05-06T10:00:00Z">';
  const page = await world.chromium.open(
    world.pages.put('/gate.html', articlePage({ title: 'The old headgate', paragraphs: PARAGRAPHS, head })),
  );
  const view = await save(page, 'save-page');
  expect(view.status).toBe('succeeded');
  expect(files()).toEqual(['The old headgate.md']);
  const [, front = '', body = ''] = read('The old headgate.md').split(/^---$/m);
  expect(front).toMatch(/^title: .*The old headgate/m);
  expect(front).toMatch(/^url: .*http:\/\/article\.example:\d+\/gate\.html/m);
  expect(front).toMatch(/^author: .*Mira Voss/m);
  expect(front).toMatch(/2024-05-06/);
  expect(front).toMatch(/^language: .*en/m);
  expect(front).toMatch(/^tags:/m);
  expect(front).toMatch(/^summary:/m);
  for (const paragraph of PARAGRAPHS) expect(body).toContain(paragraph);
  expect(body).not.toContain('Imprint');
});

test('the same page saved again gets a name that collides with nothing', async () => {
  const before = read('The old headgate.md');
  const page = await world.chromium.open(world.pages.put('/gate.html', articlePage({ title: 'The old headgate', paragraphs: PARAGRAPHS })));
  await save(page, 'save-page');
  expect(files()).toEqual(['The old headgate (2).md', 'The old headgate.md']);
  expect(read('The old headgate.md')).toBe(before);
});

test('a selection is saved alone', async () => {
  const page = await world.chromium.open(world.pages.put('/part.html', articlePage({ title: 'Parts', paragraphs: PARAGRAPHS })));
  const text = await page.evaluate(() => {
    const range = document.createRange();
    range.selectNodeContents(document.querySelectorAll('article p')[1] as Node);
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
    return getSelection()?.toString() ?? '';
  });
  const view = await save(page, 'save-selection', { selectionText: text });
  expect(view.recipe).toBe('selection.save');
  expect(read('Parts (selection).md')).toContain(PARAGRAPHS[1]);
  expect(read('Parts (selection).md')).not.toContain(PARAGRAPHS[0]);
});

test('a page without readable text is told by name, and nothing is written', async () => {
  const before = files();
  const page = await world.chromium.open(world.pages.put('/empty.html', '<!doctype html><title>Nothing</title><body><canvas></canvas>'));
  await world.chromium.clickMenu(page, `save-page:${world.grants.Saved?.id}`);
  await until('the badge to say that there is a problem', async () => (await badge()) === '!');
  const popup = await world.chromium.openPopup(page);
  await popup.waitForSelector('.card.problem');
  expect(await popup.$eval('.card.problem', (card) => (card as HTMLElement).innerText)).toContain('There is no readable text here.');
  expect(await findViolations(popup)).toEqual([]);
  expect(files()).toEqual(before);
  await press(popup, '.card.problem button');
  await popup.waitForSelector('.card.problem', { hidden: true });
  await until('the badge to be empty', async () => (await badge()) === '');
});

test.each([
  ['a path to a hidden file', '../../.bashrc', /^bashrc\.md$/],
  ['a name reserved by Windows', 'CON', /^CON_ page\.md$/],
  ['a leading dot', '.hidden', /^hidden\.md$/],
  ['separators and wildcards', 'a/b\\c:d*e?', /^a-b-c-d-e\.md$/],
  ['300 characters', 'x'.repeat(300), /^x{117}\.md$/],
  ['emoji', 'Bridges 🌉 and 🚤 boats', /^Bridges 🌉 and 🚤 boats\.md$/u],
  ['a mark that turns the direction', 'invoice \u202Efdp.exe', /^invoice fdp\.exe\.md$/],
  ['a script from right to left', 'שער המים', /^שער המים\.md$/],
])('a page whose title is %s gets a safe name inside the grant', async (_what, title, expected) => {
  const before = new Set(files());
  const page = await world.chromium.open(world.pages.put('/named.html', articlePage({ title, paragraphs: PARAGRAPHS })));
  const view = await save(page, 'save-page');
  expect(view.status).toBe('succeeded');
  const fresh = files().filter((name) => !before.has(name));
  expect(fresh).toHaveLength(1);
  expect(fresh[0]).toMatch(expected);
  expect(lstatSync(join(folder(), fresh[0] ?? '')).isFile()).toBe(true);
});

test('a page of 20 MB is either saved whole or refused by name, and the browser lives on', async () => {
  const before = files();
  const paragraph =
    'The river rises in the hills and nobody has counted its springs, though many have tried to do it in the summer. '.repeat(10);
  const paragraphs = Array.from({ length: 17_500 }, (_, index) => `${index} ${paragraph}`);
  const page = await world.chromium.open(world.pages.put('/huge.html', articlePage({ title: 'Huge', paragraphs })));
  await world.chromium.clickMenu(page, `save-page:${world.grants.Saved?.id}`);
  const outcome = await until(
    'the huge page to be saved or refused',
    async () => {
      if ((await badge()) === '!') return 'refused';
      const { runs } = await (await world.agent.terminal()).call('runs.list', { limit: 1 });
      return runs[0]?.title?.includes('Huge') && runs[0].endedAt !== null ? runs[0].status : null;
    },
    80_000,
  );
  if (outcome === 'refused') {
    const popup = await world.chromium.openPopup(page);
    await popup.waitForSelector('.card.problem');
    expect(await popup.$eval('.card.problem', (card) => (card as HTMLElement).innerText)).toMatch(/too large|too long/);
    expect(files()).toEqual(before);
    await press(popup, '.card.problem button');
  } else {
    expect(outcome).toBe('succeeded');
    expect(read('Huge.md').length).toBeGreaterThan(19_000_000);
  }
  const small = await world.chromium.open(
    world.pages.put('/after.html', articlePage({ title: 'After the huge one', paragraphs: PARAGRAPHS })),
  );
  expect((await save(small, 'save-page')).status).toBe('succeeded');
});

async function save(page: Page, action: 'save-page' | 'save-selection', more: Record<string, unknown> = {}) {
  const recipe = action === 'save-page' ? 'page.save' : 'selection.save';
  const run = await world.newRun(recipe, () => world.chromium.clickMenu(page, `${action}:${world.grants.Saved?.id}`, more));
  return world.waitForRun(run);
}

async function badge(): Promise<string> {
  return (await world.chromium.worker()).evaluate(() => chrome.action.getBadgeText({}));
}
