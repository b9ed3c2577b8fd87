// The real popup, opened as a popup: what a person sees and does there, by keyboard, and that nothing of it is kept.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findViolations } from '../support/world/axe.ts';
import { sampleDocuments } from '../support/world/documents.ts';
import { chooseByKeyboard, readLamps, readRuns, readTrouble, waitForRow, press } from '../support/world/popup.ts';
import { until } from '../support/world/until.ts';
import { openWorld, type World } from '../support/world.ts';

const CANARY = 'Zymurgyquill';
let world: World;

beforeAll(async () => {
  world = await openWorld({
    grants: {
      Rivers: { files: { ...sampleDocuments(), 'Canary.md': `# Birds\n\nFirst line.\n\nThe ${CANARY} sings below the weir.\n` } },
      Asked: {
        label: 'ask',
        files: { 'One.md': '# One\n\nThe gatekeeper opens the gate at dawn and closes it at dusk. He writes the level down.\n' },
      },
    },
  });
});

afterAll(() => world?.close());

test('the popup shows all three layers as working over an ordinary page', async () => {
  const page = await world.chromium.open(world.pages.put('/plain', '<!doctype html><title>Plain</title><p>Hello'));
  const popup = await world.chromium.openPopup(page);
  await popup.waitForSelector('.station[data-layer="cloud"][data-lamp="ok"]');
  await popup.waitForSelector('.station[data-layer="page"][data-lamp="ok"]');
  expect(await readLamps(popup)).toEqual({ page: 'ok', host: 'ok', cloud: 'ok' });
  expect(await readTrouble(popup)).toBeNull();
  expect(await popup.evaluate(() => chrome.extension.getViews({ type: 'popup' }).length)).toBe(1);
  expect(await findViolations(popup)).toEqual([]);
});

test('words typed, the arrow key and Enter find in files, by name and line with an excerpt', async () => {
  const popup = await world.chromium.openPopup();
  expect(await popup.evaluate(() => document.activeElement?.id)).toBe('box');
  await chooseByKeyboard(popup, CANARY.toLowerCase(), 'find');
  await waitForRow(popup, 'files.find', 'succeeded');
  await popup.waitForSelector('.hits mark');
  expect(await popup.$eval('.hits .file-name', (name) => (name as HTMLElement).innerText)).toContain('Canary.md');
  expect(await popup.$eval('.hits .line-number', (line) => line.textContent)).toBe('5');
  expect(await popup.$eval('.hits .lines', (lines) => (lines as HTMLElement).innerText)).toContain(`The ${CANARY} sings below the weir.`);
  expect(await findViolations(popup)).toEqual([]);
  expect(await storedWords()).not.toContain(CANARY.toLowerCase());
});

test('what the box offers can be walked with the arrow keys, and Escape closes the list but not the popup', async () => {
  const popup = await world.chromium.openPopup();
  await popup.keyboard.press('ArrowDown');
  await popup.waitForSelector('#choices [role="option"]');
  expect(await findViolations(popup)).toEqual([]);
  await popup.keyboard.press('Escape');
  await popup.waitForSelector('#choices[hidden]');
  expect(popup.isClosed()).toBe(false);
});

test('“About this device” goes through the cloud and gives facts', async () => {
  const popup = await world.chromium.openPopup();
  await chooseByKeyboard(popup, 'about', 'info');
  const row = await waitForRow(popup, 'device.info', 'succeeded');
  await popup.waitForSelector('.run-details .facts dt');
  const cloudRuns = (await world.askCloud('/v1/runs')) as { runs: { run: string; status: string }[] };
  expect(cloudRuns.runs.find(({ run }) => run === row.run)?.status).toBe('succeeded');
});

test('a digest from the box shows its progress as it goes, then the file, which opens in its own program', async () => {
  const popup = await world.chromium.openPopup();
  await watchProgress(popup);
  await chooseByKeyboard(popup, 'digest rivers', 'digest:');
  await waitForRow(popup, 'folder.digest', 'succeeded');
  const seen = await popup.evaluate(() => (globalThis as unknown as { seen: number[] }).seen);
  expect(new Set(seen).size).toBeGreaterThan(2);
  expect(seen).toEqual([...seen].sort((one, two) => one - two));
  const file = await popup.$eval('li.run[data-recipe="folder.digest"] .files', (name) => (name as HTMLElement).innerText);
  const path = join(world.grants.Rivers?.folder ?? '', file);
  expect(existsSync(path)).toBe(true);
  await press(popup, 'li.run[data-recipe="folder.digest"] .files button');
  await until('the file to be opened', () => world.opened().includes(path));
});

