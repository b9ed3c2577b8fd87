// Runs that the device drives itself: whole recipes with real files, and the way of a run from the cloud to home.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listReceipts } from '../../../native-host/gate/ledger.ts';
import { createRunLog, stateFromLog } from '../../../native-host/runs/log.ts';
import { resultOf } from '../../../native-host/runs/result.ts';
import { summarizeRun, viewRun } from '../../../native-host/runs/summary.ts';
import { RunResult, RunSummary } from '../../../shared/protocol/native.ts';
import type { RunEvent } from '../../../shared/run/events.ts';
import type { RunState } from '../../../shared/run/fold.ts';
import { RunView } from '../../../shared/run/view.ts';
import type { HandleId, StepId } from '../../../shared/ids.ts';
import { createRandom } from '../../attack/random.ts';
import { makeDocx } from '../../attack/secrets/carriers.ts';
import { createDice } from '../../attack/secrets/families.ts';
import { makePdf } from '../../attack/secrets/pdf.ts';
import { type Home, MARKDOWN, openHome, PAGE, until } from './home.ts';

let home: Home;
beforeEach(() => {
  home = openHome();
  home.cloud.connected = false;
});
afterEach(async () => {
  vi.useRealTimers();
  await home.close();
  expect(home.errors).toEqual([]);
});

const save = (grant: string) => home.runs.start({ recipe: 'page.save', input: { grant, page: PAGE, markdown: MARKDOWN }, where: 'auto' });

test('a page is saved without the cloud, and nothing leaves', async () => {
  const record = await home.ended(save(home.grant().id));
  expect(record.state.status).toBe('succeeded');
  expect(home.files()).toEqual(['On headgates.md']);
  expect(home.read('On headgates.md')).toMatch(/^---\n[\s\S]*title: .*On headgates[\s\S]*---\n[\s\S]*Farmers share the water/);
  expect(listReceipts(home.store, 9)).toEqual([]);
  expect(RunSummary.parse(summarizeRun(home.store, record)).files).toMatchObject([{ name: 'On headgates.md' }]);
  expect(RunResult.parse(resultOf(home.store, record, () => 'Notes', home.clock.now))).toMatchObject({
    kind: 'files',
    files: [{ name: 'On headgates.md', folder: 'Notes' }],
  });
});

test('a second save of the same page takes another name', async () => {
  const grant = home.grant();
  await home.ended(save(grant.id));
  await home.ended(save(grant.id));
  expect(home.files()).toEqual(['On headgates (2).md', 'On headgates.md']);
});

test.each(['../../.bashrc', 'CON', 'x'.repeat(300), '🦊 \u202E gnp.exe', '\u0000'])(
  'a page titled %j gets a name that stays in the folder',
  async (title) => {
    const grant = home.grant();
    const record = await home.ended(
      home.runs.start({ recipe: 'page.save', input: { grant: grant.id, page: { ...PAGE, title }, markdown: MARKDOWN }, where: 'auto' }),
    );
    expect(record.state.status).toBe('succeeded');
    expect(home.files()).toHaveLength(1);
    expect(home.files()[0]).toMatch(/^[^/\\\u0000-\u001f]{1,120}\.md$/);
  },
);

test('a long fan-out that a hostile log makes up keeps nobody waiting while it comes to its end at home', async () => {
  const grant = home.grant();
  home.cloud.connected = true;
  const record = home.runs.start({ recipe: 'folder.digest', input: { grant: grant.id }, where: 'auto' });
  const outputs = Array.from({ length: 150 }, (_, index) => ({
    handle: `h_${index.toString(16).padStart(32, '0')}` as HandleId,
    kind: 'file' as const,
    size: 256,
    label: 'open' as const,
  }));
  home.tell(record, [{ type: 'step.succeeded', step: 'list' as StepId, outcome: { outputs, where: 'home', ms: 1 } }]);
  // How far the run was whenever others had their turn.
  const seen = new Set<number>();
  const others = setInterval(() => seen.add(home.runs.log.get(record.id).state.seq), 1);
  home.cloud.connected = false;
  home.runs.leaveCloud();
  await until(() => (home.runs.log.get(record.id).state.status === 'running' ? undefined : true), 60_000);
  clearInterval(others);
  expect(home.runs.log.get(record.id).state.steps.length).toBeGreaterThan(300);
  expect(seen.size).toBeGreaterThan(3);
}, 90_000);

