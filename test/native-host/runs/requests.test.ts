// Runs that somebody else asks for: what a standing warrant starts, what the person is asked, and what is refused. The cloud
// is hostile wherever that makes a difference.
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { APPROVAL_LIFE_MS } from '../../../native-host/gate/approvals.ts';
import { listReceipts } from '../../../native-host/gate/ledger.ts';
import { createHandleStore } from '../../../native-host/state/handles.ts';
import type { Grant } from '../../../shared/gate/grants.ts';
import { REQUEST_LIMITS } from '../../../shared/gate/requests.ts';
import type { RequestId, RunId } from '../../../shared/ids.ts';
import { RECIPES } from '../../../shared/recipes/all.ts';
import type { ApprovalView } from '../../../shared/protocol/native.ts';
import type { RunRequest } from '../../../native-host/runs/asked-plan.ts';
import { chooseAlways } from '../../../native-host/port/choose-always.ts';
import { type Desktop, openDesktop } from '../../support/desktop.ts';
import { type Home, MARKDOWN, openHome, until } from './home.ts';
import { eventually } from '../../support/eventually.ts';

let home: Home;
let grant: Grant;
let count = 0;
beforeEach(() => {
  home = openHome();
  grant = home.grant({ label: 'ask', name: 'Notes' });
  home.write('a.md', MARKDOWN);
  home.cloud.models = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await home.close();
  expect(home.errors).toEqual([]);
});

function request(change: Partial<RunRequest> = {}): RunRequest {
  count += 1;
  return {
    request: `q_${count.toString(16).padStart(32, '0')}` as RequestId,
    recipe: 'folder.digest',
    input: { grant: grant.id },
    where: 'auto',
    expiresAt: home.clock.now + 3600_000,
    ...change,
  };
}
const take = (change: Partial<RunRequest> = {}): RunRequest => {
  const asked = request(change);
  home.runs.requests.take(asked);
  return asked;
};
const question = (): Promise<ApprovalView> => until(() => home.approvals.list()[0]);
/** What the cloud was told of a request, in order. */
const told = ({ request: id }: RunRequest) =>
  home.cloud
    .of('request.report')
    .filter((params) => params.request === id)
    .map((params) => params.report as { type: string; run?: string; code?: string });
const last = (asked: RunRequest) => until(() => told(asked).findLast(({ type }) => type !== 'asked'));
const runsHere = () => home.runs.log.list(50);
const standing = (wish: Parameters<Home['standing']['add']>[0]) => home.standing.add(wish);

function fileHandle(path: string): string {
  const { size, mtimeMs, dev, ino } = statSync(join(home.folder, path));
  const handles = createHandleStore(home.store, { run: `r_${'8'.repeat(32)}` as RunId, device: null }, () => home.clock.now);
  return handles.putFile({ grant: grant.id, path, size, mtimeMs, dev, ino }, 'ask').handle;
}

