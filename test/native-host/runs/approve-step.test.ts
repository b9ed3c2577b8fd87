// Runs whose person wants to see each change first: what is shown, and that a yes covers exactly what was shown.
import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { showChange } from '../../../native-host/gate/show-change.ts';
import { HOST_OPS } from '../../../native-host/ops/registry.ts';
import type { RunRecord } from '../../../native-host/runs/log.ts';
import { createHandleStore } from '../../../native-host/state/handles.ts';
import type { Grant } from '../../../shared/gate/grants.ts';
import { makeId } from '../../../shared/ids.ts';
import { OPS } from '../../../shared/ops/catalogue.ts';
import type { ApprovalView } from '../../../shared/protocol/native.ts';
import { type Home, MARKDOWN, openHome, PAGE, until } from './home.ts';

let home: Home;
let grant: Grant;
beforeEach(() => {
  home = openHome();
  home.cloud.connected = false;
  grant = home.grant({ rights: ['read', 'write', 'trash'] });
});
afterEach(async () => {
  await home.close();
  expect(home.errors).toEqual([]);
});

const start = (recipe: string, input: Record<string, unknown>): RunRecord =>
  home.runs.start({ recipe, input, where: 'home', ask: 'changes', lends: true });
const question = (): Promise<ApprovalView> => until(() => home.approvals.list()[0]);
const detailOf = (view: ApprovalView) => showChange(home.store, home.approvals.find(view.id), home.clock.now);
const at = (path: string) => ({ grant: grant.id, path });

function handleOf(path: string): string {
  const { size, mtimeMs, dev, ino } = statSync(join(home.folder, path));
  const handles = createHandleStore(home.store, { run: makeId('r', randomBytes), device: null }, () => home.clock.now);
  return handles.putFile({ grant: grant.id, path, size, mtimeMs, dev, ino }, 'open').handle;
}

function startWrite(text: string): RunRecord {
  return start('file.write', { grant: grant.id, target: [handleOf('a.md')], text });
}

async function endOf(record: RunRecord) {
  const { state } = await home.ended(record);
  return state.steps[0];
}

describe('a new version of a file', () => {
  beforeEach(() => home.write('a.md', 'one\ntwo\nthree\n'));

  test('is asked about with its lines, and written after the yes', async () => {
    const record = startWrite('one\n2\nthree\n');
    const asked = await question();
    expect(asked).toMatchObject({
      kind: 'change',
      run: record.id,
      step: 'write',
      title: 'Write “a.md” in Notes?',
      bytes: 12,
      items: ['Write “a.md” in Notes'],
    });
    expect(detailOf(asked)).toEqual({
      parts: [{ says: 'Write “a.md” in Notes' }],
      more: 0,
      lines: [
        { part: 0, sign: ' ', excerpt: 'one' },
        { part: 0, sign: '-', excerpt: 'two' },
        { part: 0, sign: '+', excerpt: '2' },
        { part: 0, sign: ' ', excerpt: 'three' },
      ],
      cut: 0,
    });
    expect(home.read('a.md')).toBe('one\ntwo\nthree\n');
    home.approvals.answer(asked.id, 'once');
    expect(await endOf(record)).toMatchObject({ status: 'succeeded' });
    expect(home.read('a.md')).toBe('one\n2\nthree\n');
  });

  test('is not written after a no', async () => {
    const record = startWrite('other\n');
    home.approvals.answer((await question()).id, 'no');
    expect(await endOf(record)).toMatchObject({ status: 'refused', code: 'approval_denied' });
    expect(home.read('a.md')).toBe('one\ntwo\nthree\n');
  });

  test.each([
    ['changed', () => home.write('a.md', 'one\ntwo\nfour!\n')],
    ['touched', () => utimesSync(join(home.folder, 'a.md'), 1, 1)],
  ])('of a file that was %s after the question is not written', async (_what, meddle) => {
    const record = startWrite('other\n');
    const asked = await question();
    meddle();
    const before = home.read('a.md');
    home.approvals.answer(asked.id, 'once');
    expect(await endOf(record)).toMatchObject({
      status: expect.stringMatching(/refused|failed/),
      code: expect.stringMatching(/approval_changed|conflict/),
    });
    expect(home.read('a.md')).toBe(before);
  });

  test('of what is not text says that it cannot be shown, and takes no yes in advance', async () => {
    home.write('a.md', 'a\u0000b');
    const record = startWrite('text\n');
    const asked = await question();
    expect(asked.uninspectable).toMatch(/not text/);
    expect(detailOf(asked).parts[0]?.uninspectable).toBe(asked.uninspectable);
    expect(() => home.approvals.answer(asked.id, 'run')).toThrow(expect.objectContaining({ code: 'forbidden' }));
    home.approvals.answer(asked.id, 'once');
    expect(await endOf(record)).toMatchObject({ status: 'succeeded' });
  });

  test('with more lines than can be shown says how many are not', async () => {
    startWrite('x\n'.repeat(1_000));
    const asked = await question();
    expect(asked.uninspectable).toMatch(/^8\d\d more differing lines/);
    expect(detailOf(asked).cut).toBeGreaterThan(800);
  });

  test('shows of a file only what a screen may show on a day', async () => {
    home.write('a.md', ['a', 'b', 'c', 'd'].map((letter) => `${letter.repeat(100)}\n`).join(''));
    startWrite('b\n');
    const asked = await question();
    const shown = detailOf(asked).lines.map(({ excerpt }) => excerpt);
    expect(shown.filter((line) => line.startsWith('(today’s limit')).length).toBeGreaterThan(0);
    expect(detailOf(asked).lines.map(({ excerpt }) => excerpt)).toEqual(shown);
  });

  test('that cannot be done is refused without a question', async () => {
    writeFileSync(join(home.folder, 'b.md'), '');
    const record = start('file.move', { moves: [{ from: at('a.md'), to: 'b.md' }] });
    expect(await endOf(record)).toMatchObject({ status: 'failed', code: 'name_taken' });
    expect(home.approvals.list()).toEqual([]);
  });
});

