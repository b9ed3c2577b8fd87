// Processes killed without warning while work is under way: nothing accepted is lost, and nothing is written twice.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunId } from '../../shared/ids.ts';
import { findViolations } from '../support/world/axe.ts';
import { manyDocuments } from '../support/world/documents.ts';
import { articlePage } from '../support/world/pages.ts';
import { chooseByKeyboard, readLamps, readTrouble, waitForRow } from '../support/world/popup.ts';
import { findProcesses, waitUntilGone } from '../support/world/processes.ts';
import { until } from '../support/world/until.ts';
import { openWorld, type World } from '../support/world.ts';

const DOCUMENTS = 60;
const SMALL = 4;
/** Steps that are over when the process is killed: well inside the run, whose steps are more than twice the documents. */
const DONE_AT_DEATH = 12;
let world: World;

beforeAll(async () => {
  const files = manyDocuments(DOCUMENTS);
  world = await openWorld({
    grants: {
      One: { files },
      Two: { files },
      Three: { files },
      Small: {
        files: Object.fromEntries(
          [5, 60, 120, 200].flatMap((ms) => Object.entries(manyDocuments(SMALL)).map(([name, text]) => [`after-${ms}/${name}`, text])),
        ),
      },
      Notes: { files: { 'Note.md': '# Note\n\nThe pikeperch lives below the weir.\n' } },
    },
  });
});

afterAll(() => world?.close());

beforeEach(async () => {
  await world.waitForCloud('connected');
});

test('an agent killed in the middle of a digest comes back, and the digest is written exactly once', async () => {
  const popup = await world.chromium.openPopup();
  const first = world.agent.pid();
  const run = await digestUntil('One', DONE_AT_DEATH);
  await world.agent.kill();
  await until('the browser to bring an agent back', () => world.agent.pid() !== first);
  await popup.waitForSelector('.station[data-layer="host"][data-lamp="ok"]');
  const view = await world.waitForRun(run);
  expect(view.status).toBe('succeeded');
  expect(digestsIn('One')).toHaveLength(1);
  await waitForRow(popup, 'folder.digest', 'succeeded');
  expect(await readTrouble(popup)).toBeNull();
  for (const name of Object.keys(manyDocuments(DOCUMENTS))) expect(readDigest('One')).toContain(name);
});

test.each([5, 60, 120, 200])('an agent killed %i ms after a small digest began leaves one digest, whole', async (ms) => {
  const folder = `after-${ms}`;
  const { id: grant } = world.grants.Small ?? {};
  const terminal = await world.agent.terminal();
  const { run } = await terminal.call('runs.start', { recipe: 'folder.digest', input: { grant, path: folder } });
  await new Promise((resolve) => setTimeout(resolve, ms));
  await world.agent.kill();
  // After some deaths in a row the browser waits for the person, who opens the popup.
  await world.chromium.openPopup();
  expect((await world.waitForRun(run)).status).toBe('succeeded');
  const written = readdirSync(join(world.grants.Small?.folder ?? '', folder)).filter((name) => !name.startsWith('Report '));
  expect(written).toEqual([expect.stringMatching(/^Digest .*\.md$/)]);
  const text = readFileSync(join(world.grants.Small?.folder ?? '', folder, written[0] ?? ''), 'utf8');
  for (const name of Object.keys(manyDocuments(SMALL))) expect(text).toContain(name);
});

test('a relay that is killed harms nothing: the browser starts another, the agent stays', async () => {
  const agent = world.agent.pid();
  // Those of agents that were killed before may still be on their way out.
  const relay = await until('one relay', () => relays().length === 1 && relays()[0]);
  const run = await digestUntil('Two', DONE_AT_DEATH);
  process.kill(relay.pid, 'SIGKILL');
  await waitUntilGone(relay.pid, 5_000);
  const popup = await world.chromium.openPopup();
  await until('another relay', () => relays().some(({ pid }) => pid !== relay.pid));
  await popup.waitForSelector('.station[data-layer="host"][data-lamp="ok"]');
  expect((await world.waitForRun(run)).status).toBe('succeeded');
  expect(digestsIn('Two')).toHaveLength(1);
  expect(world.agent.pid()).toBe(agent);
  await chooseByKeyboard(popup, 'about', 'info');
  await waitForRow(popup, 'device.info', 'succeeded');
});

