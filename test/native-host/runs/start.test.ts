import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHandleStore, readAnyHandle } from '../../../native-host/state/handles.ts';
import type { Grant } from '../../../shared/gate/grants.ts';
import type { HandleMeta } from '../../../shared/handles.ts';
import { type Home, MARKDOWN, openHome, PAGE, START } from './home.ts';

let home: Home;
let grant: Grant;
beforeEach(() => {
  home = openHome();
  grant = home.grant({ label: 'ask' });
});
afterEach(() => home.close());

const save = (more: object = {}) =>
  home.runs.start({ recipe: 'page.save', input: { grant: grant.id, page: PAGE, markdown: MARKDOWN, ...more }, where: 'auto' });

test('a started run has its first event, its warrant and its line for the cloud', () => {
  const record = save();
  expect(record).toMatchObject({
    recipe: 'page.save',
    title: 'Save page: On headgates',
    writer: 'cloud',
    state: { seq: 1, epoch: 1, status: 'running' },
  });
  expect(home.runs.log.events(record.id, 0, 9).map((event) => event.type)).toEqual(['run.created']);
  expect(home.store.all('SELECT run, method FROM outbox')).toEqual([{ run: record.id, method: 'run.submit' }]);
});

test('the warrant names the plan’s ops and grants and no more', () => {
  expect(save().warrant).toMatchObject({
    ops: ['text.keywords', 'text.summarize', 'page.clip', 'fs.create'],
    grants: [grant.id],
    egressBytes: 2_000_000,
    changes: 1,
    expiresAt: START + 24 * 3600_000,
  });
});

test('the plan that the cloud gets holds no content', () => {
  const { spec } = save().state;
  const sent = JSON.stringify(spec);
  for (const secret of ['headgates', 'example.org', 'Farmers', home.folder, 'Notes']) expect(sent).not.toContain(secret);
});

test('a text of the input becomes a handle with the label of its grant', () => {
  const record = save();
  const meta = record.state.spec.inputs.markdown as HandleMeta;
  expect(meta).toMatchObject({ kind: 'clip', label: 'ask', size: 512 });
  expect(record.input.markdown).toEqual([meta.handle]);
  expect(readAnyHandle(home.store, meta.handle, home.clock.now).text).toBe(MARKDOWN);
});

test('a handle is no longer kept after a week', () => {
  const meta = createHandleStore(home.store, { run: save().id, device: null }, () => home.clock.now).putText('text', 'x', 'open');
  expect(() => readAnyHandle(home.store, meta.handle, START + 7 * 24 * 3600_000)).toThrow(
    expect.objectContaining({ code: 'handle_not_found' }),
  );
});

test('without the cloud the same run is driven at home', () => {
  home.cloud.connected = false;
  expect(save()).toMatchObject({ writer: 'home', state: { spec: { driver: 'home' } } });
});

test.each([
  [{ recipe: 'disk.format', input: {} }, 'not_found', 'There is no recipe disk.format.'],
  [{ recipe: 'page.save', input: {} }, 'invalid_params', 'Save a page as Markdown: grant is missing.'],
  [
    { recipe: 'page.save', input: { grant: `g_${'9'.repeat(32)}`, page: PAGE, markdown: 'x' } },
    'grant_not_found',
    'That folder or command is not allowed any more.',
  ],
  [{ recipe: 'device.info', input: { extra: 1 } }, 'invalid_params', 'Say what this device is: '],
])('%j is refused', (request, code, message) => {
  expect(() => home.runs.start({ ...request, where: 'auto' })).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is no recipe', (recipe) => {
  expect(() => home.runs.start({ recipe, input: {}, where: 'auto' })).toThrow(expect.objectContaining({ code: 'not_found' }));
});

test('a page above the limit is refused as too large', () => {
  expect(() => save({ markdown: 'x'.repeat(4_000_001) })).toThrow(expect.objectContaining({ code: 'too_large' }));
});

test('a refused start leaves nothing behind', () => {
  expect(() => save({ grant: `g_${'9'.repeat(32)}` })).toThrow();
  expect(
    home.store.get(
      'SELECT (SELECT count(*) FROM runs) AS runs, (SELECT count(*) FROM handles) AS handles, (SELECT count(*) FROM outbox) AS outbox',
    ),
  ).toEqual({ runs: 0, handles: 0, outbox: 0 });
});

test('more runs than can be under way are refused', () => {
  for (let count = 0; count < 100; count++) save();
  expect(() => save()).toThrow(expect.objectContaining({ code: 'busy', message: '100 runs are already under way.' }));
});

test('only the person’s own start reaches files of an earlier run: to anyone else their handles are not there', async () => {
  const { id } = home.grant();
  home.write('a.md', 'x');
  const { size, mtimeMs, dev, ino } = statSync(join(home.folder, 'a.md'));
  const handles = createHandleStore(home.store, { run: save().id, device: null }, () => home.clock.now);
  const { handle } = handles.putFile({ grant: id, path: 'a.md', size, mtimeMs, dev, ino }, 'open');
  const request = { recipe: 'file.move', input: { moves: [{ from: handle, to: 'b.md' }] }, where: 'home' } as const;
  const stranger = await home.ended(home.runs.start(request));
  expect(stranger.state.steps).toMatchObject([{ status: 'failed', code: 'handle_not_found' }]);
  expect(home.files()).toEqual(['a.md']);
  const own = await home.ended(home.runs.start({ ...request, lends: true }));
  expect(own.state.steps).toMatchObject([{ status: 'succeeded' }]);
  expect(JSON.stringify(own.input)).not.toContain(handle);
  expect(home.files()).toEqual(['b.md']);
  const gone = { ...request, input: { moves: [{ from: `h_${'0'.repeat(32)}`, to: 'c.md' }] }, lends: true };
  expect(() => home.runs.start(gone)).toThrow('no longer kept');
});
