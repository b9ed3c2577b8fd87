// The real side panel, opened by the popup's button over the real host: runs taken back, questions answered, the ledger
// verified, a folder narrowed and taken back; and that nothing of what it shows is kept by the browser.
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUNDLES } from '../../native-host/checkout/places.ts';
import { connect } from '../native-host/mcp/servers.ts';
import { findViolations } from '../support/world/axe.ts';
import { sampleDocuments } from '../support/world/documents.ts';
import { press } from '../support/world/popup.ts';
import { until } from '../support/world/until.ts';
import { openWorld, type World } from '../support/world.ts';
import type { RunId } from '../../shared/ids.ts';

const CANARY = 'Zymurgyquill';
let world: World;
let panel: Page;

beforeAll(async () => {
  world = await openWorld({
    grants: {
      Rivers: { files: { ...sampleDocuments(), 'Plan.txt': `the ${CANARY} plan\n` } },
      Asked: {
        label: 'ask',
        files: { 'One.md': `# One\n\nThe ${CANARY} opens the gate at dawn and closes it at dusk, and writes the level down.\n` },
      },
      Narrow: { rights: ['read', 'write', 'trash'] },
    },
  });
  const page = await world.chromium.open(world.pages.put('/plain', '<!doctype html><title>Plain</title><p>Hello'));
  panel = await world.chromium.openPanel(page);
});

afterAll(() => world?.close());

const folder = (name: string) => world.grants[name]?.folder ?? '';
const start = async (recipe: string, input: Record<string, unknown>): Promise<RunId> =>
  (await (await world.agent.terminal()).call('runs.start', { recipe, input })).run;
const row = (run: RunId) => `li.run[data-run="${run}"]`;
async function openTab(id: string): Promise<void> {
  await press(panel, `#tab-${id}`);
  await panel.waitForSelector(`#tab-panel[aria-labelledby="tab-${id}"]`);
}

test('the popup’s button opens the browser’s own side panel', async () => {
  const contexts = await (await world.chromium.worker()).evaluate(async () =>
    (await chrome.runtime.getContexts({ contextTypes: ['SIDE_PANEL' as chrome.runtime.ContextType] })).map(
      ({ documentUrl }) => documentUrl,
    ),
  );
  expect(contexts).toEqual([panel.url()]);
  expect(await panel.$$eval('[role="tab"]', (tabs) => tabs.map((tab) => (tab as HTMLElement).innerText.trim()))).toEqual([
    'Runs',
    'Questions',
    'Ledger',
    'Folders',
  ]);
  expect(await findViolations(panel)).toEqual([]);
});

test('a run that moved a file is taken back by its button, after the panel said what that will do', async () => {
  const run = await start('file.move', { moves: [{ from: { grant: world.grants.Rivers?.id, path: 'Plan.txt' }, to: 'Renamed.txt' }] });
  await world.waitForRun(run);
  expect(existsSync(join(folder('Rivers'), 'Renamed.txt'))).toBe(true);
  await openTab('runs');
  await panel.waitForSelector(`${row(run)} button.undo`);
  await panel.focus(`${row(run)} button.undo`);
  await panel.keyboard.press('Enter');
  await panel.waitForSelector(`${row(run)} [data-undo="preview"]`);
  expect(await panel.evaluate(() => document.activeElement?.textContent)).toBe('1 change goes back.');
  expect(existsSync(join(folder('Rivers'), 'Renamed.txt'))).toBe(true);
  expect(await findViolations(panel)).toEqual([]);
  await panel.keyboard.press('Tab');
  await panel.keyboard.press('Enter');
  await panel.waitForSelector(`${row(run)} [data-undo="outcome"]`);
  expect(readFileSync(join(folder('Rivers'), 'Plan.txt'), 'utf8')).toBe(`the ${CANARY} plan\n`);
  expect(existsSync(join(folder('Rivers'), 'Renamed.txt'))).toBe(false);
  await panel.waitForSelector(`${row(run)} .taken-back`);
  expect(await findViolations(panel)).toEqual([]);
});

