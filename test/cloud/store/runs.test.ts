// Runs and their logs in the store: what is stored is what is folded, also for large states and odd strings.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../../cloud/log.ts';
import { settle } from '../../../cloud/orchestrator/settle.ts';
import { openStore, type Store } from '../../../cloud/store/open.ts';
import { appendEvents, findRun, insertRun, listEvents, type StoredRun } from '../../../cloud/store/runs.ts';
import { type DeviceId, makeId, type PersonId } from '../../../shared/ids.ts';
import { UNKNOWN_WORLD } from '../../../shared/placement.ts';
import { fold, foldAll } from '../../../shared/run/fold.ts';
import { storesState } from '../../../shared/run/stored-state.ts';
import { digestSteps, handle, id, outcome, SEALED, spec } from '../support/runs.ts';
import { loadTemplate } from '../support/test-cloud.ts';

let store: Store;
const person = makeId('p', randomBytes) as PersonId;
const device = makeId('d', randomBytes) as DeviceId;
beforeAll(async () => {
  store = await openStore(
    { kind: 'memory', template: await loadTemplate() },
    createLog(() => undefined),
  );
  await store.db.insertInto('persons').values({ id: person, created_at: 1, signed_in_at: 1 }).execute();
  const key = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'AA' });
  await store.db
    .insertInto('devices')
    .values({
      id: device,
      person,
      name: 'd',
      machine: 'm',
      thumbprint: 't',
      sign_key: key,
      seal_key: key,
      created_at: 1,
      last_seen_at: null,
      revoked_at: null,
    })
    .execute();
}, 60_000);
afterAll(() => store.close());

function created(steps = digestSteps()): { run: StoredRun; events: Parameters<typeof insertRun>[2] } {
  const plan = spec(device, { steps });
  const first = { run: plan.id, seq: 1, epoch: 1, at: 5, type: 'run.created', spec: plan } as const;
  const settled = settle(fold(null, first), [], 5, UNKNOWN_WORLD);
  return {
    run: { state: settled.state, person, device, writer: 'cloud', sealed: SEALED, stateSeq: settled.state.seq, wakeAt: settled.wakeAt },
    events: [first, ...settled.events],
  };
}

test('a run is inserted once, with its events', async () => {
  const { run, events } = created();
  expect(await insertRun(store.db, run, events)).toBe(true);
  expect(await insertRun(store.db, run, events)).toBe(false);
  expect(await findRun(store.db, run.state.spec.id)).toEqual(run);
  expect(await listEvents(store.db, run.state.spec.id, 1)).toEqual(events.slice(1));
});

test('an append to a log that has moved on changes nothing', async () => {
  const { run, events } = created();
  await insertRun(store.db, run, events);
  const settled = settle(run.state, [{ type: 'step.started', step: id('list') }], 6, UNKNOWN_WORLD);
  const next = { ...run, state: settled.state, stateSeq: settled.state.seq };
  expect(await appendEvents(store.db, run.state, next, settled.events)).toBe(true);
  expect(await appendEvents(store.db, run.state, next, settled.events)).toBe(false);
  expect(await listEvents(store.db, run.state.spec.id, 0)).toHaveLength(events.length + 1);
});

test('a large state is stored now and then and comes back whole', async () => {
  let { run, events } = created();
  await insertRun(store.db, run, events);
  const outputs = Array.from({ length: 120 }, () => handle());
  const changes = [
    { type: 'step.succeeded', step: id('list'), outcome: outcome(outputs) },
    ...Array.from({ length: 55 }, (_, n) => ({ type: 'step.succeeded', step: id(`text.${n}`), outcome: outcome([handle()]) }) as const),
  ] as const;
  let whole = 0;
  for (const change of changes) {
    const settled = settle(run.state, [change], 7, UNKNOWN_WORLD);
    const isWhole = storesState(settled.state, run.stateSeq);
    if (isWhole) whole += 1;
    const next: StoredRun = { ...run, state: settled.state, stateSeq: isWhole ? settled.state.seq : run.stateSeq, wakeAt: settled.wakeAt };
    expect(await appendEvents(store.db, run.state, next, settled.events)).toBe(true);
    run = next;
  }
  expect(whole).toBeLessThan(15);
  expect(run.stateSeq).toBeLessThan(run.state.seq);
  const found = await findRun(store.db, run.state.spec.id);
  expect(found?.state).toEqual(run.state);
  expect(foldAll(await listEvents(store.db, run.state.spec.id, 0))).toEqual(run.state);
});

test('strings that PostgreSQL text refuses are kept', async () => {
  const { run, events } = created();
  await insertRun(store.db, run, events);
  const settled = settle(
    run.state,
    [
      {
        type: 'step.failed',
        step: id('list'),
        code: 'internal',
        message: 'zero \u0000, half \ud800, quote \'"\\',
        retryable: false,
        nothingChanged: true,
      },
    ],
    8,
    UNKNOWN_WORLD,
  );
  const next = { ...run, state: settled.state, stateSeq: settled.state.seq };
  expect(await appendEvents(store.db, run.state, next, settled.events)).toBe(true);
  expect((await findRun(store.db, run.state.spec.id))?.state).toEqual(settled.state);
});
