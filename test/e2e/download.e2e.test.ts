// Saving links and images by the context menu of a real page: the host fetches them from a real server, without the page's
// session, and what is written can be undone. The agent is the product's, with the test's server as a part of the internet.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { BUNDLES } from '../../native-host/checkout/places.ts';
import { findViolations } from '../support/world/axe.ts';
import { articlePage } from '../support/world/pages.ts';
import { press } from '../support/world/popup.ts';
import { until } from '../support/world/until.ts';
import { openWorld, type World } from '../support/world.ts';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');
const PDF = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(3_000_000, 7)]);
let world: World;
let extension = '';

beforeAll(async () => {
  const agentProgram = fileURLToPath(new URL('../support/world/agent-near.ts', import.meta.url));
  // A test cannot answer the browser's own question, so the permission that a click asks for is given here from the start.
  extension = copyExtension();
  world = await openWorld({ grants: { Saved: {} }, agentProgram, pair: false, extension });
});

afterAll(async () => {
  await world?.close();
  rmSync(extension, { recursive: true, force: true });
});

afterEach(async () => {
  await world.chromium.closePopup();
  for (const page of await world.chromium.browser.pages()) if (page.url().startsWith('http')) await page.close();
});

const folder = () => world.grants.Saved?.folder ?? '';
const files = () => readdirSync(folder()).sort();

test('a link is saved under the name that its server gives it, without the page’s cookies, and undone', async () => {
  let cookies: string | undefined = 'not asked';
  const url = world.pages.serve('/files/7?for=me', (request, response) => {
    cookies = request.headers.cookie;
    response
      .writeHead(200, { 'content-type': 'application/pdf', 'content-disposition': `attachment; filename*=UTF-8''The%20r%C3%A9port.pdf` })
      .end(PDF);
  });
  const page = await openPage(`<a id="report" href="${url}">the report</a>`);
  await world.chromium.browser.setCookie({ name: 'session', value: 'secret', domain: new URL(url).hostname });
  const view = await save(page, 'save-link', { linkUrl: url });
  expect(view).toMatchObject({ status: 'succeeded', recipe: 'link.save' });
  expect(view.title).toMatch(/^Save link: article\.example:\d+\/…\/7$/);
  expect(files()).toEqual(['The réport.pdf']);
  expect(readFileSync(join(folder(), 'The réport.pdf'))).toEqual(PDF);
  expect(cookies).toBeUndefined();
  const terminal = await world.agent.terminal();
  expect(await terminal.call('runs.result', { run: view.run })).toMatchObject({
    kind: 'files',
    files: [{ name: 'The réport.pdf', folder: 'Saved' }],
  });
  expect(await terminal.call('runs.undo', { run: view.run })).toMatchObject({ undone: 1, left: 0, failed: 0 });
  expect(files()).toEqual([]);
});

test('an image is saved by what it is; the same image in its own address as well', async () => {
  const url = world.pages.serve('/pictures/show.php', (_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(PNG),
  );
  const page = await openPage(`<img src="${url}" alt="a point">`);
  expect((await save(page, 'save-image', { mediaType: 'image', srcUrl: url })).status).toBe('succeeded');
  const data = `data:image/png;base64,${PNG.toString('base64')}`;
  expect((await save(page, 'save-image', { mediaType: 'image', srcUrl: data })).status).toBe('succeeded');
  expect(files()).toEqual(['Download.png', 'show.png']);
  for (const name of files()) expect(readFileSync(join(folder(), name))).toEqual(PNG);
});

/** Makes images of these bytes in the page, and gives their addresses. */
const blobsOf = (page: Page, ...types: string[]) =>
  page.evaluate(
    (base64, types) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      return types.map((type) => URL.createObjectURL(new Blob([bytes], { type })));
    },
    PNG.toString('base64'),
    types,
  );

