// Tasks as a cloud hands them in, honest or hostile: what the device does, what it refuses, and what it remembers.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { showChange } from '../../../native-host/gate/show-change.ts';
import { listReceipts } from '../../../native-host/gate/ledger.ts';
import type { RunRecord } from '../../../native-host/runs/log.ts';
import { resultOf } from '../../../native-host/runs/result.ts';
import { createHandleStore, readAnyHandle } from '../../../native-host/state/handles.ts';
import type { Grant } from '../../../shared/gate/grants.ts';
import type { Label } from '../../../shared/gate/labels.ts';
import { makeId, type StepId } from '../../../shared/ids.ts';
import type { NewEvent, Report } from '../../../shared/run/events.ts';
import { type Home, MARKDOWN, openHome, PAGE, until } from './home.ts';
import { eventually } from '../../support/eventually.ts';

let home: Home;
beforeEach(() => {
  home = openHome();
  home.cloud.answers.infer = () => ({ answer: { terms: [{ term: 'water', weight: 1 }] }, model: 'test-model', ms: 1 });
});
afterEach(async () => {
  vi.useRealTimers();
  await home.close();
  expect(home.errors).toEqual([]);
});

const save = (grant: Grant): RunRecord =>
  home.runs.start({ recipe: 'page.save', input: { grant: grant.id, page: PAGE, markdown: MARKDOWN }, where: 'auto' });
const saveLabelled = (label: Label): RunRecord => save(home.grant({ label }));
const outcomeOf = (report: Report) => (report.type === 'succeeded' ? report.outcome : expect.unreachable(JSON.stringify(report)));
const changesLeft = (record: RunRecord) => home.store.get<{ changed: number }>('SELECT changed FROM runs WHERE id = ?', record.id)?.changed;

/** Everything but the file itself. */
async function upToFile(record: RunRecord): Promise<void> {
  for (const step of ['tags', 'summary', 'clip']) expect(await home.assign(record, step)).toMatchObject({ type: 'succeeded' });
}

describe('at most once', () => {
  test('a repeated task gets the recorded outcome, also under a new attempt', async () => {
    const record = saveLabelled('open');
    await upToFile(record);
    const first = await home.assign(record, 'file');
    expect(await home.assign(record, 'file')).toEqual(first);
    expect(await home.assign(record, 'file', { attempt: 2 })).toEqual(first);
    expect(home.files()).toEqual(['On headgates.md']);
    expect(changesLeft(record)).toBe(1);
  });

  test('two assignments at the same time do the work once', async () => {
    const record = saveLabelled('open');
    await upToFile(record);
    const both = await Promise.all([home.assign(record, 'file'), home.assign(record, 'file', { attempt: 2 })]);
    expect(both[0]).toEqual(both[1]);
    expect(home.files()).toHaveLength(1);
  });

  test('a failure that changed nothing is tried again under a new attempt only', async () => {
    const grant = home.grant();
    const record = save(grant);
    await upToFile(record);
    rmSync(home.folder, { recursive: true });
    const failed = await home.assign(record, 'file');
    expect(failed).toMatchObject({ type: 'failed', nothingChanged: true, message: '' });
    home.runs.log.flush();
    expect(await home.assign(record, 'file')).toEqual(failed);
    expect(changesLeft(record)).toBe(0);
  });

  test('a task that is cancelled before it began stays cancelled', async () => {
    const record = saveLabelled('open');
    home.runs.onTaskCancel({ run: record.id, step: 'tags' as StepId });
    expect(await home.assign(record, 'tags')).toEqual({ type: 'cancelled' });
  });

  test('a cancel after the end changes nothing', async () => {
    const record = saveLabelled('open');
    const first = await home.assign(record, 'tags');
    home.runs.onTaskCancel({ run: record.id, step: 'tags' as StepId });
    expect(await home.assign(record, 'tags')).toEqual(first);
  });
});