test('a cloud killed in the middle of a digest: the run goes on at home, finding and saving work, and the cloud learns of it all when it is back', async () => {
  const run = await digestUntil('Three', DONE_AT_DEATH);
  await world.cloud.kill();
  const view = await world.waitForRun(run);
  expect(view).toMatchObject({ status: 'succeeded', epoch: 2 });
  expect(digestsIn('Three')).toHaveLength(1);

  const popup = await world.chromium.openPopup();
  await popup.waitForSelector('.card.fix[data-trouble="trouble_away"]');
  expect(await readLamps(popup)).toMatchObject({ host: 'ok', cloud: 'warn' });
  expect(await findViolations(popup)).toEqual([]);
  await chooseByKeyboard(popup, 'pikeperch', 'find');
  await waitForRow(popup, 'files.find', 'succeeded');
  await popup.waitForFunction(() => document.querySelector('.hits')?.textContent?.includes('Note.md'));

  const saved = await saveArticle();
  expect(await world.waitForRun(saved)).toMatchObject({ status: 'succeeded' });
  expect(readdirSync(world.grants.Notes?.folder ?? '')).toContain('Saved without a cloud.md');

  await world.cloud.start();
  await world.waitForCloud('connected');
  const back = await world.chromium.openPopup();
  await back.waitForSelector('.station[data-layer="cloud"][data-lamp="ok"]');
  for (const each of [run, saved]) {
    await until(`the cloud to know the run ${each}`, async () => {
      const { runs } = (await world.askCloud('/v1/runs')) as { runs: { run: string; status: string; epoch: number }[] };
      const known = runs.find((candidate) => candidate.run === each);
      return known?.status === 'succeeded' && known;
    });
  }
  const { runs } = (await world.askCloud('/v1/runs')) as { runs: { run: string; epoch: number }[] };
  expect(runs.find((candidate) => candidate.run === run)?.epoch).toBeGreaterThanOrEqual(2);
  expect(digestsIn('Three')).toHaveLength(1);
});

/** Starts a digest and comes back as soon as this many of its steps are over. */
async function digestUntil(name: string, done: number): Promise<RunId> {
  const grant = world.grants[name]?.id;
  if (grant === undefined) throw new Error(`There is no grant ${name}.`);
  const terminal = await world.agent.terminal();
  const reached = Promise.withResolvers<void>();
  let run: RunId | null = null;
  terminal.on('run.changed', (summary) => {
    if (summary.run === run && summary.done >= done) reached.resolve();
  });
  ({ run } = await terminal.call('runs.start', { recipe: 'folder.digest', input: { grant } }));
  await reached.promise;
  const { status } = await terminal.call('runs.get', { run });
  expect(status).toBe('running');
  return run;
}

async function saveArticle(): Promise<RunId> {
  const paragraphs = [
    'The cloud was away on that day, and nobody missed it. The page was read in the browser, made into Markdown at home and written to the folder.',
    'When the cloud came back in the evening it was told what had been done, and put it into its own list of runs.',
  ];
  const page = await world.chromium.open(world.pages.put('/away.html', articlePage({ title: 'Saved without a cloud', paragraphs })));
  return world.newRun('page.save', () => world.chromium.clickMenu(page, `save-page:${world.grants.Notes?.id}`));
}

function relays() {
  return findProcesses(world.folder).filter(({ command }) => /\/host\/relay\.cjs chrome-extension:/.test(command));
}

function digestsIn(name: string): string[] {
  return readdirSync(world.grants[name]?.folder ?? '').filter((file) => file.startsWith('Digest '));
}

function readDigest(name: string): string {
  const [file = ''] = digestsIn(name);
  return readFileSync(join(world.grants[name]?.folder ?? '', file), 'utf8').replaceAll('\\', '');
}