test('a digest’s file goes away again; one that the person worked on stays, and that is said', async () => {
  const files = () => readdirSync(folder('Rivers')).filter((name) => name.startsWith('Digest '));
  const run = await start('folder.digest', { grant: world.grants.Rivers?.id });
  await world.waitForRun(run);
  expect(files()).toHaveLength(1);
  appendFileSync(join(folder('Rivers'), files()[0] ?? ''), '\nmine\n');
  await press(panel, `${row(run)} button.undo`);
  await panel.waitForSelector(`${row(run)} [data-undo="preview"]`);
  expect(await panel.$eval(`${row(run)} .undo-panel`, (each) => (each as HTMLElement).innerText)).toContain('your version stays');
  expect(await panel.$(`${row(run)} [data-undo-go]`)).toBeNull();
  await panel.keyboard.press('Escape');
  await panel.waitForSelector(`${row(run)} .undo-panel`, { hidden: true });
  expect(files()).toHaveLength(1);
  const again = await start('folder.digest', { grant: world.grants.Rivers?.id });
  await world.waitForRun(again);
  expect(files()).toHaveLength(2);
  await press(panel, `${row(again)} button.undo`);
  await press(panel, `${row(again)} [data-undo-go]`);
  await panel.waitForSelector(`${row(again)} [data-undo="outcome"]`);
  expect(files()).toHaveLength(1);
});

test('a question shows what would go, and is answered in the panel, for the whole run', async () => {
  const run = await start('folder.digest', { grant: world.grants.Asked?.id });
  await openTab('approvals');
  await panel.waitForSelector('[data-approval]');
  expect(await panel.$eval('#tab-approvals .count', (count) => (count as HTMLElement).innerText)).toMatch(/^[12]/);
  await press(panel, '[data-approval] [data-look]');
  const shown = await panel.waitForSelector('[data-approval] .diff');
  expect(await shown?.evaluate((each) => (each as HTMLElement).innerText)).toContain(`The ${CANARY} opens the gate at dawn`);
  expect(await findViolations(panel)).toEqual([]);
  await press(panel, '[data-approval] [data-answer="run"]');
  await panel.waitForSelector('[data-approval]', { hidden: true });
  expect((await world.waitForRun(run)).status).toBe('succeeded');
  expect(await panel.$eval('#tab-panel', (each) => (each as HTMLElement).innerText)).toContain('No question waits');
});

test('a question of an MCP client shows what it would get, and the client gets exactly that', async () => {
  const grant = `${folder('Asked')}:read`;
  await using served = await connect([BUNDLES.host, 'mcp', '--grant', grant], {
    home: world.home,
    name: 'an-editor',
    env: { ...world.env, HEADGATE_HOME: world.home },
  });
  const reading = served.text('read_text_file', { path: 'One.md', head: 1 });
  await openTab('approvals');
  const card = await panel.waitForSelector('[data-approval]');
  expect(await card?.evaluate((each) => (each as HTMLElement).innerText)).toContain('“an-editor”');
  await press(panel, '[data-approval] [data-look]');
  const shown = await panel.waitForSelector('[data-approval] .diff');
  expect(await shown?.evaluate((each) => (each as HTMLElement).innerText)).toContain('# One');
  expect(await panel.$eval('[data-approval]', (each) => (each as HTMLElement).innerText)).not.toContain(CANARY);
  expect(await findViolations(panel)).toEqual([]);
  await press(panel, '[data-approval] [data-answer="once"]');
  await panel.waitForSelector('[data-approval]', { hidden: true });
  expect(await reading).toBe('# One');
});

test('a change is shown line by line before there is a yes to it, and the yes lets exactly that happen', async () => {
  const file = join(folder('Narrow'), 'List.txt');
  writeFileSync(file, 'bread\nmilk\n\u202Esalt\n');
  const terminal = await world.agent.terminal();
  const found = await start('files.find', { query: 'milk' });
  await world.waitForRun(found);
  const result = await terminal.call('runs.result', { run: found });
  const target = result.kind === 'hits' ? result.hits.map(({ handle }) => handle).slice(0, 1) : [];
  const input = { grant: world.grants.Narrow?.id, target, text: 'bread\nbutter\n\u202Esalt\n' };
  const { run } = await terminal.call('runs.start', { recipe: 'file.write', input, ask: 'changes' });
  await openTab('approvals');
  await panel.waitForSelector('[data-approval][data-kind="change"] .diff');
  const lines = await panel.$$eval('.diff > li', (each) =>
    each.map((line) => [line.getAttribute('data-line'), line.querySelector('bdi')?.textContent ?? '']),
  );
  expect(lines).toContainEqual(['goes', 'milk']);
  expect(lines).toContainEqual(['comes', 'butter']);
  expect(lines.flat().join(' ')).not.toContain('\u202E');
  expect(await findViolations(panel)).toEqual([]);
  expect(readFileSync(file, 'utf8')).toContain('milk');
  await press(panel, '[data-approval] [data-answer="once"]');
  expect((await world.waitForRun(run)).status).toBe('succeeded');
  expect(readFileSync(file, 'utf8')).toBe('bread\nbutter\n\u202Esalt\n');
  await openTab('runs');
  await press(panel, `${row(run)} button.undo`);
  await press(panel, `${row(run)} [data-undo-go]`);
  await panel.waitForSelector(`${row(run)} [data-undo="outcome"]`);
  expect(readFileSync(file, 'utf8')).toBe('bread\nmilk\n\u202Esalt\n');
});

