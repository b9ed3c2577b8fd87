// What becomes of a step when somebody else acts while it pauses: between many changes, and within one large file.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rememberRevoked, withGrantedAgain } from '../../../native-host/gate/granted-again.ts';
import { undoChanges } from '../../../native-host/journal/undo.ts';
import type { OpContext } from '../../../native-host/ops/op.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import { at, nextRun } from '../support/changing.ts';
import { grantFolder, type Granted } from '../support/granted.ts';
import { codeOf } from '../support/op-outputs.ts';
import { performOp } from '../support/perform-op.ts';

/** More than are done between two pauses. */
const MANY = 300;
/** More than is copied between two pauses. */
const LARGE_BYTES = 40_000_000;

let granted: Granted;
let abort: AbortController;
let context: OpContext;
beforeEach(() => {
  granted = grantFolder({ rights: ['read', 'write', 'trash'] });
  abort = new AbortController();
  context = { ...nextRun(granted), signal: abort.signal };
});
afterEach(() => {
  vi.unstubAllEnvs();
  granted[Symbol.dispose]();
});

const names = (path = '') => readdirSync(join(granted.folder, path));
const states = () => context.journal.ofRun(context.run).map(({ state }) => state);
const cancel = () => abort.abort(new HeadgateError('cancelled', 'Cancelled.'));

async function until(happened: () => boolean): Promise<void> {
  for (let turn = 0; !happened(); turn += 1) {
    expect(turn).toBeLessThan(100_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Begins a step of many moves, and comes back at its first pause. */
async function moveMany(): Promise<{ moving: ReturnType<typeof performOp> }> {
  mkdirSync(join(granted.folder, 'to'));
  const moves = Array.from({ length: MANY }, (_, index) => {
    granted.write(`${index}.txt`, `${index}`);
    return { from: at(granted, `${index}.txt`), to: `to/${index}.txt` };
  });
  const moving = performOp('fs.move', { moves }, context);
  moving.catch(() => undefined);
  await until(() => names('to').length > 0);
  expect(names('to').length).toBeLessThan(MANY);
  return { moving };
}

/** Begins to copy a large file, and comes back at its first pause. */
async function copyLarge(): Promise<{ copying: ReturnType<typeof performOp> }> {
  granted.write('large', Buffer.alloc(LARGE_BYTES, 'of this file '));
  const copying = performOp('fs.copy', { target: [at(granted, 'large')], ...at(granted, 'copy') }, context);
  copying.catch(() => undefined);
  await until(() => names().length > 1);
  return { copying };
}

const undoAll = () =>
  undoChanges({ journal: context.journal, grants: withGrantedAgain(granted.store, granted.grants), now: context.now }, context.run);

test('what was done while the person took the folder back is noted, and can be undone', async () => {
  const { moving } = await moveMany();
  rememberRevoked(granted.store, granted.grants, granted.grant.id);
  granted.grants.revoke(granted.grant.id);
  expect((await moving).outputs).toEqual([]);
  expect(new Set(states())).toEqual(new Set(['done']));
  granted.grants.add({ folder: granted.folder, rights: ['write'], label: 'open' });
  await undoAll();
  expect([names('to'), names().length]).toEqual([[], MANY + 1]);
});

test('a step of many changes that is cancelled ends at its next pause, and what it did can be undone', async () => {
  const { moving } = await moveMany();
  const moved = names('to').length;
  cancel();
  expect(await codeOf(moving)).toBe('cancelled');
  expect([names('to').length, states().filter((state) => state === 'done').length]).toEqual([moved, moved]);
  await undoAll();
  expect([names('to'), names().length]).toEqual([[], MANY + 1]);
});

test('of more changes than there are handles to give, that some are not shown is only said where any are', async () => {
  vi.stubEnv('XDG_DATA_HOME', join(granted.base, 'share'));
  const all = Array.from({ length: 1_001 }, (_, index) => `${index}.txt`);
  for (const name of all) granted.write(name, name);
  const trashed = await performOp('fs.trash', { target: all.map((name) => at(granted, name)) }, context);
  expect(trashed).toEqual({ outputs: [] });
  const changes = context.journal.ofRun(context.run).map(({ n }) => n);
  const restored = await performOp('fs.restore', { changes }, context);
  expect([restored.outputs.length, restored.note]).toEqual([1_000, '1001 changes; the first 1000 are shown']);
});

test('a step of many changes that is cancelled while they are looked at changes none', async () => {
  vi.stubEnv('XDG_DATA_HOME', join(granted.base, 'share'));
  const all = Array.from({ length: 501 }, (_, index) => `${index}.txt`);
  for (const name of all) granted.write(name, name);
  await performOp('fs.trash', { target: all.map((name) => at(granted, name)) }, context);
  setImmediate(cancel);
  expect(await codeOf(performOp('fs.restore', { changes: context.journal.ofRun(context.run).map(({ n }) => n) }, context))).toBe(
    'cancelled',
  );
  expect(names()).toEqual([]);
});

test('a large file whose copy is cancelled is not copied to its end, and nothing is left of it', async () => {
  const { copying } = await copyLarge();
  cancel();
  expect(await codeOf(copying)).toBe('cancelled');
  expect([names(), states()]).toEqual([['large'], ['nothing']]);
});

test('a step that runs out of time says so, and not that it was cancelled', async () => {
  const { copying } = await copyLarge();
  abort.abort(new DOMException('too long', 'TimeoutError'));
  await expect(copying).rejects.toHaveProperty('name', 'TimeoutError');
  expect([names(), states()]).toEqual([['large'], ['nothing']]);
});
