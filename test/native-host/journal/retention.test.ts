import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { journalUsage, KEEP_MS, makeRoom, purgeJournal } from '../../../native-host/journal/retention.ts';
import { grantFolder, type Granted } from '../support/granted.ts';
import { undo, writeText } from '../support/changing.ts';

let granted: Granted;
beforeEach(() => {
  granted = grantFolder();
});
afterEach(() => granted[Symbol.dispose]());

const images = () => readdirSync(join(granted.home, 'pre-images'));
const purge = (now: number, maxBytes?: number) => purgeJournal(granted.store, granted.context.journal.preImages, now, maxBytes);

async function writeOver(name: string, old: string) {
  granted.write(name, old);
  return (await writeText(granted, 'fs.write', name, 'new')).run;
}

test('what is younger than thirty days is kept, what is older goes with its old version', async () => {
  const run = await writeOver('a.txt', 'old');
  purge(granted.context.now() + KEEP_MS - 1);
  expect([images().length, journalUsage(granted.store)]).toMatchObject([1, { changes: 1, images: 1, bytes: 3, unsettled: 0 }]);
  purge(granted.context.now() + KEEP_MS + 1);
  expect([images(), journalUsage(granted.store)]).toMatchObject([[], { changes: 0, images: 0, bytes: 0, oldest: null }]);
  expect(await undo(granted, run)).toEqual([]);
});

test('above the cap the oldest go first', async () => {
  await writeOver('a.txt', 'first old one');
  granted.store.run('UPDATE pre_images SET kept_at = 1');
  const second = await writeOver('b.txt', 'second');
  purge(granted.context.now(), 10);
  expect(journalUsage(granted.store)).toMatchObject({ changes: 2, images: 1, bytes: 6 });
  expect(await undo(granted, second)).toMatchObject([{ result: 'undone' }]);
});

test('what a crash left in the store without a row goes, also when it is half a file', async () => {
  await writeOver('a.txt', 'old');
  mkdirSync(join(granted.home, 'pre-images'), { recursive: true });
  for (const name of ['0123456789abcdef01234567.tmp', 'f'.repeat(64)]) writeFileSync(join(granted.home, 'pre-images', name), 'half');
  purge(granted.context.now());
  expect(images()).toHaveLength(1);
});

test('a version that a change under way needs does not go', async () => {
  await writeOver('a.txt', 'old');
  granted.store.run(
    `INSERT INTO runs (id, recipe, title, input, warrant, state, status, writer, created_at) SELECT run, '', '', '', '', '', 'running', 'home', 0 FROM changes`,
  );
  expect(makeRoom(granted.store, granted.context.journal.preImages, 1)).toBe(0);
  expect(images()).toHaveLength(1);
});

test('a change that is not settled is never forgotten', async () => {
  await writeOver('a.txt', 'old');
  granted.store.run(`UPDATE changes SET state = 'intended'`);
  purge(granted.context.now() + 2 * KEEP_MS);
  expect([granted.context.journal.intended().length, images().length]).toEqual([1, 1]);
  expect(existsSync(join(granted.folder, 'a.txt'))).toBe(true);
});

test('so does one that a session of another program needs, whose runs are not kept here', async () => {
  await writeOver('a.txt', 'old');
  granted.store.run(`UPDATE changes SET state = 'intended'`);
  expect(makeRoom(granted.store, granted.context.journal.preImages, 1)).toBe(0);
  expect(images()).toHaveLength(1);
});
