import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOutbox, type Outbox } from '../../../native-host/link/outbox.ts';
import { openStore, type Store } from '../../../native-host/state/database.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import type { RunId } from '../../../shared/ids.ts';
import { TestCloud } from '../runs/home.ts';
import { eventually } from '../../support/eventually.ts';

const RUN = `r_${'1'.repeat(32)}` as RunId;

let home: string;
let store: Store;
let cloud: TestCloud;
let outbox: Outbox;
let logged: string[];
let open: Outbox[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'headgate-outbox-'));
  store = openStore(home);
  cloud = new TestCloud();
  logged = [];
  open = [];
  outbox = create();
});
afterEach(() => {
  vi.useRealTimers();
  for (const each of open) each.close();
  store.close();
  rmSync(home, { recursive: true, force: true });
});

function create(prepare: (params: unknown) => Promise<unknown> = async (params) => params): Outbox {
  const made = createOutbox(
    store,
    () => cloud,
    // What a row carries makes no difference to the outbox.
    (_method, params) => prepare(params) as Promise<never>,
    (line) => void logged.push(line),
  );
  open.push(made);
  return made;
}
const put = (...numbers: number[]): void => store.transaction(() => numbers.forEach((n) => void outbox.put(RUN, 'task.report', { n })));
const sent = () => cloud.asked.map(({ params }) => params.n);
const empty = () => eventually(() => expect(outbox.size()).toBe(0));

test('what is put goes in order, and leaves when it was answered', async () => {
  put(1, 2, 3);
  expect(outbox.size()).toBe(3);
  outbox.flush();
  await empty();
  expect(sent()).toEqual([1, 2, 3]);
});

test('a slow preparation does not let a later one overtake', async () => {
  outbox = create(async (params) => {
    if ((params as { n: number }).n === 1) await new Promise((resolve) => setTimeout(resolve, 30));
    return params;
  });
  put(1, 2);
  outbox.flush();
  await empty();
  expect(sent()).toEqual([1, 2]);
});

test('nothing goes while the cloud is away, all of it when it is back', async () => {
  cloud.connected = false;
  put(1, 2);
  outbox.flush();
  expect(sent()).toEqual([]);
  cloud.connected = true;
  outbox.flush();
  await empty();
  expect(sent()).toEqual([1, 2]);
});

test('what was not answered when the link was lost goes again', async () => {
  cloud.answers['task.report'] = ({ n }) => {
    if (n === 2 && sent().filter((each) => each === 2).length === 1) {
      cloud.connected = false;
      throw new HeadgateError('cloud_away', 'The connection to the cloud was lost.');
    }
    return {};
  };
  put(1, 2, 3);
  outbox.flush();
  await eventually(() => expect(outbox.size()).toBe(2));
  cloud.connected = true;
  outbox.flush();
  await empty();
  expect(sent()).toEqual([1, 2, 2, 3]);
});

test('what was not answered before a restart goes again', async () => {
  cloud.answers['task.report'] = () => new Promise(() => undefined);
  put(1, 2);
  outbox.flush();
  await eventually(() => expect(sent()).toEqual([1, 2]));
  outbox.close();
  cloud.answers = {};
  outbox = create();
  outbox.flush();
  await empty();
  expect(sent()).toEqual([1, 2, 1, 2]);
});

test('a row that the cloud refuses for good is dropped and logged by code; those behind it go on', async () => {
  cloud.answers['task.report'] = ({ n }) => {
    if (n === 1) throw new HeadgateError('run_not_found', 'secret words');
    return {};
  };
  put(1, 2);
  outbox.flush();
  await empty();
  expect(sent()).toEqual([1, 2]);
  expect(logged).toEqual(['the cloud refused task.report (run_not_found)']);
});

test('a row that the cloud cannot take now goes again by itself', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  cloud.answers['task.report'] = () => {
    if (sent().length === 1) throw new HeadgateError('busy', 'later');
    return {};
  };
  put(1);
  outbox.flush();
  await vi.advanceTimersByTimeAsync(999);
  expect(sent()).toEqual([1]);
  await vi.advanceTimersByTimeAsync(1_100);
  expect(sent()).toEqual([1, 1]);
  expect(outbox.size()).toBe(0);
});

test('a row that its preparation drops is not sent', async () => {
  outbox = create(async (params) => ((params as { n: number }).n === 1 ? null : params));
  put(1, 2);
  outbox.flush();
  await empty();
  expect(sent()).toEqual([2]);
});

test('many rows all go, once each', async () => {
  const numbers = Array.from({ length: 300 }, (_, n) => n);
  put(...numbers);
  outbox.flush();
  outbox.flush();
  await eventually(() => expect(outbox.size()).toBe(0));
  expect(sent()).toEqual(numbers);
});

test('a put within a transaction that fails is not there', () => {
  expect(() =>
    store.transaction(() => {
      outbox.put(RUN, 'run.submit', {});
      throw new Error('no');
    }),
  ).toThrow();
  expect(outbox.size()).toBe(0);
});

test('after its close nothing is sent', async () => {
  outbox.close();
  put(1);
  outbox.flush();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sent()).toEqual([]);
});