describe('a crash', () => {
  test('between effect and outcome: the file is found, reported once and not written again', async () => {
    const record = saveLabelled('open');
    await upToFile(record);
    const before = outcomeOf(await home.assign(record, 'file'));
    home.forgetOutcome(record, 'file');
    await home.restart();
    await home.runs.recover();
    const report = await home.assign(home.runs.log.get(record.id), 'file');
    expect(outcomeOf(report)).toMatchObject({ note: 'finished after a crash', outputs: [{ kind: 'file' }] });
    expect(outcomeOf(report).outputs[0]?.size).toBe(before.outputs[0]?.size);
    expect(home.files()).toEqual(['On headgates.md']);
    expect(changesLeft(record)).toBe(1);
  });

  test('between intent and effect: nothing happened, the change is given back, and the step runs anew', async () => {
    const record = saveLabelled('open');
    await upToFile(record);
    await home.assign(record, 'file');
    rmSync(join(home.folder, 'On headgates.md'));
    home.forgetOutcome(record, 'file');
    home.store.run(`UPDATE changes SET state = 'intended'`);
    await home.restart();
    await home.runs.recover();
    expect(changesLeft(record)).toBe(0);
    expect(await home.assign(home.runs.log.get(record.id), 'file')).toMatchObject({ type: 'succeeded' });
    expect(home.files()).toEqual(['On headgates.md']);
  });

  test('before any intent was noted: nothing happened', async () => {
    const record = saveLabelled('open');
    await upToFile(record);
    home.store.run(`INSERT INTO tasks (run, step, attempt, intent) VALUES (?, 'file', 1, 'null')`, record.id);
    await home.restart();
    await home.runs.recover();
    expect(await home.assign(home.runs.log.get(record.id), 'file')).toMatchObject({ type: 'succeeded' });
  });

  test('during an op that nobody can settle: the step ends as uncertain and does not run again', async () => {
    const grant = home.grant();
    home.write('a.md', 'x');
    home.cloud.connected = false;
    const handles = createHandleStore(
      home.store,
      { run: makeId('r', (bytes) => new Uint8Array(bytes)), device: null },
      () => home.clock.now,
    );
    const target = handles.putFile({ grant: grant.id, path: 'a.md', size: 1, mtimeMs: 0, dev: 0, ino: 0 }, 'open');
    const record = home.runs.start({ recipe: 'file.open', input: { target: [target.handle] }, where: 'auto', lends: true });
    home.store.run(`INSERT INTO tasks (run, step, attempt, intent) VALUES (?, 'open', 1, 'null')`, record.id);
    await home.restart({ leave: true });
    await home.runs.recover();
    const { state } = await home.ended(record);
    expect(state.steps).toMatchObject([
      { id: 'open', status: 'uncertain', message: expect.stringContaining('whether it happened is not known') },
    ]);
  });

  test('with the folder gone since: the step is uncertain, and the agent goes on', async () => {
    const grant = home.grant();
    const record = save(grant);
    await upToFile(record);
    await home.assign(record, 'file');
    home.forgetOutcome(record, 'file');
    home.grants.revoke(grant.id);
    await home.restart();
    await home.runs.recover();
    expect(await home.assign(home.runs.log.get(record.id), 'file')).toMatchObject({ type: 'uncertain' });
    expect(home.errors.splice(0)).toHaveLength(1);
  });

  test('at home: the run is taken up where it was and ends with one file', async () => {
    const grant = home.grant();
    home.cloud.connected = false;
    const record = save(grant);
    await home.restart({ leave: true });
    await home.runs.recover();
    const { state } = await home.ended(record);
    expect(state).toMatchObject({ status: 'succeeded', epoch: 2 });
    expect(home.files()).toEqual(['On headgates.md']);
  });
});