test('a change that is refused does not happen, and the popup shows the same question', async () => {
  const input = { moves: [{ from: { grant: world.grants.Rivers?.id, path: 'Plan.txt' }, to: 'Elsewhere.txt' }] };
  const { run } = await (await world.agent.terminal()).call('runs.start', { recipe: 'file.move', input, ask: 'changes' });
  const popup = await world.chromium.openPopup();
  await popup.waitForSelector('[data-approval][data-kind="change"] .parts');
  expect(await popup.$eval('[data-approval]', (card) => (card as HTMLElement).innerText)).toContain('Elsewhere.txt');
  expect(await findViolations(popup)).toEqual([]);
  await press(popup, '[data-approval] [data-answer="no"]');
  await popup.waitForSelector('[data-approval]', { hidden: true });
  expect((await world.waitForRun(run)).status).toBe('failed');
  expect([existsSync(join(folder('Rivers'), 'Plan.txt')), existsSync(join(folder('Rivers'), 'Elsewhere.txt'))]).toEqual([true, false]);
  await world.chromium.closePopup();
});

async function askOverTheCloud(): Promise<void> {
  const terminal = await world.agent.terminal();
  const device = (await terminal.call('host.status', {})).device.id;
  await world.postToCloud('/v1/runs', { device, recipe: 'folder.digest', input: { grant: world.grants.Rivers?.id } });
  await openTab('approvals');
  await panel.waitForSelector('[data-approval][data-kind="plan"]');
}

test('a run that somebody asks for through the cloud waits as its plan, and begins with the yes', async () => {
  await askOverTheCloud();
  expect((await panel.$$('.plan > li')).length).toBeGreaterThan(3);
  expect(await panel.$$eval('[data-answer]', (all) => all.map((each) => each.getAttribute('data-answer')))).toEqual(['once', 'no']);
  expect(await findViolations(panel)).toEqual([]);
  const run = await world.newRun('folder.digest', () => press(panel, '[data-approval] [data-answer="once"]'));
  expect((await world.waitForRun(run)).status).toBe('succeeded');
});

test('it is allowed always in the host’s own window alone; what stands is seen among the folders, and ended', async () => {
  await askOverTheCloud();
  const always = '.always button';
  await press(panel, always);
  await until('the window', () => world.windows().length > 0);
  await panel.waitForSelector(`${always}[aria-disabled="false"]`);
  expect(await panel.$$('[data-approval][data-kind="plan"]')).toHaveLength(1);
  world.answerWindows('yes');
  const run = await world.newRun('folder.digest', () => press(panel, always));
  expect(world.windows().join('\n')).toContain('May others start this on your computer, without asking you: “Digest a folder”?');
  expect((await world.waitForRun(run)).status).toBe('succeeded');
  await openTab('folders');
  await panel.waitForSelector('[data-warrant]');
  expect(await panel.$$eval('[data-warrant] .may > li', (all) => all.map((each) => each.textContent))).toContain(
    'Up to 1 change each time; it can be undone',
  );
  expect(await findViolations(panel)).toEqual([]);
  await press(panel, '[data-warrant] .answers button');
  await press(panel, '[data-warrant] .revoke button');
  await panel.waitForFunction(() => document.querySelector('[data-warrant]') === null);
  expect((await (await world.agent.terminal()).call('warrants.list', {})).warrants).toEqual([]);
});

test('the ledger shows what left, by day and by run, and verifies by the button', async () => {
  await openTab('ledger');
  await panel.waitForSelector('.ledger .receipts');
  await press(panel, '.verify button');
  await panel.waitForSelector('[data-verdict]');
  expect(await panel.$eval('[data-verdict]', (each) => each.getAttribute('data-verdict'))).toBe('ok');
  const { receipts } = await (await world.agent.terminal()).call('ledger.list', { limit: 500 });
  // What clients got is in ledgers of their own, and told here with the rest.
  const own = receipts.filter(({ destination }) => destination !== 'client');
  const left = receipts.filter(({ destination }) => destination !== 'screen').reduce((sum, { bytes }) => sum + bytes, 0);
  expect(await panel.$$eval('.days li', (days) => days.reduce((sum, day) => sum + Number(day.getAttribute('data-bytes')), 0))).toBe(left);
  expect(await panel.$eval('.verdict', (each) => (each as HTMLElement).innerText)).toContain(`${own.length} lines`);
  await press(panel, '.receipts summary');
  const words = await panel.$$eval('.receipt', (all) => all.map((each) => each.textContent).join('\n'));
  for (const part of ['you said yes', 'the label allowed it', 'Show a change', 'for your own eyes']) expect(words).toContain(part);
  expect(await findViolations(panel)).toEqual([]);
});

