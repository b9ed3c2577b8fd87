// A folder digested under each label: what comes of it, what left the device with which receipt, and the proof, by words
// planted in files and names, that what must stay home is nowhere in the cloud's data or in any log.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunId } from '../../shared/ids.ts';
import { findInFolder } from '../support/world/canary.ts';
import { sampleDocuments } from '../support/world/documents.ts';
import { openWorld, type World } from '../support/world.ts';
import { press } from '../support/world/popup.ts';

/** Short, so that no compression in a store cuts them in two unseen; odd, so that they are nowhere by chance. */
const CANARIES = { open: 'zqxopn', asked: 'zqxask', denied: 'zqxdny', home: 'zqxhom' } as const;
/** In file names: those of the first two may go, with a receipt, because their folders show names; the others stay. */
const NAMES = { open: 'zqnopn', asked: 'zqnask', denied: 'zqndny', home: 'zqnhom' } as const;
let world: World;

beforeAll(async () => {
  const documents = (folder: keyof typeof CANARIES, canary: string = CANARIES[folder]) => ({
    [`${NAMES[folder]} gauges.md`]: `# The ${canary} gauges\n\nThe ${canary} gauges stand along the canal. Each ${canary} gauge shows the level of the water in centimetres, and the keeper reads it at dawn.\n`,
    [`${NAMES[folder]} sluice.txt`]: `The sluice of ${canary} is opened in spring. When the water of ${canary} is low, the keeper closes the sluice again and tells the village.\n`,
  });
  world = await openWorld({
    grants: {
      Open: {
        label: 'open',
        files: {
          ...sampleDocuments(),
          ...documents('open'),
          'Page.html':
            '<!doctype html><title>Fish ladders</title><main><h1>Fish ladders</h1><p>A fish ladder lets salmon pass the weir. It has thirty steps, and each is half a metre wide. The water must not run too fast.</p></main>',
          'Broken.txt': Buffer.from([0, 1, 2, 3, 0xff, 0xfe, 0, 0, 9, 9, 0, 200, 201]),
          'picture.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]),
        },
      },
      Asked: { label: 'ask', files: documents('asked') },
      Denied: { label: 'ask', names: 'hidden', files: documents('denied') },
      Home: { label: 'home', files: documents('home') },
    },
  });
});

afterAll(() => world?.close());

test('an open folder gets its digest, with a step in the cloud that has its receipt', async () => {
  const view = await world.waitForRun(await digest('Open'));
  expect(view.status).toBe('succeeded');
  const text = readDigest('Open');
  for (const name of ['Flood of 2021 - report.md', 'Staff gauges.txt', 'Page.html']) expect(plain(text)).toContain(name);
  expect(plain(text)).toContain('Broken.txt');
  expect(text).toMatch(/rye bread/i);
  const inCloud = view.steps.filter(({ where }) => where === 'cloud');
  expect(inCloud.length).toBeGreaterThan(0);
  const receipts = await receiptsOf(view.run);
  for (const { step, receipt, engine } of inCloud) {
    expect(engine).toBeTruthy();
    expect(receipts.find(({ id }) => id === receipt)).toMatchObject({ step, destination: 'cloud', label: 'open', approvedBy: 'label' });
  }
});

test('a document that cannot be read is named with its reason, and the others are digested', async () => {
  const text = plain(readDigest('Open'));
  const line = text.split('\n').find((each) => each.includes('Broken.txt')) ?? '';
  expect(line).toMatch(/text|read/i);
});