describe('the warrant', () => {
  test.each(['evil', 'evil.0', 'file.1', 'tags.0', 'file-2'])('a step %s that is not in the plan is refused', async (step) => {
    const record = saveLabelled('open');
    await upToFile(record);
    expect(await home.assign(record, step)).toEqual({
      type: 'refused',
      code: 'warrant_refused',
      reasons: ['the run’s warrant does not cover it'],
    });
    expect(home.files()).toEqual([]);
  });

  test('an instance beyond what the fan-out’s root found is refused', async () => {
    const grant = home.grant();
    home.write('a.md', MARKDOWN);
    const record = home.runs.start({ recipe: 'folder.digest', input: { grant: grant.id }, where: 'auto' });
    expect(await home.assign(record, 'text.0')).toMatchObject({ type: 'refused' });
    expect(outcomeOf(await home.assign(record, 'list')).outputs).toHaveLength(1);
    expect(await home.assign(record, 'text.0', { attempt: 2 })).toMatchObject({ type: 'succeeded' });
    expect(await home.assign(record, 'text.1')).toMatchObject({ type: 'refused', code: 'warrant_refused' });
    expect(await home.assign(record, 'text')).toMatchObject({ type: 'refused', code: 'warrant_refused' });
  });

  test('a task after its end is refused', async () => {
    const record = saveLabelled('open');
    home.clock.now += 24 * 3600_000;
    expect(await home.assign(record, 'tags')).toEqual({
      type: 'refused',
      code: 'warrant_refused',
      reasons: ['the run’s warrant does not cover it'],
    });
  });

  test('that ends in the middle of a run ends it: what follows is refused, and reported as such', async () => {
    const record = saveLabelled('open');
    await upToFile(record);
    home.clock.now = record.warrant.expiresAt;
    expect(await home.assign(record, 'file')).toMatchObject({ type: 'refused', code: 'warrant_refused' });
    expect(home.cloud.ended('file')).toMatchObject({ type: 'refused', code: 'warrant_refused' });
    expect(home.files()).toEqual([]);
  });

  test('a change beyond what it allows is refused', async () => {
    const record = saveLabelled('open');
    await upToFile(record);
    home.store.run('UPDATE runs SET changed = 1 WHERE id = ?', record.id);
    expect(await home.assign(record, 'file')).toEqual({
      type: 'refused',
      code: 'warrant_refused',
      reasons: ['the run’s warrant does not cover it'],
    });
    expect(home.files()).toEqual([]);
  });

  test('a grant that the person took back is not used', async () => {
    const grant = home.grant();
    const record = save(grant);
    await upToFile(record);
    home.grants.revoke(grant.id);
    expect(await home.assign(record, 'file')).toMatchObject({ type: 'failed', code: 'grant_not_found' });
    expect(home.files()).toEqual([]);
  });

  test('a right that the person took back is not used', async () => {
    const grant = home.grant();
    const record = save(grant);
    await upToFile(record);
    home.grants.narrow(grant.id, { rights: ['read'] });
    expect(await home.assign(record, 'file')).toMatchObject({ type: 'failed', code: 'grant_refused' });
    expect(home.files()).toEqual([]);
  });

  test('a step whose sources have not run here cannot run', async () => {
    const record = saveLabelled('open');
    expect(await home.assign(record, 'file')).toMatchObject({ type: 'failed', code: 'invalid_params' });
  });
});