describe('without a standing warrant', () => {
  test('the person is asked for the whole plan in the host’s own words, and nothing runs before', async () => {
    home.cloud.models = ['test-model'];
    const asked = take();
    const view = await question();
    expect(view).toMatchObject({
      kind: 'plan',
      step: 'plan',
      title: 'Asked for through the cloud: Digest of Notes?',
      destination: 'cloud',
      model: 'test-model',
    });
    expect(view.plan).toEqual([
      'In “Notes” (read, write; label ask)',
      '1. List the files of a granted folder',
      '2. Extract the text of a document, for each of them',
      '3. Summarise text, for each of them',
      '4. Find the themes of text',
      '5. Group texts and find the odd ones out',
      '6. Summarise text',
      '7. Put a folder digest together',
      '8. Write a new file, never over another',
      'The names of files may go to the cloud.',
      'At most 20 MB of text may leave, to the cloud’s model test-model, without further questions.',
      'At most 1 change to your files; it can be undone.',
    ]);
    expect(runsHere()).toEqual([]);
    await until(() => told(asked).find(({ type }) => type === 'asked'));
  });

  test('a yes starts it once, and inside its plan nothing more is asked', async () => {
    home.cloud.connected = false;
    const asked = take();
    const view = await question();
    home.approvals.answer(view.id, 'once');
    const record = await until(() => home.runs.log.list(5)[0]);
    expect(record).toMatchObject({ id: view.run, recipe: 'folder.digest', standing: null, asks: 'plan' });
    await home.ended(record);
    expect(home.files()).toHaveLength(2);
    expect(home.approvals.list()).toEqual([]);
    home.cloud.connected = true;
    home.runs.onLinkState(home.cloud.state());
    expect(await last(asked)).toEqual({ type: 'started', run: view.run });
  });

  test('what its plan releases has been approved with it', async () => {
    home.cloud.models = ['test-model'];
    home.cloud.answers.infer = () => ({ answer: { terms: [{ term: 'water', weight: 1 }] }, model: 'test-model', ms: 1 });
    take();
    home.approvals.answer((await question()).id, 'once');
    const record = await until(() => home.runs.log.list(5)[0]);
    for (const step of ['list', 'text.0', 'summary.0']) expect(await home.assign(record, step)).toMatchObject({ type: 'succeeded' });
    expect(await home.assign(record, 'themes', { where: 'cloud' })).toMatchObject({ type: 'succeeded', outcome: { where: 'cloud' } });
    expect(listReceipts(home.store, 9)).toContainEqual(
      expect.objectContaining({ purpose: 'text.keywords', label: 'ask', approvedBy: 'person' }),
    );
  });

  test.each([
    ['no', 'approval_denied'],
    ['nothing', 'approval_expired'],
  ])('on the answer “%s” nothing runs, and the cloud learns a code alone', async (answer, code) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const asked = take();
    const [view] = home.approvals.list();
    if (answer === 'no') home.approvals.answer(view?.id as never, 'no');
    else home.clock.now += APPROVAL_LIFE_MS;
    await vi.advanceTimersByTimeAsync(APPROVAL_LIFE_MS);
    await eventually(() => expect(told(asked).at(-1)).toEqual({ type: 'refused', code }));
    expect(runsHere()).toEqual([]);
  });

  test.each([
    ['the label', () => void home.grants.narrow(grant.id, { label: 'home' })],
    ['a right', () => void home.grants.narrow(grant.id, { rights: ['read'] })],
  ])('%s changed after the question: the yes counts for nothing', async (_what, change) => {
    const asked = take();
    const view = await question();
    change();
    home.approvals.answer(view.id, 'once');
    expect(await last(asked)).toEqual({ type: 'refused', code: 'approval_changed' });
    expect(runsHere()).toEqual([]);
  });

  test.each<[string, () => void]>([
    ['narrowed', () => void home.grants.narrow(grant.id, { label: 'home' })],
    ['taken back', () => home.grants.revoke(grant.id)],
  ])('a folder that is %s while the question is open withdraws it, and the cloud learns a code', async (_what, change) => {
    const asked = take();
    await question();
    change();
    home.runs.onGrants();
    expect(home.approvals.list()).toEqual([]);
    expect(await last(asked)).toEqual({ type: 'refused', code: 'approval_withdrawn' });
    expect(runsHere()).toEqual([]);
  });

  test('a folder that was taken back after the question is not worked in', async () => {
    const asked = take();
    const view = await question();
    home.grants.revoke(grant.id);
    home.approvals.answer(view.id, 'once');
    expect(await last(asked)).toEqual({ type: 'refused', code: 'grant_not_found' });
  });

  test('files that it would trash are named, and one that changed after the question stays', async () => {
    home.grants.add({ folder: home.folder, rights: ['read', 'write', 'trash'], label: 'ask' });
    home.write('b\u202Etxt.md', 'x');
    const asked = take({ recipe: 'file.trash', input: { target: [fileHandle('b\u202Etxt.md')] } });
    const view = await question();
    expect(view.plan).toContain('On “b‹U+202E›txt.md” in Notes');
    expect(view.plan).toContain('Nothing of what your files hold leaves this device.');
    home.write('b\u202Etxt.md', 'changed since');
    home.approvals.answer(view.id, 'once');
    expect(await last(asked)).toEqual({ type: 'refused', code: 'approval_changed' });
    expect(home.files()).toHaveLength(2);
  });

  test('an allowed command is asked about with its whole line, each time, and runs after the yes', async () => {
    const allow = (more: object) =>
      home.grants.addCommand({ program: '/bin/ls', arguments: [], isolation: 'none-accepted', folder: home.folder, ...more });
    const command = allow({ name: 'list', arguments: [{ kind: 'literal', text: '-l' }] });
    const asked = take({ recipe: 'command.run', input: { command: command.id } });
    const view = await question();
    expect(view.plan).toEqual([
      expect.stringMatching(/^With the command “list” \(no network, changes nothing of its folder; label home\): \/.*\/ls -l$/),
      '1. Run an allowed command',
      'Nothing of what your files hold leaves this device.',
      'What the program does by itself is its own affair. Whatever it changes cannot be undone.',
      'Headgate itself changes nothing.',
    ]);
    expect(view.uninspectable).toBe('What the program does by itself is its own affair.');
    expect(() => home.runs.requests.always(view.id)).toThrow(expect.objectContaining({ code: 'unsupported' }));
    home.approvals.answer(view.id, 'once');
    expect(await last(asked)).toEqual({ type: 'started', run: view.run });
    expect((await home.ended(home.runs.log.get(view.run))).state.status).toBe('succeeded');
    expect(JSON.stringify(home.cloud.asked)).not.toContain('a.md');
    const more: RunRequest['input'][] = [{ values: 'x' }, { target: [fileHandle('a.md')] }];
    for (const each of more) {
      const refused = take({ recipe: 'command.run', input: { command: command.id, ...each } });
      expect(await last(refused)).toEqual({ type: 'refused', code: 'invalid_params' });
    }
    // Allowed anew, it is another command than the one that was asked about; so is one whose folder is narrowed.
    const second = take({ recipe: 'command.run', input: { command: command.id } });
    await question();
    allow({ name: 'list' });
    home.runs.onGrants();
    expect(await last(second)).toEqual({ type: 'refused', code: 'approval_withdrawn' });
    const third = take({ recipe: 'command.run', input: { command: home.grants.commands()[0]?.id ?? '' } });
    await question();
    home.grants.narrow(grant.id, { label: 'home' });
    home.runs.onGrants();
    expect(await last(third)).toEqual({ type: 'refused', code: 'approval_withdrawn' });
  });

  test('the person sees every file that is named, by the end of its path, and more cannot be named', async () => {
    const deep = `${'deep/'.repeat(40)}last.md`;
    const names = [deep, ...Array.from({ length: 24 }, (_, index) => `f${index}.md`)];
    mkdirSync(join(home.folder, 'deep/'.repeat(40)), { recursive: true });
    for (const name of names) home.write(name, 'x');
    home.grants.add({ folder: home.folder, rights: ['read', 'trash'], label: 'ask' });
    const target = names.map((name) => fileHandle(name));
    expect(await last(take({ recipe: 'file.trash', input: { target } }))).toEqual({ type: 'refused', code: 'invalid_params' });
    take({ recipe: 'file.trash', input: { target: target.slice(0, 24) } });
    const shown = ((await question()).plan ?? []).filter((line) => line.startsWith('On '));
    expect(shown).toHaveLength(24);
    for (const [index, name] of names.slice(0, 24).entries()) expect(shown[index]).toContain(`${name.slice(-9)}”`);
  });
});

