// Questions and answers on the real store: what a yes is good for, and what outlives the one who asked.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  APPROVAL_LIFE_MS,
  type Approvals,
  approve,
  type Asking,
  createApprovals,
  purgeApprovals,
  type Question,
} from '../../../native-host/gate/approvals.ts';
import { type Store, openStore } from '../../../native-host/state/database.ts';
import type { Bound } from '../../../shared/gate/approvals.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import { type Change, NO_CHANGE } from '../../../native-host/gate/changes.ts';
import type { ApprovalId, RunId, StepId } from '../../../shared/ids.ts';
import { type Granted, grantFolder } from '../support/granted.ts';
import { eventually } from '../../support/eventually.ts';

const RUN = `r_${'1'.repeat(32)}` as RunId;
const BOUND: Bound = {
  op: 'fs.write',
  args: { dryRun: false },
  content: ['new', 'old'],
  targets: [{ grant: `g_${'2'.repeat(32)}` as never, path: 'a.md', is: { dev: 1, ino: 2, size: 3, mtimeMs: 4, ctimeMs: 5 } }],
  destination: 'cloud',
  model: 'm',
  policy: 'default-1',
};
const QUESTION: Question = {
  kind: 'change',
  run: RUN,
  step: 'write' as StepId,
  title: 'Write a.md?',
  destination: 'disk',
  model: null,
  bytes: 0,
  items: [],
  more: 0,
};

let granted: Granted;
let store: Store;
let clock: number;
let approvals: Approvals;
let stop: AbortController;
const told: number[] = [];

beforeEach(() => {
  granted = grantFolder();
  store = granted.store;
  clock = 1_000_000;
  stop = new AbortController();
  approvals = createApprovals(
    store,
    granted.grants,
    () => clock,
    (count) => told.push(count),
  );
});
afterEach(() => {
  vi.useRealTimers();
  granted[Symbol.dispose]();
});

const ask = (question: Partial<Question> = {}, bound: Bound = BOUND, more: Partial<Asking> = {}) =>
  approvals.ask({ question: { ...QUESTION, ...question }, bound, about: { grants: [granted.grant.id] }, ...more }, stop.signal);
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof HeadgateError) return thrown.code;
    throw thrown;
  }
  return 'none';
};