describe('a hostile log', () => {
  const succeededWith = (step: string, outputs: unknown[]): NewEvent => ({
    type: 'step.succeeded',
    step: step as StepId,
    outcome: { outputs: outputs as never, where: 'home', ms: 1 },
  });

  test('handles in it are not used: a step takes what this device made', async () => {
    const record = saveLabelled('open');
    const other = saveLabelledText('the secret of another run');
    home.tell(record, [succeededWith('tags', [other]), succeededWith('summary', [other])]);
    const { outputs } = outcomeOf(await home.assign(record, 'clip'));
    expect(readAnyHandle(home.store, outputs[0]?.handle ?? expect.unreachable(), home.clock.now).text).not.toContain('secret');
    expect(record.state.steps.find((step) => step.id === 'tags')?.status).toBe('succeeded');
  });

  function saveLabelledText(text: string) {
    const handles = createHandleStore(
      home.store,
      { run: makeId('r', (bytes) => new Uint8Array(bytes).fill(7)), device: null },
      () => home.clock.now,
    );
    return handles.putText('info', JSON.stringify({ facts: [{ label: 'secret', value: text }] }), 'home');
  }

  test('handles in it are not shown as the run’s result', () => {
    const record = saveLabelled('open');
    home.tell(record, [succeededWith('clip', [saveLabelledText('hidden')])]);
    expect(resultOf(home.store, record, () => 'Notes', home.clock.now)).toEqual({ kind: 'none' });
  });

  test('another plan, another run’s events, a gap or an older epoch change nothing and stop nothing', async () => {
    const record = saveLabelled('open');
    const other = saveLabelled('open');
    const { spec } = record.state;
    const head = { run: record.id, seq: 2, epoch: 1, at: 0 };
    const evil = { ...spec, steps: [{ id: 'evil' as StepId, op: 'fs.create' as const, args: {} }] };
    home.runs.onEvents({ run: record.id, events: [{ ...head, type: 'run.created', spec: evil }] });
    home.runs.onEvents({ run: record.id, events: [{ ...head, run: other.id, type: 'run.cancelRequested' }] });
    home.runs.onEvents({ run: record.id, events: [{ ...head, seq: 9, type: 'run.cancelRequested' }] });
    home.runs.onEvents({ run: record.id, events: [{ ...head, epoch: 0, type: 'run.cancelRequested' }] });
    expect(record.state).toMatchObject({ seq: 1, cancelRequested: false, spec });
    expect(await home.assign(record, 'evil')).toMatchObject({ type: 'refused' });
  });

  test('an epoch of the cloud’s own, an attempt beyond reason and a step of no plan are not taken over', () => {
    const record = saveLabelled('open');
    const head = { run: record.id, seq: 2, at: 0 };
    const tags = 'tags' as StepId;
    for (const event of [
      { ...head, epoch: Number.MAX_SAFE_INTEGER, type: 'step.started' as const, step: tags },
      { ...head, epoch: 1, type: 'run.adopted' as const, by: 'cloud' as const, reasons: [] },
      { ...head, epoch: 1, type: 'step.dispatched' as const, step: tags, attempt: Number.MAX_SAFE_INTEGER },
      { ...head, epoch: 1, type: 'step.started' as const, step: 'evil' as StepId },
    ])
      home.runs.onEvents({ run: record.id, events: [event] });
    expect(record.state).toMatchObject({ seq: 1, epoch: 1 });
  });

  test('a step ends once, so that a fan-out cannot grow without end', () => {
    const record = home.runs.start({ recipe: 'folder.digest', input: { grant: home.grant().id }, where: 'auto' });
    const outputs = Array.from({ length: 5 }, () => saveLabelledText('a'));
    for (let round = 0; round < 3; round++) home.tell(record, [succeededWith('list', outputs)]);
    expect(record.state.steps.filter(({ id }) => id.startsWith('text.'))).toHaveLength(5);
  });

  test('what is known already is dropped, what follows is taken', () => {
    const record = saveLabelled('open');
    home.tell(record, [{ type: 'step.placed', step: 'tags' as StepId, where: 'home', reasons: [] }]);
    const again = { run: record.id, epoch: 1, at: 0 };
    home.runs.onEvents({
      run: record.id,
      events: [
        { ...again, seq: 2, type: 'run.cancelRequested' },
        { ...again, seq: 3, type: 'step.dispatched', step: 'tags' as StepId, attempt: 1 },
      ],
    });
    expect(record.state).toMatchObject({ seq: 3, cancelRequested: false });
    expect(record.state.steps[0]).toMatchObject({ id: 'tags', status: 'dispatched' });
  });

  test('tasks and events for runs that this device drives, or does not know, are ignored', async () => {
    home.cloud.connected = false;
    const record = saveLabelled('open');
    home.cloud.connected = true;
    home.runs.onAssign({ run: record.id, step: 'file' as StepId, attempt: 9, where: 'cloud' });
    home.runs.onAssign({ run: makeId('r', (bytes) => new Uint8Array(bytes)), step: 'file' as StepId, attempt: 1, where: 'home' });
    home.tell(record, [{ type: 'run.cancelRequested' }]);
    expect((await home.ended(record)).state).toMatchObject({ status: 'succeeded', epoch: 1 });
  });
});

describe('the person’s last word', () => {
  test('a run that is to stay at home releases nothing, wherever the cloud places a step', async () => {
    const grant = home.grant({ label: 'open' });
    const record = home.runs.start({ recipe: 'page.save', input: { grant: grant.id, page: PAGE, markdown: MARKDOWN }, where: 'home' });
    expect(await home.assign(record, 'tags', { where: 'cloud' })).toMatchObject({ type: 'refused', code: 'warrant_refused' });
    expect(home.cloud.of('infer')).toEqual([]);
    expect(listReceipts(home.store, 9)).toEqual([]);
  });

  test('after a cancel nothing begins, also after a restart, and a cloud that goes on loses the run', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const record = saveLabelled('open');
    home.runs.cancel(record.id);
    home.runs.onAssign({ run: record.id, step: 'tags' as StepId, attempt: 1, where: 'cloud' });
    await eventually(() => expect(home.cloud.ended('tags')).toMatchObject({ type: 'refused' }));
    expect(home.cloud.of('infer')).toEqual([]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(record).toMatchObject({ writer: 'home', state: { status: 'cancelled' } });
    vi.useRealTimers();
    await home.restart();
    await home.runs.recover();
    expect(home.runs.log.get(record.id).state.status).toBe('cancelled');
    expect(home.files()).toEqual([]);
  });

  test('a run that the log says is over begins no further step', async () => {
    const record = saveLabelled('open');
    home.tell(record, [{ type: 'run.finished', status: 'succeeded' }]);
    expect(await home.assign(record, 'tags', { where: 'cloud' })).toMatchObject({ type: 'refused' });
    expect(home.cloud.of('infer')).toEqual([]);
  });

  test('a grant that was narrowed or revoked since counts for texts made before', async () => {
    const grant = home.grant({ label: 'open' });
    home.write('a.md', 'The river rose. The gate was closed. Nobody knew why.');
    const record = home.runs.start({ recipe: 'folder.digest', input: { grant: grant.id }, where: 'auto' });
    for (const step of ['list', 'text.0']) expect(await home.assign(record, step)).toMatchObject({ type: 'succeeded' });
    home.grants.narrow(grant.id, { label: 'home' });
    expect(await home.assign(record, 'summary.0', { where: 'cloud' })).toMatchObject({ type: 'refused', code: 'label_refused' });
    const saved = save(grant);
    home.grants.revoke(grant.id);
    expect(await home.assign(saved, 'tags', { where: 'cloud' })).toMatchObject({ type: 'failed', code: 'grant_not_found' });
    expect(home.cloud.of('infer')).toEqual([]);
  });

  test('runs of a cloud that this device has left go on at home', async () => {
    const record = saveLabelled('open');
    home.cloud.connected = false;
    home.runs.leaveCloud();
    expect((await home.ended(record)).state).toMatchObject({ status: 'succeeded', epoch: 2 });
    expect(home.files()).toEqual(['On headgates.md']);
  });

  test('a cancel for what is no step of the plan leaves no trace', () => {
    const record = saveLabelled('open');
    for (const step of ['zz.1', 'tags.100000']) home.runs.onTaskCancel({ run: record.id, step: step as StepId });
    expect(home.store.all('SELECT * FROM tasks')).toEqual([]);
  });
});

