// What was made of a grant's files goes with the grant, and nothing that was staged of them leaves any more.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listReceipts } from '../../../native-host/gate/ledger.ts';
import { purgeUnreachable } from '../../../native-host/gate/purge.ts';
import { readSent } from '../../../native-host/gate/sent-texts.ts';
import { resultOf } from '../../../native-host/runs/result.ts';
import { type RunRecord, scopeOf } from '../../../native-host/runs/log.ts';
import { createHandleStore, readAnyHandle } from '../../../native-host/state/handles.ts';
import type { Grant, Narrowing } from '../../../shared/gate/grants.ts';
import type { Label } from '../../../shared/gate/labels.ts';
import type { RequestId, RunId } from '../../../shared/ids.ts';
import type { Report } from '../../../shared/run/events.ts';
import { type Home, MARKDOWN, openHome, until } from '../runs/home.ts';

let home: Home;
beforeEach(() => {
  home = openHome();
});
afterEach(() => home.close());

const MAIL = 'ada.lovelace@riverbank-press.com';
const grantIt = (label: Label = 'open'): Grant => home.grants.add({ folder: home.folder, rights: ['read', 'write'], label });
const digest = (grant: Grant): RunRecord => home.runs.start({ recipe: 'folder.digest', input: { grant: grant.id }, where: 'auto' });
const outputs = (report: Report) => (report.type === 'succeeded' ? report.outcome.outputs : []);
const kept = (run?: string) =>
  home.store.all<{ kind: string; text: string | null; file: string | null }>(
    `SELECT kind, text, file FROM handles ${run === undefined ? '' : `WHERE run = '${run}'`}`,
  );

/** A digest up to a text that is staged and a summary that was made of what was sent. */
async function stage(grant: Grant): Promise<RunRecord> {
  home.write('Heron.md', `${MARKDOWN}\n\nWrite to ${MAIL}.\n`);
  const record = digest(grant);
  await home.assign(record, 'list');
  await home.assign(record, 'text.0');
  home.cloud.answers.infer = () => ({ answer: { summary: 'Herons wade.', language: 'en' }, model: 'test-model', ms: 1 });
  await home.assign(record, 'summary.0', { where: 'cloud' });
  await home.assign(record, 'overview');
  return record;
}