describe('a yes', () => {
  test('is used once', async () => {
    const { id, answered } = ask();
    approvals.answer(id, 'once');
    expect(await answered).toBe('once');
    expect(approvals.use(id, BOUND)).toBe('once');
    expect(codeOf(() => approvals.use(id, BOUND))).toBe('approval_denied');
  });

  test.each<[string, Partial<Bound>]>([
    ['op', { op: 'fs.append' }],
    ['args', { args: { dryRun: true } }],
    ['content', { content: ['other', 'old'] }],
    ['content of the target', { content: ['new', 'changed'] }],
    ['targets', { targets: [{ ...BOUND.targets[0], is: null } as Bound['targets'][number]] }],
    ['destination', { destination: 'client' }],
    ['model', { model: 'another' }],
    ['policy', { policy: 'default-2' }],
  ])('to something else in its %s is refused, and spent', (_what, change) => {
    const { id } = ask();
    approvals.answer(id, 'once');
    expect(codeOf(() => approvals.use(id, { ...BOUND, ...change }))).toBe('approval_changed');
    expect(codeOf(() => approvals.use(id, BOUND))).toBe('approval_denied');
  });

  test('to one step is none to the same of another step, run or kind', () => {
    for (const other of [{ step: 'other' as StepId }, { run: `r_${'9'.repeat(32)}` as RunId }, { kind: 'release' as const }]) {
      const { id } = ask();
      approvals.answer(id, 'once');
      const asked = ask(other);
      expect(asked.id).not.toBe(id);
      approvals.use(id, BOUND);
    }
  });

  test('without an answer, or after a no, there is none', () => {
    const { id } = ask();
    expect(codeOf(() => approvals.use(id, BOUND))).toBe('approval_denied');
    approvals.answer(id, 'no');
    expect(codeOf(() => approvals.use(id, BOUND))).toBe('approval_denied');
    expect(codeOf(() => approvals.answer(id, 'once'))).toBe('not_found');
  });

  test('that came too long ago has expired', () => {
    const { id } = ask();
    approvals.answer(id, 'once');
    clock += APPROVAL_LIFE_MS;
    expect(codeOf(() => approvals.use(id, BOUND))).toBe('approval_expired');
  });

  test('to what cannot be shown is never given in advance', () => {
    const { id } = ask({ uninspectable: 'a program' });
    expect(codeOf(() => approvals.answer(id, 'run'))).toBe('forbidden');
    approvals.answer(id, 'once');
    expect(approvals.use(id, BOUND)).toBe('once');
  });

  test('for the run answers its other open questions of the kind, but not what cannot be shown', async () => {
    const first = ask();
    const second = ask({ step: 'second' as StepId });
    const dark = ask({ step: 'dark' as StepId, uninspectable: 'a program' });
    const release = ask({ kind: 'release' });
    approvals.answer(first.id, 'run');
    expect(await second.answered).toBe('run');
    expect(
      approvals
        .list()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([dark.id, release.id].sort());
  });
});

describe('a question', () => {
  test('for exactly the same is asked once, and both get the answer', async () => {
    const one = ask();
    const two = ask();
    expect(two.id).toBe(one.id);
    expect(approvals.list()).toHaveLength(1);
    approvals.answer(one.id, 'no');
    expect([await one.answered, await two.answered]).toEqual(['no', 'no']);
  });

  test('outlives the store being closed; an answer that came while nobody waited is taken', async () => {
    const home = join(granted.base, 'other');
    let own = openStore(home);
    const openAnew = (): void => {
      own.close();
      own = openStore(home);
      approvals = createApprovals(
        own,
        granted.grants,
        () => clock,
        () => undefined,
      );
    };
    openAnew();
    const { id } = ask();
    openAnew();
    expect(approvals.list()).toMatchObject([{ id, kind: 'change' }]);
    approvals.answer(id, 'once');
    openAnew();
    const again = ask();
    expect(again.id).toBe(id);
    expect(await again.answered).toBe('once');
    expect(approvals.use(id, BOUND)).toBe('once');
    expect(ask().id).not.toBe(id);
    own.close();
  });

  test('that is not answered in time expires as an outcome of its own', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { id, answered } = ask();
    clock += APPROVAL_LIFE_MS;
    await vi.advanceTimersByTimeAsync(APPROVAL_LIFE_MS);
    expect(await answered).toBe('expired');
    expect(store.get<{ answer: string }>('SELECT answer FROM approvals WHERE id = ?', id)).toMatchObject({ answer: 'expired' });
    expect(codeOf(() => approvals.answer(id, 'once'))).toBe('not_found');
  });

  test('that expired while no agent ran is noted as expired, and not shown', () => {
    const { id } = ask();
    clock += APPROVAL_LIFE_MS;
    expect(approvals.list()).toEqual([]);
    expect(codeOf(() => approvals.answer(id, 'once'))).toBe('approval_expired');
    purgeApprovals(store, clock);
    expect(store.get('SELECT answer FROM approvals WHERE id = ?', id)).toMatchObject({ answer: 'expired' });
  });

  test('whose step is cancelled is withdrawn; one that the agent’s leaving interrupts stays', async () => {
    const cancelled = ask();
    stop.abort(new HeadgateError('cancelled', 'Cancelled.'));
    expect(await cancelled.answered).toBe('withdrawn');
    expect(approvals.list()).toEqual([]);
    stop = new AbortController();
    const left = ask();
    stop.abort(new HeadgateError('agent_down', 'Leaving.'));
    expect(await left.answered).toBe('withdrawn');
    expect(approvals.list()).toMatchObject([{ id: left.id }]);
  });
});

describe('asking for a yes and using it', () => {
  const about = { grants: [] };
  const on = () => ({ signal: stop.signal, onWaiting: () => undefined, onAnswered: () => undefined });

  test('looks again when the yes came: what changed meanwhile is refused', async () => {
    let content = 'new';
    const using = approve(approvals, { question: QUESTION, about, bound: () => ({ ...BOUND, content: [content] }) }, on());
    await eventually(() => expect(approvals.list()).toHaveLength(1));
    content = 'newer';
    approvals.answer(approvals.list()[0]?.id as never, 'once');
    await expect(using).rejects.toMatchObject({
      code: 'approval_changed',
      message: expect.stringContaining('has changed since you were asked'),
    });
  });

  test('gives a no its own code', async () => {
    const using = approve(approvals, { question: QUESTION, about, bound: () => BOUND }, on());
    await eventually(() => expect(approvals.list()).toHaveLength(1));
    approvals.answer(approvals.list()[0]?.id as never, 'no');
    await expect(using).rejects.toMatchObject({ code: 'approval_denied' });
  });
});