describe('with a standing warrant', () => {
  test('that covers it, it starts without a question, in a warrant that is both together', async () => {
    home.cloud.connected = false;
    const by = standing({ recipe: 'folder.digest', grants: [grant.id], egressBytes: 1_000, days: 1 });
    const asked = take();
    const [record] = runsHere();
    expect(record).toMatchObject({
      standing: by.id,
      warrant: { grants: [grant.id], egressBytes: 1_000, changes: 1, expiresAt: by.expiresAt },
    });
    expect(home.approvals.list()).toEqual([]);
    await home.ended(record as never);
    expect(home.files()).toHaveLength(2);
    home.cloud.connected = true;
    home.runs.onLinkState(home.cloud.state());
    expect(await last(asked)).toEqual({ type: 'started', run: record?.id });
  });

  test('that allows no byte, texts are worked on at home', async () => {
    standing({ recipe: 'folder.digest', grants: [grant.id] });
    home.cloud.models = ['test-model'];
    take();
    const record = await until(() => home.runs.log.list(5)[0]);
    for (const step of ['list', 'text.0', 'summary.0']) await home.assign(record, step);
    expect(await home.assign(record, 'themes', { where: 'cloud' })).toMatchObject({ type: 'refused', code: 'budget_spent' });
    expect(home.cloud.of('infer')).toEqual([]);
  });

  test.each<[string, () => void]>([
    ['another recipe', () => standing({ recipe: 'device.info', grants: [] })],
    ['another folder', () => standing({ recipe: 'folder.digest', grants: [] })],
    ['no change', () => standing({ recipe: 'folder.digest', grants: [grant.id], changes: 0 })],
  ])('that names %s, the person is asked', async (_what, add) => {
    add();
    take();
    expect(await question()).toMatchObject({ kind: 'plan' });
  });

  test('that has expired or was ended, the person is asked, and what it started comes to its end', async () => {
    home.cloud.connected = false;
    const by = standing({ recipe: 'folder.digest', grants: [grant.id] });
    take();
    const [first] = runsHere();
    home.standing.end(by.id);
    home.runs.endStanding(by.id);
    expect((await home.ended(first as never)).state.status).toBe('cancelled');
    take();
    expect(await question()).toMatchObject({ kind: 'plan' });
  });

  test('as many runs start on a day as it says, and on the next day again', () => {
    standing({ recipe: 'device.info', grants: [], runsPerDay: 2 });
    for (let n = 0; n < 3; n += 1) take({ recipe: 'device.info', input: {} });
    expect(runsHere()).toHaveLength(2);
    expect(home.approvals.list()).toHaveLength(1);
    home.clock.now += 24 * 3600_000;
    take({ recipe: 'device.info', input: {} });
    expect(runsHere()).toHaveLength(3);
  });

  test('a recipe that only the person starts gets none', () => {
    expect(() => standing({ recipe: 'page.save', grants: [grant.id] })).toThrow(expect.objectContaining({ code: 'unsupported' }));
    expect(() => standing({ recipe: 'file.wipe', grants: [] })).toThrow(expect.objectContaining({ code: 'not_found' }));
  });

  test('“always” makes one of the plan that was asked for, and starts the run', async () => {
    home.cloud.connected = false;
    const asked = take();
    const view = await question();
    const made = home.runs.requests.always(view.id);
    expect(made).toMatchObject({ recipe: 'folder.digest', grants: [grant.id], changes: 1 });
    await until(() => home.runs.log.list(5)[0]);
    take();
    expect(runsHere()).toHaveLength(2);
    expect(home.approvals.list()).toEqual([]);
    expect(told(asked)).toEqual([]);
  });

  describe.skipIf(process.platform !== 'linux')('“always” in the host’s own window', () => {
    let desktop: Desktop;
    afterEach(() => desktop.close());
    const always = async () => chooseAlways(home.runs.requests, (await question()).id);

    test('shows what would stand, and a yes makes just that and starts the run', async () => {
      desktop = openDesktop(['']);
      const asked = take();
      expect(await always()).toMatchObject({ recipe: 'folder.digest', grants: [grant.id], changes: 1, runsPerDay: 24 });
      expect(await last(asked)).toMatchObject({ type: 'started' });
      const text = desktop.shown()[0]?.find((each) => each.startsWith('--text=')) ?? '';
      for (const line of ['“Digest a folder”', 'In “Notes” (read, write; label ask)', 'At most 1 change', '24 times a day, for 90 days'])
        expect(text).toContain(line);
    });

    test('closed, it changes nothing, and the question stays open', async () => {
      desktop = openDesktop([null]);
      take();
      expect(await always()).toBeNull();
      expect(home.standing.list()).toEqual([]);
      expect(home.approvals.list()).toHaveLength(1);
    });

    test('what changed while it was open is not what the yes was to', async () => {
      desktop = openDesktop(['', '']);
      desktop.hold();
      take();
      const answered = always();
      await until(() => desktop.shown()[0]);
      home.grants.narrow(grant.id, { label: 'home' });
      desktop.go();
      await expect(answered).rejects.toMatchObject({ code: expect.stringMatching(/^(approval_changed|not_found)$/) });
      expect(home.standing.list()).toEqual([]);
      expect(runsHere()).toEqual([]);
    });

    test('of anything else than a plan none is shown', async () => {
      desktop = openDesktop(['']);
      const record = home.runs.start({
        recipe: 'file.write',
        input: { grant: grant.id, target: [fileHandle('a.md')], text: 'x' },
        where: 'home',
        ask: 'changes',
        lends: true,
      });
      await expect(always()).rejects.toMatchObject({ code: 'unsupported' });
      expect(desktop.shown()).toEqual([]);
      home.approvals.answer((await question()).id, 'no');
      await home.ended(record);
    });
  });

  test('“always” to anything else than a plan is refused', async () => {
    const record = home.runs.start({
      recipe: 'file.write',
      input: { grant: grant.id, target: [fileHandle('a.md')], text: 'x' },
      where: 'home',
      ask: 'changes',
      lends: true,
    });
    const view = await question();
    expect(() => home.runs.requests.always(view.id)).toThrow(expect.objectContaining({ code: 'unsupported' }));
    home.approvals.answer(view.id, 'no');
    await home.ended(record);
  });
});