describe('revoking', () => {
  test('takes handles, the texts made of them, what was made of those, and what stands behind placeholders', async () => {
    const grant = grantIt();
    const record = await stage(grant);
    expect(
      kept(record.id)
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(['answer', 'answer', 'file', 'text']);
    expect(home.store.all(`SELECT 1 FROM redactions WHERE value = '${MAIL}'`)).toHaveLength(1);
    home.grants.revoke(grant.id);
    home.runs.onGrants();
    expect(kept(record.id)).toEqual([]);
    expect(home.store.all('SELECT 1 FROM redactions')).toEqual([]);
    for (const table of ['handles', 'redactions', 'approvals', 'outbox'])
      expect(JSON.stringify(home.store.all(`SELECT * FROM ${table}`)), table).not.toMatch(/Heron|herons|headgate stands/);
  });

  test('leaves nothing of it in the store’s files, where a delete alone would only free the place', async () => {
    const onDisk = () => ['agent.db', 'agent.db-wal'].map((file) => readFileSync(join(home.store.home, file), 'latin1')).join('');
    const grant = grantIt();
    await stage(grant);
    expect(onDisk()).toContain(MAIL);
    home.grants.revoke(grant.id);
    home.runs.onGrants();
    expect(onDisk()).not.toContain(MAIL);
    expect(onDisk()).not.toContain('Herons wade');
  });

  test('keeps the person’s own record: receipts, and for its time what was sent', async () => {
    const grant = grantIt();
    await stage(grant);
    const before = listReceipts(home.store, 99);
    home.grants.revoke(grant.id);
    home.runs.onGrants();
    expect(listReceipts(home.store, 99)).toEqual(before);
    const content = before.find(({ purpose }) => purpose === 'text.summarize') ?? expect.unreachable();
    expect(readSent(home.store, content.id)[0]).toContain('A headgate stands');
    expect(readSent(home.store, content.id)[0]).not.toContain(MAIL);
  });

  test('leaves what was made of other grants', async () => {
    const grant = grantIt();
    mkdirSync(join(home.base, 'Other'));
    const other = home.grants.add({ folder: join(home.base, 'Other'), rights: ['read'], label: 'open' });
    const record = await stage(grant);
    const mine = kept(record.id);
    home.grants.revoke(other.id);
    home.runs.onGrants();
    expect(kept(record.id)).toEqual(mine);
  });

  test('takes a list of hits that may name its files, and the screen says that it is not kept', async () => {
    const grant = grantIt();
    home.write('Heron.md', MARKDOWN);
    const record = await home.ended(home.runs.start({ recipe: 'files.find', input: { query: 'headgate' }, where: 'auto' }));
    expect(resultOf(home.store, record, () => 'Notes', home.clock.now)).toMatchObject({ kind: 'hits' });
    home.grants.revoke(grant.id);
    home.runs.onGrants();
    expect(kept(record.id)).toEqual([]);
    expect(resultOf(home.store, record, () => 'Notes', home.clock.now)).toEqual({ kind: 'none' });
  });

  test('ends a step that works on it, and withdraws its question', async () => {
    const grant = grantIt('ask');
    home.write('Heron.md', MARKDOWN);
    const record = digest(grant);
    await home.assign(record, 'list');
    await home.assign(record, 'text.0');
    const ending = home.assign(record, 'summary.0', { where: 'cloud' });
    await until(() => home.approvals.list()[0]);
    home.grants.revoke(grant.id);
    home.runs.onGrants();
    expect(await ending).toEqual({ type: 'cancelled' });
    expect(home.approvals.list()).toEqual([]);
    expect(home.cloud.of('infer')).toEqual([]);
    expect(kept(record.id)).toEqual([]);
  });

  test('a command that is still allowed keeps its runs, and takes them along when it is revoked', async () => {
    const grant = grantIt();
    const record = await stage(grant);
    const command = home.grants.addCommand({ program: process.execPath, arguments: [], isolation: 'none-accepted', interpreter: true });
    const grants = [...record.warrant.grants, command.id];
    home.store.run('UPDATE runs SET warrant = ? WHERE id = ?', JSON.stringify({ ...record.warrant, grants }), record.id);
    const before = kept(record.id);
    createHandleStore(home.store, scopeOf(record), () => home.clock.now).putText('text', 'what the command said', 'open');
    const all = kept(record.id);
    home.runs.onGrants();
    expect(kept(record.id)).toEqual(all);
    home.grants.revoke(command.id);
    home.runs.onGrants();
    expect(kept(record.id)).toEqual(before);
  });

  test('a grants file that cannot be read takes nothing away', async () => {
    const grant = grantIt();
    const record = await stage(grant);
    writeFileSync(home.grants.file, '{');
    expect(purgeUnreachable(home.store, home.grants)).toEqual([]);
    expect(kept(record.id)).not.toEqual([]);
  });
});

describe('narrowing', () => {
  test('to home: a text that was staged before leaves no more, and stays readable here', async () => {
    const grant = grantIt();
    home.write('Heron.md', MARKDOWN);
    const record = digest(grant);
    await home.assign(record, 'list');
    const [text] = outputs(await home.assign(record, 'text.0'));
    home.grants.narrow(grant.id, { label: 'home' });
    home.runs.onGrants();
    expect(await home.assign(record, 'summary.0', { where: 'cloud' })).toMatchObject({ type: 'refused', code: 'label_refused' });
    expect(home.cloud.of('infer')).toEqual([]);
    expect(readAnyHandle(home.store, text?.handle ?? expect.unreachable(), home.clock.now).text).toContain('headgate');
    expect(await home.assign(record, 'summary.0', { attempt: 2, where: 'home' })).toMatchObject({ type: 'succeeded' });
  });

  /** A digest whose first summary waits for the person. */
  async function waiting(grant: Grant, names = ['Heron.md']): Promise<{ record: RunRecord; ending: Promise<Report> }> {
    for (const name of names) home.write(name, MARKDOWN);
    const record = digest(grant);
    await home.assign(record, 'list');
    for (const index of names.keys()) await home.assign(record, `text.${index}`);
    const ending = home.assign(record, 'summary.0', { where: 'cloud' });
    await until(() => home.approvals.list()[0]);
    return { record, ending };
  }

  test.each<[string, Narrowing]>([
    ['to home', { label: 'home' }],
    ['by an exclude', { exclude: ['*.key'] }],
    ['by hiding names', { names: 'hidden' }],
    ['by a right', { rights: ['read'] }],
  ])('%s while the question waits: it is withdrawn at once, and the step says so', async (_what, change) => {
    const grant = grantIt('ask');
    const { ending } = await waiting(grant);
    const [question] = home.approvals.list();
    home.grants.narrow(grant.id, change);
    home.runs.onGrants();
    expect(home.approvals.list()).toEqual([]);
    expect(await ending).toMatchObject({ type: 'refused', code: 'approval_withdrawn' });
    expect(() => home.approvals.answer(question?.id ?? expect.unreachable(), 'run')).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
    expect(home.cloud.of('infer')).toEqual([]);
    expect(listReceipts(home.store, 99).filter(({ purpose }) => purpose !== 'names')).toEqual([]);
  });

  test('while a change waits: its lines are gone at once, and the file stays as it was', async () => {
    const grant = grantIt('ask');
    home.write('Heron.md', 'a secret of the river\n');
    const { size, mtimeMs, dev, ino } = statSync(join(home.folder, 'Heron.md'));
    const handles = createHandleStore(home.store, { run: `r_${'8'.repeat(32)}` as RunId, device: null }, () => home.clock.now);
    const { handle } = handles.putFile({ grant: grant.id, path: 'Heron.md', size, mtimeMs, dev, ino }, 'ask');
    const record = home.runs.start({
      recipe: 'file.write',
      input: { grant: grant.id, target: [handle], text: 'new\n' },
      where: 'home',
      ask: 'changes',
      lends: true,
    });
    await until(() => home.approvals.list()[0]);
    const details = () => JSON.stringify(home.store.all('SELECT detail FROM approvals'));
    expect(details()).toContain('secret of the river');
    home.grants.narrow(grant.id, { exclude: ['*.key'] });
    home.runs.onGrants();
    expect(details()).not.toContain('secret');
    expect((await home.ended(record)).state.steps).toMatchObject([{ status: 'refused', code: 'approval_withdrawn' }]);
    expect(home.read('Heron.md')).toBe('a secret of the river\n');
  });

  test('from open to ask: a yes for the run that was given before covers nothing any more', async () => {
    mkdirSync(join(home.base, 'Other'));
    const inner = home.grants.add({ folder: join(home.base, 'Other'), rights: ['read'], label: 'open' });
    const grant = grantIt('ask');
    const { record, ending } = await waiting(grant, ['Heron.md', 'Otter.md']);
    home.cloud.answers.infer = () => ({ answer: { summary: 'Herons wade.', language: 'en' }, model: 'test-model', ms: 1 });
    home.store.run(
      'UPDATE runs SET warrant = ? WHERE id = ?',
      JSON.stringify({ ...record.warrant, grants: [grant.id, inner.id] }),
      record.id,
    );
    home.approvals.answer(home.approvals.list()[0]?.id ?? expect.unreachable(), 'run');
    expect(await ending).toMatchObject({ type: 'succeeded', outcome: { where: 'cloud' } });
    expect(home.approvals.covers(record.id, 'release')).toBe(true);
    home.grants.narrow(inner.id, { label: 'ask' });
    home.runs.onGrants();
    expect(home.approvals.covers(record.id, 'release')).toBe(false);
    home.begin(record, 'summary.1', { where: 'cloud' });
    expect(await until(() => home.approvals.list()[0])).toMatchObject({ step: 'summary.1' });
    // Loosened again by the person, it is as it was when they said yes.
    home.grants.add({ folder: join(home.base, 'Other'), label: 'open' });
    expect(home.approvals.covers(record.id, 'release')).toBe(true);
  });

  test('from open to ask: a standing warrant that was made before ends, and so does what it started', () => {
    const grant = grantIt('open');
    home.write('Heron.md', MARKDOWN);
    const kept = home.standing.add({ recipe: 'device.info', grants: [] });
    const by = home.standing.add({ recipe: 'folder.digest', grants: [grant.id], egressBytes: 1_000 });
    home.runs.requests.take({
      request: `q_${'1'.repeat(32)}` as RequestId,
      recipe: 'folder.digest',
      input: { grant: grant.id },
      where: 'auto',
      expiresAt: home.clock.now + 1_000,
    });
    const [record] = home.runs.log.list(1);
    expect(record).toMatchObject({ standing: by.id });
    home.grants.narrow(grant.id, { exclude: ['*.key'] });
    home.runs.onGrants();
    expect(home.standing.list().map(({ id }) => id)).toContain(by.id);
    home.grants.narrow(grant.id, { label: 'ask' });
    // Compared when it is used, whoever changed the file.
    expect(home.standing.list().map(({ id }) => id)).toEqual([kept.id]);
    home.runs.onGrants();
    home.grants.add({ folder: home.folder, label: 'open' });
    expect(home.standing.list().map(({ id }) => id)).toEqual([kept.id]);
    expect(home.runs.log.get(record?.id ?? expect.unreachable()).warrant.expiresAt).toBeLessThanOrEqual(home.clock.now);
  });

  test('by an exclude: what was made of files that are left out goes, and what it was made of other files stays', async () => {
    const grant = grantIt();
    for (const name of ['Heron.md', 'Otter.md']) home.write(name, MARKDOWN);
    const record = digest(grant);
    await home.assign(record, 'list');
    for (const step of ['text.0', 'text.1', 'summary.0', 'overview']) await home.assign(record, step);
    home.grants.narrow(grant.id, { exclude: ['Heron.md'] });
    home.runs.onGrants();
    expect(
      kept(record.id)
        .map(({ file }) => (file === null ? 'text' : JSON.parse(file).path))
        .toSorted(),
    ).toEqual(['Otter.md', 'text']);
    expect(await home.assign(record, 'summary.0', { attempt: 2, where: 'cloud' })).not.toMatchObject({ where: 'cloud' });
    expect(home.cloud.of('infer')).toEqual([]);
  });
});