test('a folder of a PDF and a Word document is digested like any other', async () => {
  const grant = home.grant();
  const dice = createDice(createRandom(7));
  writeFileSync(join(home.folder, 'weir.pdf'), makePdf(MARKDOWN.replaceAll('headgate', 'weir'), 'kerned'));
  writeFileSync(join(home.folder, 'otter.docx'), makeDocx(MARKDOWN.replaceAll('headgate', 'otter'), dice));
  const record = await home.ended(home.runs.start({ recipe: 'folder.digest', input: { grant: grant.id }, where: 'home' }));
  expect(record.state.status).toBe('succeeded');
  const digest = home.read(home.files().find((name) => name.startsWith('Digest')) ?? expect.unreachable());
  expect(digest).toMatch(/### weir\.pdf\n\n.*weir/);
  expect(digest).toMatch(/### otter\.docx\n\n.*otter/);
  expect(digest).not.toContain('Could not be read');
});

test('a folder is digested without the cloud', async () => {
  const grant = home.grant();
  home.write('water.md', `# Water\n\n${MARKDOWN}`);
  home.write('more.txt', MARKDOWN);
  const record = await home.ended(home.runs.start({ recipe: 'folder.digest', input: { grant: grant.id }, where: 'auto' }));
  expect(record.state.status).toBe('succeeded');
  expect(home.files()).toEqual(['Digest 2026-11-21.md', 'more.txt', 'water.md']);
  expect(RunView.parse(viewRun(home.store, record)).steps.every((step) => step.where === 'home')).toBe(true);
});

test('a folder without a document is said to be so, and nothing is written', async () => {
  const grant = home.grant();
  const record = await home.ended(home.runs.start({ recipe: 'folder.digest', input: { grant: grant.id }, where: 'auto' }));
  expect(RunView.parse(viewRun(home.store, record))).toMatchObject({
    status: 'failed',
    code: 'no_text',
    steps: expect.arrayContaining([expect.objectContaining({ step: 'digest', status: 'failed' })]),
  });
  expect(home.files()).toEqual([]);
});

test('finding shows names and lines under the screen’s caps, with a receipt for the screen', async () => {
  home.grant({ rights: ['read'], label: 'home' });
  home.write('water.md', `one\n${MARKDOWN}`);
  const record = await home.ended(home.runs.start({ recipe: 'files.find', input: { query: 'water' }, where: 'auto' }));
  const result = RunResult.parse(resultOf(home.store, record, () => 'Notes', home.clock.now));
  expect(result).toMatchObject({
    kind: 'hits',
    total: 2,
    hits: [
      { name: 'water.md', line: null },
      { name: 'water.md', line: 2 },
    ],
  });
  expect(listReceipts(home.store, 9)).toMatchObject([{ destination: 'screen', approvedBy: 'screen', label: 'home' }]);
});

test('a failed step tells the person in words what the log may not hold', async () => {
  const grant = home.grant({ rights: ['read'] });
  const record = await home.ended(save(grant.id));
  expect(record.state.status).toBe('failed');
  const view = RunView.parse(viewRun(home.store, record));
  expect(view.code).toBe('grant_refused');
  expect(view.message).toContain('does not give the right to write');
});

test('the log of a run gives its state', async () => {
  const record = await home.ended(save(home.grant().id));
  expect(stateFromLog(home.runs.log, record.id)).toEqual(record.state);
});

test('a run of many steps is loaded as it is at any moment, though its state is written now and then', async () => {
  for (let file = 0; file < 30; file += 1) home.write(`note ${file}.md`, MARKDOWN);
  const record = home.runs.start({ recipe: 'folder.digest', input: { grant: home.grant().id }, where: 'home' });
  let lagging = 0;
  let looks = 0;
  for (let seq = 0; record.state.status === 'running'; seq = record.state.seq) {
    await until(() => (record.state.seq > seq ? true : undefined));
    expect(createRunLog(home.store).get(record.id).state).toEqual(record.state);
    const stored = home.store.get<{ state: string }>('SELECT state FROM runs WHERE id = ?', record.id)?.state ?? '';
    if ((JSON.parse(stored) as RunState).seq < record.state.seq) lagging += 1;
    looks += 1;
  }
  expect(record.state).toMatchObject({ status: 'succeeded' });
  expect(record.state.steps.length).toBeGreaterThan(60);
  expect(lagging).toBeGreaterThan(0);
  expect(looks).toBeGreaterThan(lagging);
});

test('a run that ended at home is told to the cloud whole and without words, when the cloud is back', async () => {
  const grant = home.grant({ rights: ['read'] });
  const record = await home.ended(save(grant.id));
  home.cloud.connected = true;
  home.runs.onLinkState(home.cloud.state());
  const [message] = await until(() =>
    home.cloud.of('run.replicate').length > 0 ? (home.cloud.of('run.replicate') as { events: RunEvent[]; sealed: string }[]) : undefined,
  );
  expect(message?.events).toHaveLength(record.state.seq);
  expect(message?.sealed).toMatch(/^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/);
  const sent = JSON.stringify(message);
  for (const secret of ['headgates', 'example.org', 'Farmers', 'Notes', home.folder]) expect(sent).not.toContain(secret);
  await until(() => (home.store.get<{ count: number }>('SELECT count(*) AS count FROM outbox')?.count === 0 ? true : undefined));
});

test('a device that is not paired keeps its runs to itself', async () => {
  await home.close();
  home = openHome({ paired: false });
  home.cloud.connected = false;
  await home.ended(save(home.grant().id));
  expect(home.store.get('SELECT count(*) AS count FROM outbox')).toEqual({ count: 0 });
});

test('a run that the cloud left behind goes on at home after a while, with a higher epoch', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  home.cloud.connected = true;
  const record = save(home.grant().id);
  expect(record.writer).toBe('cloud');
  home.cloud.connected = false;
  home.runs.onLinkState(home.cloud.state());
  await vi.advanceTimersByTimeAsync(2_999);
  expect(record.writer).toBe('cloud');
  await vi.advanceTimersByTimeAsync(1);
  expect(record).toMatchObject({ writer: 'home', state: { epoch: 2 } });
  vi.useRealTimers();
  expect((await home.ended(record)).state.status).toBe('succeeded');
  expect(home.files()).toEqual(['On headgates.md']);
});

test('a cloud that is back in time keeps its runs', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  home.cloud.connected = true;
  const record = save(home.grant().id);
  home.cloud.connected = false;
  home.runs.onLinkState(home.cloud.state());
  await vi.advanceTimersByTimeAsync(2_000);
  home.cloud.connected = true;
  home.runs.onLinkState(home.cloud.state());
  await vi.advanceTimersByTimeAsync(10_000);
  expect(record.writer).toBe('cloud');
});

test('a run that the cloud does not know is taken home, unless it is still on its way there', async () => {
  home.cloud.connected = true;
  home.cloud.answers['run.submit'] = () => new Promise(() => undefined);
  const record = save(home.grant().id);
  home.runs.onUnknown({ run: record.id });
  expect(record.writer).toBe('cloud');
  home.store.run('DELETE FROM outbox');
  home.runs.onUnknown({ run: record.id });
  expect(record.writer).toBe('home');
  expect((await home.ended(record)).state.status).toBe('succeeded');
});

test('a cancel at home ends the run and changes nothing', async () => {
  const grant = home.grant({ label: 'ask' });
  home.cloud.connected = true;
  const record = home.runs.start({ recipe: 'page.save', input: { grant: grant.id, page: PAGE, markdown: MARKDOWN }, where: 'auto' });
  home.cloud.connected = false;
  home.runs.cancel(record.id);
  expect((await home.ended(record)).state.status).toBe('cancelled');
  expect(home.files()).toEqual([]);
  home.runs.cancel(record.id);
  expect(record.state.status).toBe('cancelled');
});
