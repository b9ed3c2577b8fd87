// kill -9 while the person is asked, and as their yes is used: a real agent, killed and started again. A question stays open
// and is answered once; until it is, nothing is changed and nothing leaves; a yes that was spent as the process died is not
// used a second time.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GrantId, RunId } from '../../shared/ids.ts';
import type { ApprovalView } from '../../shared/protocol/native.ts';
import type { Label } from '../../shared/gate/labels.ts';
import { type HostileCloud, openHostileCloud } from '../attack/planner/hostile-cloud.ts';
import { type Home, openHome } from '../support/world.ts';
import { createAgent } from '../support/world/agent.ts';
import { until } from '../support/world/until.ts';

let world: Home;
let folder: string;
beforeEach(async () => {
  world = await openHome();
  folder = join(world.folder, 'Notes');
  mkdirSync(folder);
});
afterEach(() => world.close());

async function grant(label: Label): Promise<GrantId> {
  const { grant: made } = await (await world.agent.terminal()).call('grants.add', { folder, rights: ['read', 'write'], label });
  return made.id;
}

const questions = async (): Promise<ApprovalView[]> => (await (await world.agent.terminal()).call('approvals.list', {})).approvals;
const question = () => until('a question', async () => (await questions())[0]);
const detailOf = async ({ id }: ApprovalView) => (await world.agent.terminal()).call('approvals.show', { approval: id });
const answer = async ({ id }: ApprovalView, word: 'once' | 'run' | 'no') =>
  (await world.agent.terminal()).call('approvals.answer', { approval: id, answer: word });

async function killAndStart(): Promise<void> {
  await world.agent.kill();
  await world.agent.start();
}

async function ended(run: RunId) {
  return until(`the end of ${run}`, async () => {
    const view = await (await world.agent.terminal()).call('runs.get', { run });
    return view.endedAt === null ? null : view;
  });
}

/** A move that is asked about first. */
async function startMove(id: GrantId): Promise<RunId> {
  const input = { moves: [{ from: { grant: id, path: 'a.txt' }, to: 'b.txt' }] };
  return (await (await world.agent.terminal()).call('runs.start', { recipe: 'file.move', input, ask: 'changes' })).run;
}

test('a question about a change stays open over two deaths, and its one answer is used once', async () => {
  writeFileSync(join(folder, 'a.txt'), 'mine');
  const run = await startMove(await grant('ask'));
  const asked = await question();
  const shown = await detailOf(asked);
  for (let death = 0; death < 2; death += 1) {
    await killAndStart();
    expect(await questions()).toEqual([asked]);
    expect(await detailOf(asked)).toEqual(shown);
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('mine');
  }
  await answer(asked, 'once');
  await expect(answer(asked, 'once')).rejects.toMatchObject({ code: 'not_found' });
  expect(await ended(run)).toMatchObject({ status: 'succeeded' });
  expect(readFileSync(join(folder, 'b.txt'), 'utf8')).toBe('mine');
  await killAndStart();
  await expect(answer(asked, 'once')).rejects.toMatchObject({ code: 'not_found' });
  expect(await questions()).toEqual([]);
  expect(await (await world.agent.terminal()).call('runs.undo', { run })).toMatchObject({ undone: 1, failed: 0 });
}, 120_000);

test('a yes whose process dies before the change was noted is spent: the person is asked anew, and nothing was changed', async () => {
  writeFileSync(join(folder, 'a.txt'), 'mine');
  const id = await grant('ask');
  await world.agent.stop();
  const doomed = createAgent(world.home, { ...world.env, HEADGATE_FAULT: 'intent.before' });
  await doomed.start();
  const terminal = await doomed.terminal();
  const input = { moves: [{ from: { grant: id, path: 'a.txt' }, to: 'b.txt' }] };
  const { run } = await terminal.call('runs.start', { recipe: 'file.move', input, ask: 'changes' });
  const asked = await until('a question', async () => (await terminal.call('approvals.list', {})).approvals[0]);
  const gone = terminal.closed;
  await terminal.call('approvals.answer', { approval: asked.id, answer: 'once' }).catch(() => undefined);
  await gone;
  await doomed.stop();
  await world.agent.start();
  const again = await question();
  expect(again).toMatchObject({ run, title: asked.title });
  expect(again.id).not.toBe(asked.id);
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('mine');
  await expect(answer(asked, 'once')).rejects.toMatchObject({ code: 'not_found' });
  await answer(again, 'no');
  expect(await ended(run)).toMatchObject({ status: 'failed', steps: [{ status: 'refused', code: 'approval_denied' }] });
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('mine');
}, 120_000);

test('a question about a release stays open over a death; nothing leaves before its answer, and each text once', async () => {
  for (const name of ['heron', 'otter', 'weir'])
    writeFileSync(
      join(folder, `${name}.md`),
      `# The ${name}\n\nThe ${name} lives by the river. The keeper opens the gate at noon. Barges wait.\n`,
    );
  const cloud: HostileCloud = await openHostileCloud();
  world.atClose(cloud.close);
  await (await world.agent.terminal()).call('pair.start', { cloud: cloud.url, code: 'AAAA-1111' }, 30_000);
  const connected = () =>
    until('the cloud', async () => (await (await world.agent.terminal()).call('host.status', {})).cloud.state === 'connected');
  await connected();
  const id = await grant('ask');
  const { run } = await (await world.agent.terminal()).call('runs.start', { recipe: 'folder.digest', input: { grant: id } });
  const asked = await question();
  expect(asked).toMatchObject({ kind: 'release', others: 2 });
  await killAndStart();
  expect(await questions()).toEqual([asked]);
  await connected();
  expect(cloud.infers).toEqual([]);
  await answer(asked, 'run');
  await expect(answer(asked, 'run')).rejects.toMatchObject({ code: 'not_found' });
  expect(await ended(run)).toMatchObject({ status: 'succeeded' });
  // A machine so slow that the cloud was away for long goes on at home, and then sends nothing.
  if (cloud.runs.get(run)?.honest === true) expect(cloud.infers.length).toBeGreaterThanOrEqual(3);
  expect(new Set(cloud.infers.map(({ step }) => step)).size).toBe(cloud.infers.length);
  expect(new Set(cloud.infers.map(({ receipt }) => receipt)).size).toBe(cloud.infers.length);
  const { receipts } = await (await world.agent.terminal()).call('ledger.list', { limit: 100, run });
  expect(receipts.filter(({ purpose }) => purpose.startsWith('text.')).every(({ approvedBy }) => approvedBy === 'person')).toBe(true);
  expect(await questions()).toEqual([]);
}, 120_000);
