import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSent, purgeSentDays, readSentOf } from '../../../native-host/mcp/sent.ts';

const DAY_MS = 24 * 3600_000;
const AT = Date.UTC(2026, 10, 21, 12);
const HASH = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-sent-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const days = () => readdirSync(folder).sort();

test('texts are had again to the letter, by hash and day, also after a restart and behind a torn line', () => {
  const texts = [`ä "quoted" line\nand {"hash":"${OTHER}",`, '\ud83d\ude00\u202e'];
  const first = openSent(folder);
  first.keep(HASH, texts, AT);
  first.close();
  appendFileSync(join(folder, 'sent-2026-11-21.jsonl'), '{"hash":"torn');
  const second = openSent(folder);
  second.keep(OTHER, ['other'], AT + 1);
  second.close();
  expect(readSentOf(folder, HASH, AT)).toEqual(texts);
  expect(readSentOf(folder, OTHER, AT)).toEqual(['other']);
  expect(readSentOf(folder, HASH, AT + DAY_MS)).toBeNull();
});

test('a text that goes again is kept once a day', () => {
  const sent = openSent(folder, 400);
  for (let time = 0; time < 50; time += 1) sent.keep(HASH, ['x'.repeat(100)], AT + time);
  sent.keep(HASH, ['x'.repeat(100)], AT + DAY_MS);
  sent.close();
  expect(days()).toEqual(['sent-2026-11-21.jsonl', 'sent-2026-11-22.jsonl']);
  expect(readSentOf(folder, HASH, AT + DAY_MS)).toEqual(['x'.repeat(100)]);
});

test('past the cap the oldest days go, and of one day what comes last is not kept', () => {
  const sent = openSent(folder, 600);
  sent.keep(HASH, ['x'.repeat(300)], AT);
  sent.keep(HASH, ['x'.repeat(300)], AT + DAY_MS);
  sent.keep(OTHER, ['y'.repeat(300)], AT + DAY_MS);
  sent.close();
  expect(days()).toEqual(['sent-2026-11-22.jsonl']);
  expect(readSentOf(folder, HASH, AT + DAY_MS)).toHaveLength(1);
  expect(readSentOf(folder, OTHER, AT + DAY_MS)).toBeNull();
});

test('a day is kept for thirty days after its end', () => {
  const sent = openSent(folder);
  sent.keep(HASH, ['x'], AT);
  sent.close();
  purgeSentDays(folder, AT + 30 * DAY_MS);
  expect(days()).toHaveLength(1);
  purgeSentDays(folder, AT + 31 * DAY_MS);
  expect(days()).toEqual([]);
});
