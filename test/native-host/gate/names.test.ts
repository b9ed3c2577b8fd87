// Names of files that go to the cloud: one receipt a run, on disk before the first of them leaves; else a mask.
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listReceipts } from '../../../native-host/gate/ledger.ts';
import { receiptsOf } from '../../../native-host/gate/ledger-of.ts';
import { readSent } from '../../../native-host/gate/sent-texts.ts';
import type { RunRecord } from '../../../native-host/runs/log.ts';
import type { GrantsFile } from '../../../native-host/gate/grants-file.ts';
import type { HandleMeta } from '../../../shared/handles.ts';
import type { Report, RunEvent } from '../../../shared/run/events.ts';
import { type Home, MARKDOWN, openHome, until } from '../runs/home.ts';

let home: Home;
beforeEach(() => {
  home = openHome();
});
afterEach(() => home.close());

const grantWith = (more: Partial<Parameters<GrantsFile['add']>[0]> = {}) =>
  home.grants.add({ folder: home.folder, rights: ['read', 'write'], label: 'ask', ...more });
const digest = (where: 'auto' | 'home' = 'auto'): RunRecord =>
  home.runs.start({ recipe: 'folder.digest', input: { grant: home.grants.list()[0]?.id }, where });
const namesReceipts = () => listReceipts(home.store, 99).filter(({ purpose }) => purpose === 'names');
const outputsOf = (report: Report | undefined): HandleMeta[] => (report?.type === 'succeeded' ? report.outcome.outputs : []);
const toldOf = (metas: readonly HandleMeta[]) => metas.map(({ name, mask }) => name ?? `[${mask}]`);

/** Every string that this device has ever sent to the cloud, as one. */
const sentText = () => JSON.stringify(home.cloud.asked);

test('names that are shown go as one batch, under one receipt that is there before they leave, without a question', async () => {
  grantWith();
  for (const name of ['Heron.md', 'Otter.md']) home.write(name, MARKDOWN);
  let before: number | null = null;
  home.cloud.answers['task.report'] = (params) => {
    if (JSON.stringify(params).includes('Heron')) before ??= namesReceipts().length;
    return {};
  };
  const record = digest();
  expect(toldOf(outputsOf(await home.assign(record, 'list')))).toEqual(['Heron.md', 'Otter.md']);
  expect(before).toBe(1);
  const [receipt, ...more] = namesReceipts();
  expect(more).toEqual([]);
  expect(receipt).toMatchObject({ run: record.id, step: 'list', destination: 'cloud', approvedBy: 'label', label: 'ask', ranges: [] });
  expect(receipt?.handles).toHaveLength(2);
  expect(receipt === undefined ? [] : readSent(home.store, receipt.id)).toEqual(['Heron.md', 'Otter.md']);
  expect(home.approvals.list()).toEqual([]);
  // What this device keeps of the report carries no name.
  expect(home.store.all(`SELECT 1 FROM tasks WHERE report LIKE '%Heron%'`)).toEqual([]);
  const left = receiptsOf(home.store, home.grants.list(), join(home.folder, 'Heron.md'));
  expect(left.map(({ by }) => by)).toEqual([['path', 'identity']]);
});

test.each([
  ['hidden by the grant', { names: 'hidden' as const }, 'auto' as const],
  ['of a folder labelled home', { label: 'home' as const }, 'auto' as const],
  ['of a run that was asked to stay at home', {}, 'home' as const],
])('names %s are masked, and there is no receipt', async (_why, more, where) => {
  grantWith(more);
  home.write('Heron.md', MARKDOWN);
  home.write('Otter.csv', MARKDOWN);
  const record = digest(where);
  expect(toldOf(outputsOf(await home.assign(record, 'list')))).toEqual(['[document]', '[table]']);
  expect(namesReceipts()).toEqual([]);
  expect(sentText()).not.toMatch(/Heron|Otter/);
});

test('what keeps its name for itself, by a second name elsewhere or a nested grant that hides names, is not told of in a digest', async () => {
  grantWith();
  writeFileSync(join(home.base, 'elsewhere.md'), MARKDOWN);
  linkSync(join(home.base, 'elsewhere.md'), join(home.folder, 'Heron.md'));
  mkdirSync(join(home.folder, 'letters'));
  home.write('letters/Heron.md', MARKDOWN);
  home.write('Otter.md', MARKDOWN);
  home.grants.add({ folder: join(home.folder, 'letters'), label: 'open', names: 'hidden' });
  const record = home.runs.start({ recipe: 'folder.digest', input: { grant: home.grants.list()[0]?.id }, where: 'auto' });
  expect(toldOf(outputsOf(await home.assign(record, 'list')))).toEqual(['Otter.md']);
  expect(sentText()).not.toMatch(/Heron/);
});

