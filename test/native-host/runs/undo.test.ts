import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkAgent } from '../../../native-host/port/checks.ts';
import { undoReport } from '../../../native-host/port/undo-report.ts';
import { NATIVE_METHODS } from '../../../shared/protocol/native.ts';
import type { Grant } from '../../../shared/gate/grants.ts';
import { createHandleStore } from '../../../native-host/state/handles.ts';
import type { RunRecord } from '../../../native-host/runs/log.ts';
import { summarizeRun } from '../../../native-host/runs/summary.ts';
import { type Home, MARKDOWN, openHome, PAGE } from './home.ts';

let home: Home;
let grant: Grant;
beforeEach(() => {
  home = openHome({ paired: false });
  vi.stubEnv('XDG_DATA_HOME', join(home.base, 'share'));
  grant = home.grant({ rights: ['read', 'write', 'trash'] });
  home.write('a.txt', 'a');
  home.write('b.txt', 'b');
  mkdirSync(join(home.folder, 'old'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await home.close();
});

const at = (path: string) => ({ grant: grant.id, path });
async function run(recipe: string, input: Record<string, unknown>): Promise<RunRecord> {
  const record = await home.ended(home.runs.start({ recipe, input, where: 'home' }));
  expect(record.state).toMatchObject({ status: 'succeeded' });
  return record;
}
const changed = (record: RunRecord) => home.store.get<{ changed: number }>('SELECT changed FROM runs WHERE id = ?', record.id)?.changed;

test('a run of moves is undone whole, and every move counts as a change', async () => {
  const record = await run('file.move', {
    moves: [
      { from: at('a.txt'), to: 'old/a.txt' },
      { from: at('b.txt'), to: 'old/b.txt' },
    ],
  });
  expect([home.files(), changed(record)]).toEqual([['old'], 2]);
  const items = await home.runs.undo(record.id, false);
  expect(items.map(({ result, says }) => [result, says])).toEqual([
    ['undone', 'moved “b.txt” back to the granted folder'],
    ['undone', 'moved “a.txt” back to the granted folder'],
  ]);
  expect(home.files()).toEqual(['a.txt', 'b.txt', 'old']);
  expect(await home.runs.undo(record.id, false)).toEqual([]);
});

test('a run’s line says whether it can be taken back, and clients hear when it was', async () => {
  const record = await run('file.move', { moves: [{ from: at('a.txt'), to: 'old/a.txt' }] });
  expect(summarizeRun(home.store, record).undo).toEqual({ changes: 1, state: 'possible' });
  expect(summarizeRun(home.store, await run('device.info', {})).undo).toBeUndefined();
  const before = home.told.length;
  await home.runs.undo(record.id, false);
  expect(home.told.slice(before)).toEqual([record.id]);
  expect(summarizeRun(home.store, record).undo).toEqual({ changes: 1, state: 'done' });
});

test('a saved page is taken back, unless the person worked on it', async () => {
  const save = () => run('page.save', { grant: grant.id, page: PAGE, markdown: MARKDOWN });
  const first = await save();
  await home.runs.undo(first.id, false);
  expect(home.files()).toEqual(['a.txt', 'b.txt', 'old']);
  const second = await save();
  appendFileSync(join(home.folder, 'On headgates.md'), 'mine');
  expect(await home.runs.undo(second.id, false)).toMatchObject([{ result: 'left' }]);
  expect(home.files()).toContain('On headgates.md');
});

test('trash and a new version, each a run of its own', async () => {
  const handles = createHandleStore(home.store, { run: (await run('device.info', {})).id, device: null }, () => home.clock.now);
  const facts = { size: 0, mtimeMs: 0, dev: 0, ino: 0 };
  const stale = handles.putFile({ grant: grant.id, path: 'a.txt', ...facts }, 'open').handle;
  const refused = await home.ended(
    home.runs.start({ recipe: 'file.write', input: { grant: grant.id, target: [stale], text: 'x' }, where: 'home', lends: true }),
  );
  expect(refused.state).toMatchObject({ status: 'failed' });
  expect(refused.state.steps[0]).toMatchObject({ status: 'failed', code: 'conflict' });
  const trashed = await run('file.trash', { target: [at('a.txt'), at('b.txt')] });
  expect(home.files()).toEqual(['old']);
  await home.runs.undo(trashed.id, false);
  expect(home.files()).toEqual(['a.txt', 'b.txt', 'old']);
  expect(readdirSync(join(home.base, 'share/Trash/info'))).toEqual([]);
});

test('a dry run of a recipe shows what it would do', async () => {
  const record = await run('file.move', { moves: [{ from: at('a.txt'), to: 'old/a.txt' }], dryRun: true });
  expect([home.files(), changed(record)]).toEqual([['a.txt', 'b.txt', 'old'], 0]);
});

test('a step that fails gives its changes back and says that nothing was changed', async () => {
  const record = await home.ended(
    home.runs.start({ recipe: 'file.move', input: { moves: [{ from: at('a.txt'), to: 'b.txt' }] }, where: 'home' }),
  );
  expect(record.state.steps[0]).toMatchObject({ status: 'failed', code: 'name_taken' });
  expect(changed(record)).toBe(0);
});

test('a change that a crash left open is settled at the next start, and can then be undone', async () => {
  const record = await run('file.move', {
    moves: [
      { from: at('a.txt'), to: 'old/a.txt' },
      { from: at('b.txt'), to: 'old/b.txt' },
    ],
  });
  home.store.run(`UPDATE changes SET state = 'intended' WHERE n = 2`);
  writeFileSync(join(home.folder, 'b.txt'), '');
  await home.restart();
  await home.runs.recover();
  expect(home.runs.journal.intended()).toEqual([]);
  expect(await home.runs.undo(record.id, false)).toMatchObject([{ result: 'beside' }, { result: 'undone' }]);
});

test('a run that goes on cannot be undone, and an unknown one is not found', async () => {
  const record = home.runs.start({ recipe: 'file.move', input: { moves: [{ from: at('a.txt'), to: 'old/a.txt' }] }, where: 'home' });
  await expect(home.runs.undo(record.id, false)).rejects.toMatchObject({ code: 'conflict', next: 'Cancel it first.' });
  await home.ended(record);
  await expect(home.runs.undo(`r_${'0'.repeat(32)}` as never, false)).rejects.toMatchObject({ code: 'run_not_found' });
});

test('the answer counts everything and shows first what a person has to know of', () => {
  const items = Array.from({ length: 10_000 }, (_, n) => ({
    change: n,
    result: n === 9_999 ? ('failed' as const) : ('undone' as const),
    says: `${n}`,
  }));
  const report = undoReport(`r_${'1'.repeat(32)}` as never, false, items);
  expect(NATIVE_METHODS['runs.undo'].result.parse(report)).toMatchObject({ undone: 9_999, failed: 1, more: 9_500 });
  expect(report.items[0]).toMatchObject({ result: 'failed' });
});

test('doctor says what the journal keeps', async () => {
  await run('file.move', { moves: [{ from: at('a.txt'), to: 'old/a.txt' }] });
  const linkState = () => ({ state: 'unpaired' as const, url: null, since: 0, models: [], roundTripMs: 0 });
  const checks = checkAgent({
    store: home.store,
    grants: home.grants,
    startedAt: 0,
    now: () => home.clock.now,
    linkState,
    activeRuns: () => 0,
  });
  expect(checks.find(({ id }) => id === 'gate.journal')).toMatchObject({
    status: 'ok',
    says: expect.stringMatching(
      /^1 change can be undone, the oldest of 2026-11-21; 0 old versions take up 0 bytes of 2 GB, kept for 30 days\.$/,
    ),
  });
});