describe('moves and trash', () => {
  test('are shown by whole names with what is hidden in them made visible', async () => {
    home.write('a\u202Egpj.txt', 'x');
    mkdirSync(join(home.folder, 'Old'));
    const record = start('file.move', { moves: [{ from: at('a\u202Egpj.txt'), to: 'Old/b.txt' }] });
    const asked = await question();
    expect(asked.title).toBe('Move “a‹U+202E›gpj.txt” in Notes to “Old/b.txt” in Notes?');
    expect(asked).not.toHaveProperty('uninspectable');
    home.approvals.answer(asked.id, 'once');
    expect(await endOf(record)).toMatchObject({ status: 'succeeded' });
  });

  test('of many files are listed and counted, and bind what each file is', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `${index}.txt`);
    for (const name of names) home.write(name, name);
    const record = start('file.trash', { target: names.map(at) });
    const asked = await question();
    expect(asked).toMatchObject({ title: 'Make 60 changes to your files?', more: 48 });
    const detail = detailOf(asked);
    expect(detail.parts).toHaveLength(50);
    expect(detail.parts[0]).toEqual({ says: 'Put “0.txt” in Notes in the trash' });
    expect(detail.more).toBe(10);
    home.write('37.txt', 'changed since');
    home.approvals.answer(asked.id, 'once');
    expect(await endOf(record)).toMatchObject({ status: 'refused', code: 'approval_changed' });
    expect(home.files()).toHaveLength(60);
  });

  test('a place that was taken meanwhile is noticed', async () => {
    home.write('a.txt', 'x');
    const record = start('file.move', { moves: [{ from: at('a.txt'), to: 'b.txt' }] });
    const asked = await question();
    home.write('b.txt', 'theirs');
    home.approvals.answer(asked.id, 'once');
    expect(await endOf(record)).toMatchObject({ code: expect.stringMatching(/name_taken|approval_changed/) });
    expect(home.read('b.txt')).toBe('theirs');
  });
});