test('the odd one out of an open folder is named as such', () => {
  const [, odd = ''] = plain(readDigest('Open')).split(/^## .*odd.*$/im);
  expect(odd.split(/^## /m)[0]).toContain('rye bread');
});

test('a folder that asks is released by the person’s yes in the popup, and the receipt says so', async () => {
  const run = await digest('Asked');
  const popup = await world.chromium.openPopup();
  for (let answered = 0; answered < 8; answered += 1) {
    const over = await Promise.race([
      popup.waitForSelector('[data-approval] [data-answer="once"][aria-disabled="false"]').then(() => false),
      world.waitForRun(run).then(() => true),
    ]);
    if (over) break;
    const card = await popup.$eval('[data-approval]', (each) => ({
      id: each.getAttribute('data-approval') ?? '',
      text: (each as HTMLElement).innerText,
    }));
    expect(card.text).toContain('to headgate-extractive');
    await press(popup, `[data-approval="${card.id}"] [data-answer="once"]`);
    await popup.waitForSelector(`[data-approval="${card.id}"]`, { hidden: true });
  }
  const view = await world.waitForRun(run);
  expect(view.status).toBe('succeeded');
  const inCloud = view.steps.filter(({ where }) => where === 'cloud');
  expect(inCloud.length).toBeGreaterThan(0);
  const receipts = (await receiptsOf(run)).filter(({ purpose }) => purpose !== 'names');
  expect(receipts).toHaveLength(inCloud.length);
  for (const receipt of receipts) expect(receipt).toMatchObject({ destination: 'cloud', label: 'ask', approvedBy: 'person' });
  expect(readDigest('Asked')).toContain(CANARIES.asked);
});

test('a folder that asks and is answered No stays at home, and its digest arrives nevertheless', async () => {
  const run = await digest('Denied');
  const popup = await world.chromium.openPopup();
  for (let answered = 0; answered < 8; answered += 1) {
    const over = await Promise.race([
      popup.waitForSelector('[data-approval] [data-answer="no"][aria-disabled="false"]').then(() => false),
      world.waitForRun(run).then(() => true),
    ]);
    if (over) break;
    const id = await popup.$eval('[data-approval]', (each) => each.getAttribute('data-approval') ?? '');
    await press(popup, `[data-approval="${id}"] [data-answer="no"]`);
    await popup.waitForSelector(`[data-approval="${id}"]`, { hidden: true });
  }
  const view = await world.waitForRun(run);
  expect(view.status).toBe('succeeded');
  expect(await receiptsOf(run)).toEqual([]);
  const text = readDigest('Denied');
  for (const name of [`${NAMES.denied} gauges.md`, `${NAMES.denied} sluice.txt`]) expect(plain(text)).toContain(name);
});

test('a folder that stays home is digested there, without a receipt to the cloud', async () => {
  const view = await world.waitForRun(await digest('Home'));
  expect(view.status).toBe('succeeded');
  expect(view.steps.filter(({ where }) => where !== 'home')).toEqual([]);
  expect(await receiptsOf(view.run)).toEqual([]);
  expect(readDigest('Home')).toContain(CANARIES.home);
});

test('the names that go have one receipt a run', async () => {
  const { runs } = await (await world.agent.terminal()).call('runs.list', { limit: 100 });
  const batches = await Promise.all(runs.filter(({ recipe }) => recipe === 'folder.digest').map(({ run }) => receiptsOf(run)));
  expect(batches.map((receipts) => receipts.filter(({ purpose }) => purpose === 'names').length).sort()).toEqual([0, 0, 1, 1]);
});

test('no planted word is in the cloud’s data, in its answers, or in any log', async () => {
  await world.chromium.closePopup();
  const { runs } = await (await world.agent.terminal()).call('runs.list', { limit: 100 });
  const digests = runs.filter(({ recipe }) => recipe === 'folder.digest');
  expect(digests).toHaveLength(4);
  const answers: string[] = [JSON.stringify(await world.askCloud('/v1/runs'))];
  for (const { run } of digests)
    for (const path of [`/v1/runs/${run}`, `/v1/runs/${run}/events`]) answers.push(JSON.stringify(await world.askCloud(path)));
  const clear = answers.join('\n').toLowerCase();
  const logs = `${world.cloud.said()}\n${readFileSync(join(world.home, 'agent.log'), 'utf8')}`.toLowerCase();
  // The cloud writes its store out when it stops.
  await world.cloud.stop();
  const known = digests[0]?.run ?? '';
  expect(clear).toContain(known);
  expect(findInFolder(world.cloud.data, known), 'the search sees the store').not.toEqual([]);
  for (const canary of [...Object.values(CANARIES), NAMES.denied, NAMES.home]) {
    expect(clear, canary).not.toContain(canary);
    expect(logs, canary).not.toContain(canary);
    expect(findInFolder(world.cloud.data, canary), canary).toEqual([]);
  }
  for (const name of [NAMES.open, NAMES.asked]) {
    expect(clear, name).toContain(name);
    expect(logs, name).not.toContain(name);
  }
});

async function digest(name: string): Promise<RunId> {
  const grant = world.grants[name]?.id;
  if (grant === undefined) throw new Error(`There is no grant ${name}.`);
  return (await (await world.agent.terminal()).call('runs.start', { recipe: 'folder.digest', input: { grant } })).run;
}

async function receiptsOf(run: RunId) {
  const { receipts } = await (await world.agent.terminal()).call('ledger.list', { run });
  return receipts.filter(({ destination }) => destination === 'cloud');
}

function readDigest(name: string): string {
  const folder = world.grants[name]?.folder ?? '';
  const [file = ''] = readdirSync(folder).filter((each) => each.startsWith('Digest '));
  expect(existsSync(join(folder, file))).toBe(true);
  return readFileSync(join(folder, file), 'utf8');
}

/** Without the backslashes that keep names from becoming Markdown. */
function plain(markdown: string): string {
  return markdown.replaceAll('\\', '');
}