test('from a run’s details the ledger shows what left in that run alone', async () => {
  const run = await start('device.info', {});
  await world.waitForRun(run);
  await openTab('runs');
  await press(panel, `${row(run)} button[aria-expanded]`);
  await press(panel, `${row(run)} [data-open="ledger"]`);
  await panel.waitForSelector('.pick select');
  expect(await panel.$eval('.pick select', (each) => (each as HTMLSelectElement).value)).toBe(run);
  expect(await panel.$$('.receipts')).toEqual([]);
});

test('a folder is narrowed and taken back, each as the host then has it', async () => {
  const { id } = world.grants.Narrow ?? { id: '' };
  const card = `.grant[data-grant="${id}"]`;
  const now = async () => (await (await world.agent.terminal()).call('grants.list', {})).grants.find((grant) => grant.id === id);
  await openTab('folders');
  await press(panel, `${card} [data-right="trash"] input`);
  await until('the right to be gone', async () => (await now())?.rights.join() === 'read,write');
  await panel.$eval(`${card} .left-out`, (each) => {
    (each as HTMLDetailsElement).open = true;
  });
  await panel.type(`${card} .left-out input`, '*.key');
  await panel.keyboard.press('Enter');
  await until('the names to be left out', async () => (await now())?.exclude.join() === '*.key');
  await panel.waitForSelector(`${card} .globs .chip`);
  await press(panel, `${card} [data-names] input`);
  await until('names to be hidden', async () => (await now())?.names === 'hidden');
  await press(panel, `${card} input[value="home"]`);
  await until('the label to be stricter', async () => (await now())?.label === 'home');
  await panel.waitForSelector(`${card} input[value="open"][disabled]`);
  expect(await findViolations(panel)).toEqual([]);
  await press(panel, `${card} > .answers:last-of-type button`);
  await panel.waitForSelector(`${card} .revoke`);
  expect(await findViolations(panel)).toEqual([]);
  expect(await now()).toBeDefined();
  await press(panel, `${card} .revoke button.danger`);
  await panel.waitForSelector(card, { hidden: true });
  expect(await now()).toBeUndefined();
});

test('a command that a terminal allowed stands among the folders, and is taken back', async () => {
  const terminal = await world.agent.terminal();
  await openTab('folders');
  const wish = {
    program: process.execPath,
    name: 'runtime',
    interpreter: true,
    arguments: [{ kind: 'literal' as const, text: '--version' }],
  };
  const { command } = await terminal.call('commands.add', wish);
  const card = `.grant[data-grant="${command.id}"]`;
  await panel.waitForSelector(card);
  expect(await panel.$eval(card, (each) => (each as HTMLElement).innerText)).toMatch(/--version[\s\S]*Sees no files of yours/);
  expect(await findViolations(panel)).toEqual([]);
  await press(panel, `${card} > .answers button`);
  await press(panel, `${card} .revoke button.danger`);
  await panel.waitForSelector(card, { hidden: true });
  expect((await terminal.call('commands.list', {})).commands).toEqual([]);
});

test('nothing of what the panel showed is in the browser’s storage', async () => {
  const kept = await (await world.chromium.worker()).evaluate(async () => {
    const areas = await Promise.all((['local', 'session', 'sync'] as const).map((area) => chrome.storage[area].get(null)));
    return JSON.stringify({ areas, databases: await indexedDB.databases(), cached: await caches.keys() }).toLowerCase();
  });
  for (const word of [CANARY, 'plan.txt', 'renamed', 'rivers', 'asked', 'digest', 'text.summarize'])
    expect(kept).not.toContain(word.toLowerCase());
});

test('where no screen shows it, the system tells that a question waits, of its kind alone, and lets go when it is answered', async () => {
  await world.chromium.closePopup();
  await panel.close();
  const worker = await world.chromium.worker();
  const notices = () => worker.evaluate(async () => Object.keys(await chrome.notifications.getAll()));
  await until('no notice', async () => (await notices()).length === 0);
  const run = await start('folder.digest', { grant: world.grants.Asked?.id });
  await until('the notice', async () => (await notices()).includes('approvals'));
  expect(await worker.evaluate(() => chrome.action.getBadgeText({}))).toMatch(/^[1-9]/);
  const terminal = await world.agent.terminal();
  for (const { id } of (await terminal.call('approvals.list', {})).approvals)
    await terminal.call('approvals.answer', { approval: id, answer: 'run' }).catch(() => undefined);
  expect((await world.waitForRun(run)).status).toBe('succeeded');
  await until('the notice to be gone', async () => (await notices()).length === 0);
});