describe('a question about what the person narrows', () => {
  const RIVER: Change = { ...NO_CHANGE, parts: [{ says: 'Write a.md' }], lines: [{ part: 0, sign: '-', excerpt: 'the river', of: null }] };
  const answerOf = (id: ApprovalId) =>
    store.get<{ answer: string; detail: string | null }>('SELECT answer, detail FROM approvals WHERE id = ?', id);

  test.each<[string, (granted: Granted) => void]>([
    ['a stricter label', ({ grants, grant }) => void grants.narrow(grant.id, { label: 'ask' })],
    ['a right that goes', ({ grants, grant }) => void grants.narrow(grant.id, { rights: ['read'] })],
    ['an exclude', ({ grants, grant }) => void grants.narrow(grant.id, { exclude: ['*.key'] })],
    ['hidden names', ({ grants, grant }) => void grants.narrow(grant.id, { names: 'hidden' })],
    ['a smaller limit', ({ grants, grant }) => void grants.narrow(grant.id, { maxFileBytes: 100 })],
    ['its end', ({ grants, grant }) => grants.revoke(grant.id)],
    [
      'a stricter folder in it',
      ({ grants, folder }) => {
        mkdirSync(join(folder, 'Private'));
        grants.add({ folder: join(folder, 'Private'), label: 'home' });
      },
    ],
  ])('is withdrawn at once by %s, with the lines that it would have shown', async (_what, narrow) => {
    const { id, answered } = ask({}, BOUND, { change: RIVER });
    expect(approvals.find(id).change.lines).toHaveLength(1);
    narrow(granted);
    approvals.withdrawNarrowed();
    expect(await answered).toBe('withdrawn');
    expect(answerOf(id)).toEqual({ answer: 'withdrawn', detail: null });
    expect(approvals.list()).toEqual([]);
    expect(told.at(-1)).toBe(0);
    expect(codeOf(() => approvals.answer(id, 'once'))).toBe('not_found');
    expect(codeOf(() => approvals.use(id, BOUND))).toBe('approval_withdrawn');
  });

  test('is withdrawn also when its yes has been given and not used', async () => {
    const { id, answered } = ask({}, BOUND, { change: RIVER });
    approvals.answer(id, 'once');
    expect(await answered).toBe('once');
    granted.grants.narrow(granted.grant.id, { label: 'home' });
    approvals.withdrawNarrowed();
    expect(answerOf(id)).toEqual({ answer: 'withdrawn', detail: null });
    expect(codeOf(() => approvals.use(id, BOUND))).toBe('approval_withdrawn');
  });

  test('stays when another grant is narrowed, when this one is widened, and when grants cannot be read', () => {
    const { id } = ask();
    mkdirSync(join(granted.base, 'Other'));
    const other = granted.grants.add({ folder: join(granted.base, 'Other'), label: 'open' });
    granted.grants.narrow(other.id, { label: 'home' });
    granted.grants.add({ folder: granted.folder, rights: ['read', 'write', 'trash'], label: 'open' });
    approvals.withdrawNarrowed();
    writeFileSync(granted.grants.file, '{');
    approvals.withdrawNarrowed();
    expect(approvals.list()).toMatchObject([{ id }]);
  });

  test('of a client is withdrawn by what is narrowed around its folders', async () => {
    const { answered } = ask({ kind: 'release' }, BOUND, { about: { grants: [], folders: [join(granted.folder, 'letters')] } });
    granted.grants.narrow(granted.grant.id, { label: 'home' });
    approvals.withdrawNarrowed();
    expect(await answered).toBe('withdrawn');
  });
});