test('what a scan finds in a name is taken out of it', async () => {
  grantWith();
  home.write('Letter to ada.lovelace@example.org.md', MARKDOWN);
  const [told] = toldOf(outputsOf(await home.assign(digest(), 'list')));
  expect(told).toBe('Letter to ‹contact:email:1›');
  expect(namesReceipts()[0]?.rules).toMatchObject([{ rule: 'email', redacted: true }]);
  expect(sentText()).not.toContain('lovelace');
});

test('a name that was not in the batch stays masked', async () => {
  grantWith({ label: 'open' });
  home.write('Heron.md', MARKDOWN);
  const record = digest();
  await home.assign(record, 'list');
  for (const step of ['text.0', 'summary.0', 'themes', 'groups', 'overview', 'digest']) await home.assign(record, step);
  const written = outputsOf(await home.assign(record, 'file'));
  expect(toldOf(written)).toEqual(['[document]']);
  expect(namesReceipts()).toHaveLength(1);
});

test('a report that waited for the cloud says a name only if it is still shown when it goes', async () => {
  const { id } = grantWith();
  home.write('Heron.md', MARKDOWN);
  const record = digest();
  home.cloud.connected = false;
  home.runs.onAssign({ run: record.id, step: 'list' as never, attempt: 1, where: 'home' });
  await until(() => home.store.get(`SELECT 1 FROM tasks WHERE report IS NOT NULL`));
  home.grants.narrow(id, { names: 'hidden' });
  home.cloud.connected = true;
  home.runs.onLinkState(home.cloud.state());
  const report = await until(() => home.cloud.ended('list'));
  expect(toldOf(outputsOf(report))).toEqual(['[document]']);
  expect(namesReceipts()).toEqual([]);
});

test('a repeated report says the same names under the same receipt, also after a restart', async () => {
  grantWith();
  home.write('Heron.md', MARKDOWN);
  const record = digest();
  const first = outputsOf(await home.assign(record, 'list'));
  await home.restart();
  expect(outputsOf(await home.assign(home.runs.log.get(record.id), 'list'))).toEqual(first);
  expect(namesReceipts()).toHaveLength(1);
});

test('a run that was driven at home and is told later names its files under one receipt as well', async () => {
  const { id } = grantWith({ label: 'open' });
  home.write('Heron.md', MARKDOWN);
  writeFileSync(join(home.base, 'elsewhere.md'), MARKDOWN);
  linkSync(join(home.base, 'elsewhere.md'), join(home.folder, 'Kite.md'));
  mkdirSync(join(home.folder, 'letters'));
  home.grants.add({ folder: join(home.folder, 'letters'), label: 'open', names: 'hidden' });
  home.write('Garganey.md', MARKDOWN);
  home.cloud.connected = false;
  const from = (path: string) => ({ grant: id, path });
  const moves = [
    { from: from('Heron.md'), to: 'Otter.md' },
    { from: from('Kite.md'), to: 'Whimbrel.md' },
    { from: from('Garganey.md'), to: 'letters/Garganey.md' },
  ];
  const record = home.runs.start({ recipe: 'file.move', input: { moves }, where: 'auto' });
  await home.ended(record);
  expect(namesReceipts()).toEqual([]);
  let before: number | null = null;
  home.cloud.answers['run.replicate'] = () => {
    before ??= namesReceipts().length;
    return { seq: 99, epoch: 1 };
  };
  home.cloud.connected = true;
  home.runs.onLinkState(home.cloud.state());
  const events = (await until(() => home.cloud.of('run.replicate')[0])).events as RunEvent[];
  const succeeded = events.find((event) => event.type === 'step.succeeded');
  expect(succeeded?.type === 'step.succeeded' ? toldOf(succeeded.outcome.outputs) : []).toEqual(['Otter.md', '[document]', '[document]']);
  expect(before).toBe(1);
  expect(sentText()).not.toMatch(/Whimbrel|Garganey/);
});

test('a name that the cloud’s log claims for a handle is not said again', async () => {
  grantWith({ names: 'hidden' });
  home.write('Heron.md', MARKDOWN);
  const record = digest();
  const outputs = outputsOf(await home.assign(record, 'list')).map(({ mask: _mask, ...meta }) => ({ ...meta, name: 'planted' }));
  home.tell(record, [{ type: 'step.succeeded', step: 'list' as never, outcome: { outputs, where: 'home', ms: 1 } }]);
  home.runs.cancel(record.id);
  home.runs.onUnknown({ run: record.id });
  const replicated = await until(() => home.cloud.of('run.replicate')[0]);
  expect(JSON.stringify(replicated)).not.toContain('planted');
});

test('many names go as one batch', async () => {
  grantWith({ label: 'open' });
  for (let n = 0; n < 200; n += 1) home.write(`${'Heron '.repeat(14)}${n}.md`, MARKDOWN);
  const outputs = outputsOf(await home.assign(digest(), 'list'));
  expect(outputs.every(({ name }) => name?.startsWith('Heron'))).toBe(true);
  expect(namesReceipts()).toHaveLength(1);
});
