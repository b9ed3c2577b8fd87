// Makes the pictures of the README from the real product at work on the sample documents: the popup as a popup, and the
// digest as a page. Run it with: node test/e2e/pictures.ts
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer';
import { buildStale } from '../../native-host/checkout/build.ts';
import { ROOT, SAMPLES } from '../../native-host/checkout/places.ts';
import { sampleDocuments } from '../support/world/documents.ts';
import { chooseByKeyboard, waitForRow } from '../support/world/popup.ts';
import { openWorld } from '../support/world.ts';
import { markdownToHtml } from '../support/world/markdown-page.ts';

const PICTURES = join(ROOT, 'test', 'e2e', 'pictures');
const SCALE = 2;
/** Pixels of the digest that are shown; it goes on below. */
const DIGEST = { width: 760, height: 900 };

await buildStale(undefined, { say: console.log });
/** One language, so that a reader of the README can read all of it. */
const documents = Object.fromEntries(Object.entries(sampleDocuments()).filter(([name]) => !/^(Auen|Deich)/.test(name)));

const world = await openWorld({ grants: { Watercourse: { files: documents }, Reading: { label: 'ask' } }, scale: SCALE });
try {
  mkdirSync(PICTURES, { recursive: true });
  await takePopup();
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
  await popup.screenshot({ path: join(PICTURES, 'popup.png') });
  await world.chromium.closePopup();
}

async function takeDigest(browser: Browser): Promise<void> {
  const folder = world.grants.Watercourse?.folder ?? '';
  const [file = ''] = readdirSync(folder).filter((name) => name.startsWith('Digest '));
  const page = await browser.newPage();
  await page.setViewport({ ...DIGEST, deviceScaleFactor: SCALE });
  await page.setContent(markdownToHtml(file, readFileSync(join(folder, file), 'utf8')));
  await page.screenshot({ path: join(PICTURES, 'digest.png') });
}