describe('what is shown of a client’s question', () => {
  const CANARY = 'Zymurgyquill';
  const change: Change = { ...NO_CHANGE, parts: [{ says: 'a' }], lines: [{ part: 0, sign: ' ', excerpt: CANARY, of: null }] };
  const PASSING = { kind: 'release', destination: 'client' } as const;
  const onDisk = () =>
    readdirSync(granted.home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .some((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(CANARY));

  const narrowed = () => {
    granted.grants.narrow(granted.grant.id, { label: 'home' });
    approvals.withdrawNarrowed();
  };

  test('is shown while it is open, and is never on disk', () => {
    const { id } = ask(PASSING, BOUND, { change });
    expect(approvals.find(id).change).toEqual(change);
    expect(onDisk()).toBe(false);
    const kept = ask({ kind: 'release' }, { ...BOUND, content: ['other'] }, { change });
    expect(approvals.find(kept.id).change).toEqual(change);
    expect(onDisk()).toBe(true);
  });

  test.each<[string, (id: ApprovalId) => void]>([
    ['answered', (id) => approvals.answer(id, 'no')],
    ['withdrawn with what its grant allowed', () => narrowed()],
    ['withdrawn with all', () => approvals.withdrawAll()],
    ['left by its asker', () => stop.abort()],
    ['left by an agent that goes', () => stop.abort(new HeadgateError('agent_down', 'Leaving.'))],
  ])('is gone when the question is %s', (_how, end) => {
    const { id } = ask(PASSING, BOUND, { change });
    end(id);
    // As if it were open again: nothing of what it showed has been kept.
    store.run('UPDATE approvals SET answer = NULL, expires_at = ? WHERE id = ?', clock + 1, id);
    expect(approvals.find(id).change).toEqual(NO_CHANGE);
  });

  test('goes with the agent that shows it, and the question as well: it is asked anew, and shown', async () => {
    const runs = ask({ kind: 'release', destination: 'cloud' }, { ...BOUND, content: ['other'] });
    const { id } = ask(PASSING, BOUND, { change });
    const later = createApprovals(
      store,
      granted.grants,
      () => clock,
      () => {},
    );
    expect(later.list()).toMatchObject([{ id: runs.id }]);
    expect(codeOf(() => later.answer(id, 'once'))).toBe('not_found');
    const asking = { question: { ...QUESTION, ...PASSING }, bound: BOUND, about: { grants: [granted.grant.id] }, change };
    const again = later.ask(asking, stop.signal);
    expect(later.find(again.id).change).toEqual(change);
    later.answer(again.id, 'once');
    expect(await again.answered).toBe('once');
  });
});

describe('the releases of one run', () => {
  const release = (step: string, content: string) =>
    ask({ kind: 'release', step: step as StepId }, { ...BOUND, content: [content] }, { inTurn: true });

  test('are asked about one at a time; the next is decided when the one before it was answered', async () => {
    const first = release('summary.0', 'a');
    const second = release('summary.1', 'b');
    expect(second).toMatchObject({ id: first.id, isOther: true });
    expect(approvals.list()).toHaveLength(1);
    approvals.answer(first.id, 'once');
    expect(await second.answered).toBe('once');
    const again = release('summary.1', 'b');
    expect(again.isOther).toBe(false);
    expect(again.id).not.toBe(first.id);
    expect(release('summary.0', 'a')).toMatchObject({ id: first.id, isOther: false });
  });

  test('a no to one stands for the run, and so does none in time; another run is asked', () => {
    expect(approvals.refused(RUN)).toBeNull();
    approvals.answer(release('summary.0', 'a').id, 'no');
    expect(approvals.refused(RUN)).toBe('no');
    expect(approvals.refused(`r_${'9'.repeat(32)}` as RunId)).toBeNull();
    const { id } = ask({ kind: 'release', run: `r_${'9'.repeat(32)}` as RunId });
    clock += APPROVAL_LIFE_MS;
    purgeApprovals(store, clock);
    expect(store.get('SELECT answer FROM approvals WHERE id = ?', id)).toEqual({ answer: 'expired' });
    expect(approvals.refused(`r_${'9'.repeat(32)}` as RunId)).toBe('expired');
  });

  test('whoever waits behind a question and is cancelled leaves it open', async () => {
    const first = release('summary.0', 'a');
    const own = new AbortController();
    const waiting = approvals.ask(
      { question: { ...QUESTION, kind: 'release', step: 'summary.1' as StepId }, bound: BOUND, about: { grants: [] }, inTurn: true },
      own.signal,
    );
    own.abort(new HeadgateError('cancelled', 'Cancelled.'));
    expect(await waiting.answered).toBe('withdrawn');
    expect(approvals.list()).toMatchObject([{ id: first.id }]);
  });
});