describe('a hostile cloud', () => {
  test.each<[string, Partial<RunRequest>, string]>([
    ['a recipe that is not there', { recipe: 'file.wipe', input: {} }, 'not_found'],
    ['a recipe of a prototype', { recipe: 'constructor', input: {} }, 'not_found'],
    ['a recipe that only the person starts', { recipe: 'page.save' }, 'forbidden'],
    ['words where the recipe takes none', { input: { grant: 'g_'.padEnd(34, '0'), path: 'secret' } as never }, 'invalid_params'],
    ['a find', { recipe: 'files.find', input: { query: 'password' } }, 'forbidden'],
    ['a folder that is not granted', { input: { grant: `g_${'f'.repeat(32)}` } }, 'grant_not_found'],
    ['what is long over', { expiresAt: 0 }, 'timeout'],
  ])('that asks for %s gets a code, and nothing runs', async (_what, change, code) => {
    expect(await last(take(change))).toEqual({ type: 'refused', code });
    expect(runsHere()).toEqual([]);
    expect(home.approvals.list()).toEqual([]);
  });

  test('that names a file which is gone with its folder, or a handle of nobody, ends its request and nothing else', async () => {
    home.grants.add({ folder: home.folder, rights: ['read', 'trash'], label: 'ask' });
    const target = [fileHandle('a.md')];
    rmSync(home.folder, { recursive: true });
    expect(await last(take({ recipe: 'file.trash', input: { target } }))).toEqual({ type: 'refused', code: 'vanished' });
    const nobody = [`h_${'e'.repeat(32)}`];
    expect(await last(take({ recipe: 'file.trash', input: { target: nobody } }))).toEqual({ type: 'refused', code: 'handle_not_found' });
    expect(home.approvals.list()).toEqual([]);
  });

  test('cannot name a text of its own in any recipe', () => {
    for (const recipe of Object.values(RECIPES)) {
      for (const [name, value] of [
        ['path', 'Private'],
        ['query', 'password'],
        ['text', 'x'],
        ['markdown', 'x'],
        ['name', 'x'],
      ])
        expect(recipe.requested?.safeParse({ grant: grant.id, target: [fileHandle('a.md')], [name ?? '']: value }).success ?? false).toBe(
          false,
        );
    }
  });

  test('that sends the same again and again starts it once and asks once', async () => {
    const asked = take();
    for (let n = 0; n < 5; n += 1) home.runs.requests.take(asked);
    expect(home.approvals.list()).toHaveLength(1);
    home.approvals.answer((await question()).id, 'once');
    await until(() => home.runs.log.list(5)[0]);
    for (let n = 0; n < 5; n += 1) home.runs.requests.take({ ...asked, recipe: 'device.info', input: {} });
    expect(runsHere()).toHaveLength(1);
    expect(
      told(asked)
        .filter(({ type }) => type === 'started')
        .map(({ run }) => run),
    ).toContain(runsHere()[0]?.id);
  });

  test('that asks for the same under other ids asks the person once', async () => {
    take();
    for (let n = 0; n < 30; n += 1) expect(await last(take())).toEqual({ type: 'refused', code: 'busy' });
    expect(home.approvals.list()).toHaveLength(1);
  });

  test('is not asked about again within the hour after a no', async () => {
    const first = take();
    home.approvals.answer((await question()).id, 'no');
    await last(first);
    expect(await last(take())).toEqual({ type: 'refused', code: 'approval_denied' });
    expect(home.approvals.list()).toEqual([]);
    home.clock.now += 3600_001;
    take({ expiresAt: home.clock.now + 1_000 });
    expect(home.approvals.list()).toHaveLength(1);
  });

  test('cannot keep the person answering: open questions and those of an hour have an end', async () => {
    const files = Array.from({ length: 40 }, (_, index) => `f${index}.md`);
    for (const name of files) home.write(name, name);
    home.grants.add({ folder: home.folder, rights: ['read', 'trash'], label: 'ask' });
    let questions = 0;
    for (let round = 0; round < 10; round += 1) {
      for (const recipe of ['folder.digest', 'device.info', 'file.trash']) {
        const input: RunRequest['input'] =
          recipe === 'file.trash' ? { target: [fileHandle(files[round] ?? '')] } : recipe === 'device.info' ? {} : { grant: grant.id };
        take({ recipe, input });
      }
      const open = home.approvals.list();
      expect(open.length).toBeLessThanOrEqual(REQUEST_LIMITS.open);
      questions += open.length;
      // Expired: the least that keeps a person from being asked again.
      home.clock.now += 60_000;
      for (const { id } of open)
        home.store.run('UPDATE run_requests SET state = ?, code = ? WHERE approval = ?', 'refused', 'approval_expired', id);
      home.approvals.withdrawAll();
    }
    expect(questions).toBeLessThanOrEqual(REQUEST_LIMITS.askedInHour);
  });

  test('fills no disk: past the cap of the hour nothing is written any more', () => {
    for (let n = 0; n < 1_300; n += 1) take({ recipe: 'file.wipe', input: {} });
    expect(home.store.get<{ count: number }>('SELECT count(*) AS count FROM run_requests')?.count).toBeLessThanOrEqual(1_000);
  }, 60_000);

  test('fills none either with what is in its requests: of one that is refused nothing is kept but its id and a code', () => {
    const handle = `h_${'e'.repeat(32)}`;
    const input = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`a${n}`, Array.from({ length: 100 }, () => handle)]));
    for (const recipe of ['file.wipe', 'file.trash', 'link.save']) take({ recipe, input });
    const kept = home.store.get<{ chars: number }>('SELECT sum(length(request)) AS chars FROM run_requests');
    expect(kept?.chars).toBe(0);
  });
});

