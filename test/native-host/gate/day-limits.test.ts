import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Excerpt, limitShown, purgeLimits, QUERIES_PER_DAY, spendQuery } from '../../../native-host/gate/day-limits.ts';
import type { RunId } from '../../../shared/ids.ts';
import { at, change, undo, writeText } from '../support/changing.ts';
import { grantFolder, type Granted } from '../support/granted.ts';

const DAY = 24 * 3600_000;
const NOW = Date.UTC(2026, 10, 21, 12);
let granted: Granted;
beforeEach(() => {
  granted = grantFolder();
});
afterEach(() => granted[Symbol.dispose]());

function excerptsOf(path: string, size: number, count: number, from = 0): Excerpt[] {
  const { handle } = granted.context.handles.putFile({ grant: granted.grant.id, path, size, mtimeMs: 0, dev: 1, ino: path.length }, 'open');
  return Array.from({ length: count }, (_, at) => ({
    of: handle,
    line: at,
    excerpt: `${from + at}`.padEnd(100, '.'),
  }));
}

const refused = (texts: readonly string[]) => texts.filter((text) => text.startsWith('(today’s limit'));

test('excerpts of one file on one day do not add up to more than half of it', () => {
  expect(refused(limitShown(granted.store, excerptsOf('a.md', 1000, 5), NOW))).toEqual([]);
  expect(refused(limitShown(granted.store, excerptsOf('a.md', 1000, 3, 5), NOW))).toHaveLength(3);
});

test('what was shown before is shown again and counts once', () => {
  for (let again = 0; again < 20; again += 1) expect(refused(limitShown(granted.store, excerptsOf('a.md', 1000, 5), NOW))).toEqual([]);
});

test('another file and another day have limits of their own', () => {
  limitShown(granted.store, excerptsOf('a.md', 1000, 5), NOW);
  expect(refused(limitShown(granted.store, excerptsOf('other.md', 1000, 5), NOW))).toEqual([]);
  expect(refused(limitShown(granted.store, excerptsOf('a.md', 1000, 5, 5), NOW + DAY))).toEqual([]);
});

test.each([
  ['put back by undo', async (first: RunId) => void (await undo(granted, first)), 'a.md'],
  [
    'put back beside a later version',
    async (first: RunId) => {
      await writeText(granted, 'fs.write', 'a.md', 'newer');
      await undo(granted, first);
    },
    'a (before Headgate).md',
  ],
  [
    'moved and put back',
    async (first: RunId) => {
      await undo(granted, first);
      await change(granted, 'fs.move', { moves: [{ from: at(granted, 'a.md'), to: 'b.md' }] });
    },
    'b.md',
  ],
])('a file that was written anew and %s has no limit of its own', async (_how, putBack, path) => {
  const really = (name: string, from: number): Excerpt[] =>
    Array.from({ length: 5 }, (_, line) => ({ of: granted.handleOf(name), line, excerpt: `${from + line}`.padEnd(100, '.') }));
  granted.write('a.md', '.'.repeat(1000));
  expect(refused(limitShown(granted.store, really('a.md', 0), NOW))).toEqual([]);
  const { run } = await writeText(granted, 'fs.write', 'a.md', 'new');
  await putBack(run);
  expect(readFileSync(join(granted.folder, path), 'utf8')).toBe('.'.repeat(1000));
  expect(refused(limitShown(granted.store, really(path, 5), NOW))).toHaveLength(5);
});

test('names of files are no excerpts', () => {
  const named = excerptsOf('a.md', 0, 50).map((excerpt) => ({ ...excerpt, line: null }));
  expect(refused(limitShown(granted.store, named, NOW))).toEqual([]);
});

test('searches beyond a day’s are refused, and the next day starts anew', () => {
  granted.store.run('INSERT INTO queries (day, count) VALUES (?, ?)', '2026-11-21', QUERIES_PER_DAY - 1);
  spendQuery(granted.store, NOW);
  expect(() => spendQuery(granted.store, NOW)).toThrow(
    expect.objectContaining({ code: 'budget_spent', message: 'More than 5000 searches were made today (UTC).' }),
  );
  spendQuery(granted.store, NOW + DAY);
});

test('old days are forgotten', () => {
  limitShown(granted.store, excerptsOf('a.md', 1000, 1), NOW);
  spendQuery(granted.store, NOW);
  purgeLimits(granted.store, NOW + 5 * DAY);
  expect([granted.store.all('SELECT 1 FROM shown'), granted.store.all('SELECT 1 FROM queries')]).toEqual([[], []]);
});
