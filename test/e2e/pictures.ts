// Makes the pictures of the README from the real product at work on the sample documents: the popup as a popup, the side
// panel as a side panel, and the digest as a page. Run it with: node test/e2e/pictures.ts
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer';
import { buildStale } from '../../native-host/checkout/build.ts';
import { ROOT, SAMPLES } from '../../native-host/checkout/places.ts';
import { sampleDocuments } from '../support/world/documents.ts';
import { chooseByKeyboard, press, waitForRow } from '../support/world/popup.ts';
import { openWorld } from '../support/world.ts';
import { markdownToHtml } from '../support/world/markdown-page.ts';

const PICTURES = join(ROOT, 'test', 'e2e', 'pictures');
const SCALE = 2;
/** Pixels of the digest that are shown; it goes on below. */
const DIGEST = { width: 760, height: 900 };
/** What of the panel is shown; it is as high as its window. */
const PANEL = { x: 0, y: 0, width: 360, height: 660 };

await buildStale(undefined, { say: console.log });
/** One language, so that a reader of the README can read all of it. */
const documents = Object.fromEntries(Object.entries(sampleDocuments()).filter(([name]) => !/^(Auen|Deich)/.test(name)));

const world = await openWorld({ grants: { Watercourse: { files: documents }, Reading: { label: 'ask' } }, scale: SCALE });
try {
  mkdirSync(PICTURES, { recursive: true });
  await takePopup();
  await takePanel();
  await takeDigest(world.chromium.browser);
} finally {
  await world.close();
}

async function takePopup(): Promise<void> {
  const page = await world.chromium.open(world.pages.put('/headgates', readFileSync(join(SAMPLES, 'article.html'))));
  const saved = await world.newRun('page.save', () => world.chromium.clickMenu(page, `save-page:${world.grants.Watercourse?.id}`));
  await world.waitForRun(saved);
  // The page is not one of the sample documents, so it does not belong into their digest.
  for (const name of readdirSync(world.grants.Watercourse?.folder ?? '')) {
    if (!(name in documents)) rmSync(join(world.grants.Watercourse?.folder ?? '', name));
  }
  const popup = await world.chromium.openPopup(page);
  await chooseByKeyboard(popup, 'gravel', 'find');
  await waitForRow(popup, 'files.find', 'succeeded');
  await popup.waitForSelector('.hits mark');
  await chooseByKeyboard(popup, 'digest watercourse', 'digest:');
  await waitForRow(popup, 'folder.digest', 'succeeded');
  await takeOf(popup, 'popup.png');
  await world.chromium.closePopup();
}

/** With a name for the device that is not the one of the machine which takes the picture. */
async function takeOf(page: Page, name: string, clip?: typeof PANEL): Promise<void> {
  await page.$eval('.device bdi', (shown) => (shown.textContent = 'laptop (linux)'));
  await page.screenshot({ path: join(PICTURES, name), ...(clip !== undefined && { clip }) });
}

/** A change that waits for a yes, a release that does, and the ledger once it has been verified. */
async function takePanel(): Promise<void> {
  const terminal = await world.agent.terminal();
  const { id: grant, folder } = world.grants.Reading ?? { id: '', folder: '' };
  writeFileSync(join(folder, 'To do.md'), '# To do\n\n- oil the gate\n- read the gauge\n- walk the weir\n');
  const { run: found } = await terminal.call('runs.start', { recipe: 'files.find', input: { query: 'oil the gate' } });
  await world.waitForRun(found);
  const result = await terminal.call('runs.result', { run: found });
  const target = result.kind === 'hits' ? result.hits.map(({ handle }) => handle).slice(0, 1) : [];
  const text = '# To do\n\n- oil the gate and its wheel\n- read the gauge\n- write the level down\n- walk the weir\n';
  await terminal.call('runs.start', { recipe: 'file.write', input: { grant, target, text }, ask: 'changes' });
  const panel = await world.chromium.openPanel();
  await panel.waitForSelector('[data-approval] .diff');
  const { run: digest } = await terminal.call('runs.start', { recipe: 'folder.digest', input: { grant } });
  await panel.waitForSelector('[data-approval][data-kind="release"]');
  await takeOf(panel, 'panel-question.png', PANEL);
  await press(panel, '[data-approval][data-kind="release"] [data-answer="run"]');
  await world.waitForRun(digest);
  await press(panel, '#tab-ledger');
  await press(panel, '.verify button');
  await panel.waitForSelector('[data-verdict="ok"]');
  await panel.$$eval('.receipts', (all) =>
    all
      .find((each) => each.querySelector('[data-destination="cloud"]'))
      ?.querySelector('summary')
      ?.click(),
  );
  await panel.mouse.move(0, 0);
  await takeOf(panel, 'panel-ledger.png', PANEL);
  await panel.close();
}

async function takeDigest(browser: Browser): Promise<void> {
  const folder = world.grants.Watercourse?.folder ?? '';
  const [file = ''] = readdirSync(folder).filter((name) => name.startsWith('Digest '));
  const page = await browser.newPage();
  await page.setViewport({ ...DIGEST, deviceScaleFactor: SCALE });
  await page.setContent(markdownToHtml(file, readFileSync(join(folder, file), 'utf8')));
  await page.screenshot({ path: join(PICTURES, 'digest.png') });
}