test('a run’s row opens to its steps, with where each ran and why', async () => {
  const popup = await world.chromium.openPopup();
  const row = 'li.run[data-recipe="folder.digest"]';
  await popup.waitForSelector(`${row} button[aria-expanded]`);
  await popup.focus(`${row} button[aria-expanded]`);
  await popup.keyboard.press('Enter');
  await popup.waitForSelector(`${row} .steps li`);
  const steps = await popup.$$eval(`${row} .steps > li`, (lines) =>
    lines.map((line) => ({
      op: line.getAttribute('data-op'),
      state: line.getAttribute('data-state'),
      where: [...line.querySelectorAll('.where')].map((mark) => mark.getAttribute('data-where')),
      text: (line as HTMLElement).innerText,
    })),
  );
  expect(steps.map(({ op }) => op)).toEqual([
    'fs.list',
    'doc.text',
    'text.summarize',
    'text.keywords',
    'text.classify',
    'text.summarize',
    'doc.digest',
    'fs.create',
  ]);
  expect(steps.every(({ state, where }) => state === 'done' && where.length > 0)).toBe(true);
  expect(steps.find(({ op }) => op === 'text.keywords')).toMatchObject({ where: ['cloud'], text: expect.stringContaining('label open') });
  expect(steps.find(({ op }) => op === 'fs.create')).toMatchObject({
    where: ['home'],
    text: expect.stringContaining('runs on your device'),
  });
  expect(await findViolations(popup)).toEqual([]);
});

test('a question that waits is shown with its names and passes axe', async () => {
  const popup = await world.chromium.openPopup();
  await chooseByKeyboard(popup, 'digest asked', 'digest:');
  await popup.waitForSelector('[data-approval]');
  await press(popup, '[data-approval] summary');
  expect(await popup.$eval('[data-approval]', (card) => (card as HTMLElement).innerText)).toContain('One.md');
  expect(await findViolations(popup)).toEqual([]);
  await press(popup, '[data-approval] [data-answer="run"]');
  await popup.waitForSelector('[data-approval]', { hidden: true });
  await popup.waitForSelector('li.run[data-recipe="folder.digest"]:first-child[data-status="succeeded"]');
});

test('the options and welcome pages pass axe, and the options page checks every layer', async () => {
  for (const name of ['options', 'welcome'] as const) {
    const screen = await world.chromium.openScreen(name);
    await screen.waitForSelector('.station[data-layer="cloud"][data-lamp="ok"]');
    if (name === 'options') {
      await screen.waitForSelector('.grants .grant');
      const [button] = await screen.$$('section[aria-labelledby="checks-title"] button');
      await button?.click();
      await screen.waitForSelector('.checks li');
      expect(
        await screen.$$eval('.checks li', (lines) =>
          lines.filter((line) => line.getAttribute('data-status') !== 'ok').map((line) => line.textContent),
        ),
      ).toEqual([]);
    }
    expect(await findViolations(screen), name).toEqual([]);
    await screen.close();
  }
});

test('nothing of results, names or excerpts is in the browser’s storage', async () => {
  const runs = await readRuns(await world.chromium.openPopup());
  expect(runs.length).toBeGreaterThan(3);
  const stored = await storedWords();
  for (const word of [CANARY, 'canary.md', 'rivers', 'asked', 'weir', 'digest']) expect(stored).not.toContain(word.toLowerCase());
});

/** Notes every value of the newest digest's progress bar that is ever drawn. */
async function watchProgress(popup: Page): Promise<void> {
  await popup.evaluate(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { seen });
    new MutationObserver(() => {
      const bar = document.querySelector<HTMLProgressElement>('li.run[data-recipe="folder.digest"] progress');
      if (bar !== null && seen.at(-1) !== bar.value) seen.push(bar.value);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
}

/** All that the extension keeps, as one text in lower case. */
async function storedWords(): Promise<string> {
  const worker = await world.chromium.worker();
  const kept = await worker.evaluate(async () => {
    const areas = await Promise.all(
      (['local', 'session', 'sync', 'managed'] as const).map((area) => chrome.storage[area].get(null).catch(() => ({}))),
    );
    const databases = await indexedDB.databases();
    const cached = await caches.keys();
    return JSON.stringify({ areas, databases, cached });
  });
  return kept.toLowerCase();
}