test('an image that exists only inside the page is read there and saved by the host, also with its type unsaid', async () => {
  const url = world.pages.serve('/strict', (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html', 'content-security-policy': "default-src 'none'; img-src blob:" })
      .end('<!doctype html><title>Strict</title><p>An image'),
  );
  const page = await world.chromium.open(url);
  const before = files();
  for (const srcUrl of await blobsOf(page, 'image/png', '')) {
    const view = await save(page, 'save-image', { mediaType: 'image', srcUrl });
    expect(view).toMatchObject({ status: 'succeeded', title: 'Save image: from the page' });
  }
  const added = files().filter((name) => !before.includes(name));
  expect(added).toHaveLength(2);
  for (const name of added) expect([name.endsWith('.png'), readFileSync(join(folder(), name))]).toEqual([true, PNG]);
});

test('a link to this machine is refused, and nobody is asked', async () => {
  const before = files();
  const page = await openPage('<a href="/x">x</a>');
  const { port } = new URL(page.url());
  const asked = world.pages.asked.length;
  for (const linkUrl of [
    `http://localhost:${port}/x`,
    `http://[::1]:${port}/x`,
    'http://169.254.169.254/latest/meta-data/',
    `http://${world.env.HOME}.internal/`,
  ]) {
    const view = await save(page, 'save-link', { linkUrl });
    expect([view.status, view.code], linkUrl).toEqual(['failed', 'address_refused']);
  }
  expect(world.pages.asked.length).toBe(asked);
  expect(files()).toEqual(before);
});

test('what only the page can read is told by name', async () => {
  const before = files();
  const page = await openPage('<p>A picture</p>');
  await world.chromium.clickMenu(page, `save-image:${world.grants.Saved?.id}`, { srcUrl: `blob:${new URL(page.url()).origin}/1` });
  const popup = await world.chromium.openPopup(page);
  await popup.waitForSelector('.card.problem');
  expect(await popup.$eval('.card.problem', (card) => (card as HTMLElement).innerText)).toContain('It exists only inside the page.');
  expect(await findViolations(popup)).toEqual([]);
  await press(popup, '.card.problem button');
  await popup.waitForSelector('.card.problem', { hidden: true });
  expect(files()).toEqual(before);
});

test('a download that is cancelled leaves nothing', async () => {
  const before = files();
  const url = world.pages.serve('/endless.bin', (_request, response) => {
    response.writeHead(200, { 'content-length': 50_000_000 });
    const more = setInterval(() => response.write(Buffer.alloc(10_000)), 20);
    response.on('close', () => clearInterval(more));
  });
  const page = await openPage(`<a href="${url}">much</a>`);
  const run = await world.newRun('link.save', () =>
    world.chromium.clickMenu(page, `save-link:${world.grants.Saved?.id}`, { linkUrl: url }),
  );
  const terminal = await world.agent.terminal();
  await until('some of it to have come', async () => {
    const { done, total } = await terminal.call('runs.get', { run });
    return total === 100 && done > 0;
  });
  expect(files().filter((name) => !before.includes(name))).toHaveLength(1);
  await terminal.call('runs.cancel', { run });
  expect((await world.waitForRun(run)).status).toBe('cancelled');
  expect(files()).toEqual(before);
});

test('what needs a session is downloaded by the browser under a name of chance, and filed by the host', async () => {
  const before = files();
  const downloads = join(world.env.HOME ?? '', 'Downloads', 'Headgate');
  mkdirSync(downloads, { recursive: true });
  await (await world.agent.terminal()).call('grants.add', { folder: downloads, name: 'Inbox', rights: ['read', 'write'], label: 'open' });
  const url = world.pages.serve('/members/The%20minutes.pdf', (request, response) =>
    request.headers.cookie?.includes('member=yes')
      ? response.writeHead(200, { 'content-type': 'application/pdf' }).end(PDF)
      : response.writeHead(401).end('sign in'),
  );
  await world.chromium.browser.setCookie({ name: 'member', value: 'yes', domain: new URL(url).hostname });
  const page = await openPage(`<a href="${url}">minutes</a>`);
  const refused = await save(page, 'save-link', { linkUrl: url });
  expect([refused.status, refused.code]).toEqual(['failed', 'sign_in_needed']);
  const popup = await world.chromium.openPopup(page);
  await popup.waitForSelector('.card.sign-in button');
  expect(await findViolations(popup)).toEqual([]);
  const run = await world.newRun('inbox.file', () => press(popup, '.card.sign-in button'));
  expect(await world.waitForRun(run)).toMatchObject({ status: 'succeeded' });
  expect(files().filter((name) => !before.includes(name))).toEqual(['The minutes.pdf']);
  expect(readFileSync(join(folder(), 'The minutes.pdf'))).toEqual(PDF);
  expect(readdirSync(downloads)).toEqual([]);
});

/** The built extension, with its optional permission as one that it has. */
function copyExtension(): string {
  const copy = mkdtempSync(join(tmpdir(), 'hg-extension-'));
  cpSync(BUNDLES.extension, copy, { recursive: true });
  const file = join(copy, 'manifest.json');
  const { optional_permissions, permissions, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...manifest, permissions: [...permissions, ...optional_permissions] }));
  return copy;
}

async function openPage(body: string): Promise<Page> {
  return world.chromium.open(
    world.pages.put(
      '/page.html',
      articlePage({ title: 'Things to save', paragraphs: ['Here they are.'] }).replace('</main>', `${body}</main>`),
    ),
  );
}

async function save(page: Page, action: 'save-link' | 'save-image', more: Record<string, unknown>) {
  const recipe = action === 'save-link' ? 'link.save' : 'image.save';
  const run = await world.newRun(recipe, () => world.chromium.clickMenu(page, `${action}:${world.grants.Saved?.id}`, more));
  return world.waitForRun(run);
}