test('opening a file says that nobody can tell what its program does, and is never approved in advance', async () => {
  home.write('a.md', 'x');
  start('file.open', { target: [handleOf('a.md')] });
  const asked = await question();
  expect(asked.title).toBe('Open “a.md” in Notes with the program that this computer uses for such files?');
  expect(asked.uninspectable).toMatch(/may send, and cannot be undone/);
  home.approvals.answer(asked.id, 'no');
});

test('a run that reads and makes text asks nothing but for the file it writes', async () => {
  home.write('a.md', 'The water of the river is shared by agreement.');
  const record = start('folder.digest', { grant: grant.id });
  const asked = await question();
  expect(asked).toMatchObject({ kind: 'change', step: 'file', title: expect.stringMatching(/^Create “Digest .*\.md” in Notes\?$/) });
  expect(detailOf(asked).lines.every(({ sign }) => sign === '+' || sign === ' ')).toBe(true);
  home.approvals.answer(asked.id, 'once');
  expect((await home.ended(record)).state.status).toBe('succeeded');
});

test('a question about a change outlives the agent, with what it shows, and a yes given meanwhile is used', async () => {
  home.write('a.md', 'one\n');
  const record = startWrite('two\n');
  const asked = await question();
  const shown = detailOf(asked);
  await home.restart({ leave: true });
  expect(home.approvals.list()).toEqual([asked]);
  expect(detailOf(asked)).toEqual(shown);
  home.approvals.answer(asked.id, 'once');
  await home.runs.recover();
  expect(await endOf(record)).toMatchObject({ status: 'succeeded' });
  expect(home.read('a.md')).toBe('two\n');
});

test('a run that a person simply starts asks nothing inside its plan', async () => {
  home.write('a.md', 'one\n');
  const record = home.runs.start({
    recipe: 'file.write',
    input: { grant: grant.id, target: [handleOf('a.md')], text: 'two\n' },
    where: 'home',
    lends: true,
  });
  expect(await endOf(record)).toMatchObject({ status: 'succeeded' });
  expect(home.store.all('SELECT 1 FROM approvals')).toEqual([]);
});

test('every op that changes, opens or starts something can be looked ahead at', () => {
  for (const [op, row] of Object.entries(HOST_OPS)) {
    const { changes, idempotent } = OPS[op as keyof typeof OPS];
    expect('foresee' in row, op).toBe(changes || !idempotent);
  }
});

test('of a move both ends are shown, however long its paths are', async () => {
  const deep = ['a', 'b', 'c'].map((letter) => letter.repeat(240)).join('/');
  mkdirSync(join(home.folder, deep), { recursive: true });
  home.write(`${deep}/diary.md`, 'x');
  const record = start('file.move', { moves: [{ from: at(`${deep}/diary.md`), to: 'public.md' }] });
  const asked = await question();
  expect(asked.title).toMatch(/^Move “….*diary\.md” in Notes to “public\.md” in Notes\?$/);
  expect([...asked.items, ...detailOf(asked).parts.map(({ says }) => says)]).toEqual(
    Array.from({ length: 2 }, () => expect.stringMatching(/diary\.md” in Notes to “public\.md” in Notes$/)),
  );
  home.approvals.answer(asked.id, 'no');
  await endOf(record);
});

test('a run that its cloud calls over is not taken back while a step of it is at work', async () => {
  home.cloud.connected = true;
  const input = { grant: grant.id, page: PAGE, markdown: MARKDOWN };
  const record = home.runs.start({ recipe: 'page.save', input, where: 'auto', ask: 'changes', lends: true });
  for (const step of ['tags', 'summary', 'clip']) await home.assign(record, step);
  home.begin(record, 'file');
  const asked = await question();
  home.tell(record, [{ type: 'run.finished', status: 'succeeded' }]);
  expect(home.runs.log.get(record.id).state.status).toBe('succeeded');
  await expect(home.runs.undo(record.id, false)).rejects.toMatchObject({ code: 'conflict' });
  home.approvals.answer(asked.id, 'once');
  await until(() => home.files().length > 0 || undefined);
  await until(() => home.cloud.ended('file'));
  expect(await home.runs.undo(record.id, false)).toMatchObject([{ result: 'undone' }]);
  expect(home.files()).toEqual([]);
});