describe('the gate', () => {
  test('the receipt is in the ledger, on disk, before the bytes go', async () => {
    const seen: unknown[] = [];
    home.cloud.answers.infer = ({ receipt }) => {
      seen.push(
        listReceipts(home.store, 9).map(({ id }) => id),
        [receipt],
      );
      return { answer: { terms: [] }, model: 'test-model', ms: 1 };
    };
    const outcome = outcomeOf(await home.assign(saveLabelled('open'), 'tags', { where: 'cloud' }));
    expect(seen[0]).toEqual(seen[1]);
    expect(outcome).toMatchObject({
      where: 'cloud',
      engine: 'test-model',
      bytesOut: Buffer.byteLength(MARKDOWN),
      receipt: (seen[1] as string[])[0],
    });
    expect(listReceipts(home.store, 9)).toMatchObject([
      {
        destination: 'cloud',
        purpose: 'text.keywords',
        model: 'test-model',
        label: 'open',
        approvedBy: 'label',
        bytes: Buffer.byteLength(MARKDOWN),
      },
    ]);
  });

  test('a secret in the text does not reach the cloud, and the answer is restored at home', async () => {
    const key = `ghp_${'aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5'}`;
    home.cloud.answers.infer = () => ({ answer: { terms: [{ term: '‹secret:github-token:1›', weight: 1 }] }, model: 'test-model', ms: 1 });
    const grant = home.grant({ label: 'open' });
    const record = home.runs.start({
      recipe: 'page.save',
      input: { grant: grant.id, page: PAGE, markdown: `${MARKDOWN} ${key}` },
      where: 'auto',
    });
    const outcome = outcomeOf(await home.assign(record, 'tags', { where: 'cloud' }));
    expect(JSON.stringify(home.cloud.asked)).not.toContain(key);
    expect(JSON.stringify(home.cloud.of('infer'))).toContain('‹secret:github-token:1›');
    expect(readAnyHandle(home.store, outcome.outputs[0]?.handle ?? expect.unreachable(), home.clock.now).text).toContain(key);
  });

  test('a question says what is taken out, and shows what would go, as it would go', async () => {
    const grant = home.grant({ label: 'ask' });
    const record = home.runs.start({
      recipe: 'page.save',
      input: { grant: grant.id, page: PAGE, markdown: `${MARKDOWN} ada@river.org` },
      where: 'auto',
    });
    const ending = home.assign(record, 'tags', { where: 'cloud' });
    const asked = await until(() => home.approvals.list()[0]);
    expect(asked.without).toBe('1 address or phone number (email)');
    const { parts, lines, cut } = showChange(home.store, home.approvals.find(asked.id), home.clock.now);
    expect(parts).toHaveLength(1);
    const shown = lines.map(({ excerpt }) => excerpt).join('\n');
    expect(shown).toContain(MARKDOWN.slice(0, 60));
    expect(shown).toContain('‹contact:email:1›');
    expect(shown).not.toContain('ada@river.org');
    expect(cut).toBe(0);
    expect(home.cloud.of('infer')).toEqual([]);
    home.approvals.answer(asked.id, 'no');
    await ending;
    expect(JSON.stringify(home.store.all('SELECT detail FROM approvals'))).not.toContain('email:1');
  });

  test('what is labelled home is not released though the task says cloud', async () => {
    const report = await home.assign(saveLabelled('home'), 'tags', { where: 'cloud' });
    expect(report).toMatchObject({ type: 'refused', code: 'label_refused' });
    expect(home.cloud.of('infer')).toEqual([]);
    expect(listReceipts(home.store, 9)).toEqual([]);
  });

  test('what was refused for the cloud then runs at home, under the next attempt', async () => {
    const record = saveLabelled('home');
    await home.assign(record, 'tags', { where: 'cloud' });
    expect(await home.assign(record, 'tags', { attempt: 2, where: 'home' })).toMatchObject({
      type: 'succeeded',
      outcome: { where: 'home', engine: 'headgate-extractive' },
    });
  });

  test('more than the warrant’s budget is refused', async () => {
    const record = saveLabelled('open');
    home.store.run('UPDATE runs SET released = 1999999 WHERE id = ?', record.id);
    expect(await home.assign(record, 'tags', { where: 'cloud' })).toMatchObject({ type: 'refused', code: 'budget_spent' });
    expect(home.cloud.of('infer')).toEqual([]);
  });

  test.each([
    ['does not answer', () => Promise.reject(new Error('lost')), 'The cloud did not answer (internal), so our own engine at home did.'],
    [
      'answers nonsense',
      () => ({ answer: { words: 'many' }, model: 'test-model', ms: 1 }),
      'The model test-model answered nonsense, so our own engine at home answered.',
    ],
  ])('a model that %s is replaced by our own engine, which the result says', async (_name, infer, note) => {
    home.cloud.answers.infer = infer;
    const outcome = outcomeOf(await home.assign(saveLabelled('open'), 'tags', { where: 'cloud' }));
    expect(outcome).toMatchObject({ where: 'home', engine: 'headgate-extractive', note });
    expect(listReceipts(home.store, 9)).toHaveLength(1);
  });

  test('so is one that answers a summary of nothing', async () => {
    home.cloud.answers.infer = () => ({ answer: { summary: ' \n', language: 'en' }, model: 'test-model', ms: 1 });
    const outcome = outcomeOf(await home.assign(saveLabelled('open'), 'summary', { where: 'cloud' }));
    expect(outcome).toMatchObject({ where: 'home', note: 'The model test-model answered nonsense, so our own engine at home answered.' });
    const text = readAnyHandle(home.store, outcome.outputs[0]?.handle ?? expect.unreachable(), home.clock.now).text;
    expect((JSON.parse(text ?? '') as { summary: string }).summary).toContain('headgate');
  });

  describe('with the label ask', () => {
    const question = () => until(() => home.approvals.list()[0]);

    test('a yes releases exactly this, and the receipt says who said it', async () => {
      const record = saveLabelled('ask');
      const ending = home.assign(record, 'tags', { where: 'cloud' });
      const asked = await question();
      expect(asked).toMatchObject({
        title: 'Find the themes of text: send one text to the cloud?',
        destination: 'cloud',
        model: 'test-model',
        bytes: Buffer.byteLength(MARKDOWN),
      });
      expect(home.cloud.of('infer')).toEqual([]);
      expect(listReceipts(home.store, 9)).toEqual([]);
      home.approvals.answer(asked.id, 'once');
      expect(outcomeOf(await ending)).toMatchObject({ where: 'cloud', engine: 'test-model' });
      expect(listReceipts(home.store, 9)).toMatchObject([{ approvedBy: 'person', label: 'ask' }]);
      expect(home.cloud.of('task.report').map((params) => (params.report as Report).type)).toContain('waiting');
    });

    test('a yes is used once: the next step asks again', async () => {
      const record = saveLabelled('ask');
      const first = home.assign(record, 'tags', { where: 'cloud' });
      home.approvals.answer((await question()).id, 'once');
      await first;
      home.begin(record, 'summary', { where: 'cloud' });
      expect(await question()).toMatchObject({ step: 'summary' });
    });

    test('a yes for this run covers its other steps', async () => {
      const record = saveLabelled('ask');
      const first = home.assign(record, 'tags', { where: 'cloud' });
      home.approvals.answer((await question()).id, 'run');
      await first;
      home.cloud.answers.infer = () => ({ answer: { summary: 'Water.', language: 'en' }, model: 'test-model', ms: 1 });
      expect(outcomeOf(await home.assign(record, 'summary', { where: 'cloud' }))).toMatchObject({ where: 'cloud' });
    });

    test('a no releases nothing', async () => {
      const ending = home.assign(saveLabelled('ask'), 'tags', { where: 'cloud' });
      home.approvals.answer((await question()).id, 'no');
      expect(await ending).toEqual({ type: 'refused', code: 'approval_denied', reasons: ['the person said no'] });
      expect(home.cloud.of('infer')).toEqual([]);
      expect(listReceipts(home.store, 9)).toEqual([]);
    });

    test('a no is not asked again, whatever attempt the cloud names; at home the step may still run', async () => {
      const record = saveLabelled('ask');
      const ending = home.assign(record, 'tags', { where: 'cloud' });
      home.approvals.answer((await question()).id, 'no');
      const refused = await ending;
      expect(await home.assign(record, 'tags', { where: 'cloud', attempt: 2 })).toEqual(refused);
      expect(home.approvals.list()).toEqual([]);
      expect(outcomeOf(await home.assign(record, 'tags', { attempt: 3 }))).toMatchObject({ where: 'home' });
    });

    describe('over many files', () => {
      const NAMES = ['a.md', 'b.md', 'c.md', 'd.md'];
      const summaries = async (): Promise<{ record: RunRecord; endings: Promise<Report>[] }> => {
        const grant = home.grant({ label: 'ask' });
        for (const name of NAMES) home.write(name, `${MARKDOWN} ${name}`);
        home.cloud.answers.infer = () => ({ answer: { summary: 'Water.', language: 'en' }, model: 'test-model', ms: 1 });
        const record = home.runs.start({ recipe: 'folder.digest', input: { grant: grant.id }, where: 'auto' });
        await home.assign(record, 'list');
        for (const index of NAMES.keys()) await home.assign(record, `text.${index}`);
        const endings = NAMES.map((_, index) => home.assign(record, `summary.${index}`, { where: 'cloud' }));
        await question();
        return { record, endings };
      };
      const asked = () => home.store.all('SELECT 1 FROM approvals').length;

      test('one question is open at a time, says how many it stands for, and a yes for the run answers for all', async () => {
        const { record, endings } = await summaries();
        await until(() =>
          home.cloud.of('task.report').filter(({ report }) => (report as Report).type === 'waiting').length === 4 ? true : undefined,
        );
        expect(home.approvals.list()).toMatchObject([{ items: [expect.stringMatching(/^[a-d]\.md$/)], others: 3 }]);
        home.approvals.answer((await question()).id, 'run');
        for (const ending of endings) expect(outcomeOf(await ending)).toMatchObject({ where: 'cloud' });
        expect(outcomeOf(await home.assign(record, 'overview', { where: 'cloud' }))).toMatchObject({ where: 'cloud' });
        expect(asked()).toBe(1);
      });

      test('a no stands for the run: nothing is sent, and nothing more is asked', async () => {
        const { record, endings } = await summaries();
        home.approvals.answer((await question()).id, 'no');
        for (const ending of endings) expect(await ending).toMatchObject({ type: 'refused', code: 'approval_denied' });
        for (const index of NAMES.keys()) await home.assign(record, `summary.${index}`, { attempt: 2 });
        expect(await home.assign(record, 'overview', { where: 'cloud' })).toMatchObject({ type: 'refused', code: 'approval_denied' });
        expect(asked()).toBe(1);
        expect(home.cloud.of('infer')).toEqual([]);
      });

      test('a yes once is to that one text: the next is asked about when it was answered', async () => {
        const { endings } = await summaries();
        for (const index of NAMES.keys()) {
          await until(() => (asked() === index + 1 ? true : undefined));
          expect(home.approvals.list()).toHaveLength(1);
          home.approvals.answer((await question()).id, 'once');
        }
        for (const ending of endings) expect(outcomeOf(await ending)).toMatchObject({ where: 'cloud' });
        expect(home.cloud.of('infer')).toHaveLength(4);
      });

      test('the question of before a crash is the one that the others wait behind', async () => {
        const { record } = await summaries();
        const before = await question();
        await home.restart({ leave: true });
        const steps = NAMES.map((_, index) => `summary.${index}`);
        const others = steps.filter((step) => step !== before.step);
        const again = home.runs.log.get(record.id);
        const endings = [...others, before.step].map((step) => home.assign(again, step, { where: 'cloud' }));
        await until(() =>
          home.cloud.of('task.report').filter(({ report }) => (report as Report).type === 'waiting').length >= 5 ? true : undefined,
        );
        expect(home.approvals.list()).toEqual([before]);
        home.approvals.answer(before.id, 'run');
        for (const ending of endings) expect(outcomeOf(await ending)).toMatchObject({ where: 'cloud' });
        expect(asked()).toBe(1);
      });
    });

    test('a yes counts no more when the folder has been closed meanwhile', async () => {
      const grant = home.grant({ label: 'ask' });
      const ending = home.assign(save(grant), 'tags', { where: 'cloud' });
      const asked = await question();
      home.grants.narrow(grant.id, { label: 'home' });
      home.approvals.answer(asked.id, 'once');
      expect(await ending).toMatchObject({ type: 'refused', code: 'label_refused' });
      expect(home.cloud.of('infer')).toEqual([]);
    });

    test('a yes for one model is none for another', async () => {
      const ending = home.assign(saveLabelled('ask'), 'tags', { where: 'cloud' });
      const asked = await question();
      home.cloud.models = ['other-model'];
      home.approvals.answer(asked.id, 'once');
      expect(await ending).toMatchObject({ type: 'refused', code: 'approval_changed' });
      expect(home.cloud.of('infer')).toEqual([]);
    });

    test('a question for a cloud that this device has left is withdrawn', async () => {
      home.runs.onAssign({ run: saveLabelled('ask').id, step: 'tags' as StepId, attempt: 1, where: 'cloud' });
      const asked = await question();
      home.runs.leaveCloud();
      expect(() => home.approvals.answer(asked.id, 'once')).toThrow(expect.objectContaining({ code: 'not_found' }));
    });

    test('a yes for the rest of a run is none for the cloud that comes after', async () => {
      const record = home.runs.start({
        recipe: 'page.save',
        input: { grant: home.grant({ label: 'ask' }).id, page: PAGE, markdown: MARKDOWN },
        where: 'cloud',
      });
      const ending = home.assign(record, 'tags', { where: 'cloud' });
      home.approvals.answer((await question()).id, 'run');
      expect(outcomeOf(await ending)).toMatchObject({ where: 'cloud' });
      const sent = home.cloud.of('infer').length;
      home.runs.leaveCloud();
      await until(() => home.approvals.list()[0] ?? (home.runs.log.get(record.id).state.status === 'running' ? undefined : true));
      expect(home.cloud.of('infer')).toHaveLength(sent);
      home.runs.cancel(record.id);
    });

    test('no answer in time releases nothing and is an outcome of its own', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const record = saveLabelled('ask');
      home.runs.onAssign({ run: record.id, step: 'tags' as StepId, attempt: 1, where: 'cloud' });
      await eventually(() => expect(home.approvals.list()).toHaveLength(1));
      home.clock.now += 10 * 60_000;
      await vi.advanceTimersByTimeAsync(10 * 60_000);
      await eventually(() => expect(home.cloud.ended('tags')).toMatchObject({ type: 'refused', code: 'approval_expired' }));
      expect(home.cloud.of('infer')).toEqual([]);
      expect(home.approvals.list()).toEqual([]);
    });

    test('a cancelled step withdraws its question', async () => {
      const record = saveLabelled('ask');
      const ending = home.assign(record, 'tags', { where: 'cloud' });
      const asked = await question();
      home.runs.onTaskCancel({ run: record.id, step: 'tags' as StepId });
      expect(await ending).toEqual({ type: 'cancelled' });
      expect(home.approvals.list()).toEqual([]);
      expect(() => home.approvals.answer(asked.id, 'once')).toThrow(expect.objectContaining({ code: 'not_found' }));
    });

    test('a question outlives the agent that asked it: the next one asks the same', async () => {
      const record = saveLabelled('ask');
      home.runs.onAssign({ run: record.id, step: 'tags' as StepId, attempt: 1, where: 'cloud' });
      const asked = await question();
      await home.restart({ leave: true });
      expect(home.approvals.list()).toEqual([asked]);
      const ending = home.assign(home.runs.log.get(record.id), 'tags', { where: 'cloud' });
      await until(() => (home.cloud.of('task.report').some((params) => (params.report as Report).type === 'waiting') ? true : undefined));
      home.approvals.answer(asked.id, 'once');
      expect(outcomeOf(await ending)).toMatchObject({ where: 'cloud' });
    });
  });
});