test('a cloud that comes after the one for which a standing warrant was made starts nothing by it', async () => {
  standing({ recipe: 'device.info', grants: [] });
  expect(await last(take({ recipe: 'device.info', input: {} }))).toMatchObject({ type: 'started' });
  home.runs.leaveCloud();
  home.cloud.models = ['test-model'];
  const asked = take({ recipe: 'device.info', input: {} });
  expect(home.standing.list()).toEqual([]);
  await question();
  expect((await until(() => told(asked)[0])).type).toBe('asked');
});

describe('a crash', () => {
  test('leaves the question open, with the same id; a yes given meanwhile starts the run once', async () => {
    home.cloud.connected = false;
    const asked = take();
    const view = await question();
    await home.restart();
    expect(home.approvals.list()).toEqual([view]);
    home.approvals.answer(view.id, 'once');
    await home.restart();
    await home.runs.recover();
    const record = await until(() => home.runs.log.list(5)[0]);
    expect(record.id).toBe(view.run);
    await home.restart({ leave: true });
    await home.runs.recover();
    home.runs.requests.take(asked);
    expect(runsHere()).toHaveLength(1);
    await home.ended(home.runs.log.get(record.id));
  });

  test('during which the question expires ends it as expired', async () => {
    const asked = take();
    await question();
    await home.restart();
    home.clock.now += APPROVAL_LIFE_MS;
    await home.runs.recover();
    expect(await last(asked)).toEqual({ type: 'refused', code: 'approval_expired' });
    expect(home.approvals.list()).toEqual([]);
  });

  test('before the cloud has heard of it loses nothing: the report waits', async () => {
    home.cloud.connected = false;
    standing({ recipe: 'device.info', grants: [] });
    const asked = take({ recipe: 'device.info', input: {} });
    await home.restart();
    home.cloud.connected = true;
    await home.runs.recover();
    home.runs.onLinkState(home.cloud.state());
    expect(await last(asked)).toMatchObject({ type: 'started' });
  });
});
