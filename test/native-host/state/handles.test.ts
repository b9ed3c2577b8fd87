import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createHandleStore, fileBehind, HANDLE_LIFE_MS, lendFile, readAnyHandle, readHandle } from '../../../native-host/state/handles.ts';
import { MIGRATIONS } from '../../../native-host/state/migrations.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import { type DeviceId, type HandleId, makeId } from '../../../shared/ids.ts';
import { grantFolder } from '../support/granted.ts';

const DEVICE = `d_${'1'.repeat(32)}` as DeviceId;
const OTHER_DEVICE = `d_${'2'.repeat(32)}` as DeviceId;

function refusalOf(act: () => unknown): { code: string; message: string; next: string | undefined } {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof HeadgateError) return { code: thrown.code, message: thrown.message, next: thrown.next };
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

test('a handle of another run or another device is refused exactly as one that never was', () => {
  using granted = grantFolder();
  const { store, grant } = granted;
  const now = () => 1_000;
  const own = { run: makeId('r', randomBytes), device: DEVICE };
  const handles = createHandleStore(store, own, now);
  const file = handles.putFile({ grant: grant.id, path: 'a.txt', size: 1, mtimeMs: 0, dev: 1, ino: 1 }, 'open').handle;
  const text = handles.putText('text', 'a secret', 'open', file).handle;
  const unknown = refusalOf(() => readHandle(store, own, makeId('h', randomBytes) as HandleId, 1_000));
  expect(unknown.code).toBe('handle_not_found');
  for (const scope of [
    { run: makeId('r', randomBytes), device: DEVICE },
    { ...own, device: OTHER_DEVICE },
    { ...own, device: null },
  ]) {
    const others = createHandleStore(store, scope, now);
    for (const id of [file, text]) {
      expect(refusalOf(() => others.get(id))).toEqual(unknown);
      expect(refusalOf(() => others.text(id))).toEqual(unknown);
    }
  }
  expect(handles.text(text)).toBe('a secret');
  expect(refusalOf(() => readHandle(store, own, text, 1_000 + HANDLE_LIFE_MS))).toEqual(unknown);
});

test('what the person asks finds a handle whichever run made it, until it expires', () => {
  using granted = grantFolder();
  const { handle } = granted.context.handles.putText('text', 'mine', 'open');
  expect(readAnyHandle(granted.store, handle, granted.context.now()).text).toBe('mine');
  expect(refusalOf(() => readAnyHandle(granted.store, handle, granted.context.now() + HANDLE_LIFE_MS)).code).toBe('handle_not_found');
});

test('a file is lent to a run under a handle of its own, for as long as the first lasts; a text never', () => {
  using granted = grantFolder();
  granted.write('a.txt', 'heron');
  const now = granted.context.now();
  const [file, text] = [granted.handleOf('a.txt'), granted.context.handles.putText('text', 'heron', 'open').handle];
  const to = { run: makeId('r', randomBytes), device: DEVICE };
  const lent = lendFile(granted.store, to, file, now);
  expect(lent).not.toBe(file);
  const { id: _one, ...first } = readAnyHandle(granted.store, file, now);
  const { id: _two, ...second } = readHandle(granted.store, to, lent, now);
  expect(second).toEqual(first);
  expect(refusalOf(() => readHandle(granted.store, to, file, now)).code).toBe('handle_not_found');
  expect(refusalOf(() => readHandle(granted.store, to, lent, now + HANDLE_LIFE_MS)).code).toBe('handle_not_found');
  expect(refusalOf(() => lendFile(granted.store, to, text, now)).code).toBe('handle_not_found');
});

test('the file behind a text is found within its run, and a chain that leads to another run ends there', () => {
  using granted = grantFolder();
  const now = granted.context.now();
  const file = granted.handleOf('a.txt');
  const text = granted.context.handles.putText('text', 'x', 'open', file).handle;
  const answer = granted.context.handles.putText('answer', '{}', 'open', text).handle;
  expect(fileBehind(granted.store, granted.context.handles.get(answer), now)).toMatchObject({ path: 'a.txt' });
  const others = createHandleStore(granted.store, { run: makeId('r', randomBytes), device: null }, () => now);
  const stolen = others.putText('text', 'x', 'open', file).handle;
  expect(fileBehind(granted.store, others.get(stolen), now)).toBeNull();
});

test('a run that had to end keeps no text any more, and still gets handles on what it changed', () => {
  using granted = grantFolder();
  const abort = new AbortController();
  const scope = { run: makeId('r', randomBytes), device: null };
  const handles = createHandleStore(granted.store, scope, () => 1_000, abort.signal);
  abort.abort();
  expect(refusalOf(() => handles.putText('text', 'read too late', 'open')).code).toBe('cancelled');
  expect(handles.putFile({ grant: granted.grant.id, path: 'a', size: 1, mtimeMs: 0, dev: 1, ino: 1 }, 'open').handle).toMatch(/^h_/);
});

test('handles from before they were bound belong afterwards to the device and the grant that they were of', () => {
  using granted = grantFolder();
  const { store } = granted;
  const id = granted.handleOf('a.txt');
  const { run } = granted.context;
  const state = JSON.stringify({ spec: { device: DEVICE } });
  store.run(
    `INSERT INTO runs (id, recipe, title, input, warrant, state, status, writer, created_at) VALUES (?, 'x', 'x', '{}', '{}', ?, 'running', 'home', 1)`,
    run,
    state,
  );
  for (const index of ['handles_by_run', 'handles_by_source']) store.run(`DROP INDEX ${index}`);
  for (const column of ['device', 'grant_id', 'name']) store.run(`ALTER TABLE handles DROP COLUMN ${column}`);
  store.run('ALTER TABLE runs DROP COLUMN names');
  const at = MIGRATIONS.findIndex((steps) => steps.some((step) => step.includes('handles ADD COLUMN device')));
  for (const step of MIGRATIONS[at] ?? []) store.run(step);
  expect(readHandle(store, { run, device: DEVICE }, id, granted.context.now()).file).toMatchObject({ path: 'a.txt' });
  expect(createHandleStore(store, { run, device: DEVICE }, granted.context.now).filesIn(granted.grant.id)).toBe(1);
});
