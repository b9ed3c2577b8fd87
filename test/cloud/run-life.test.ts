// Runs through the real cloud, told by a small device program: handed in, dispatched, reported, finished, cancelled, resent
// after a reconnect, and taken over by the device.
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type RunEvent, numberEvents } from '../../shared/run/events.ts';
import type { RunSpec } from '../../shared/run/plan.ts';
import { connect, type DeviceProgram, type Enrolled } from './support/device-program.ts';
import { digestSteps, handle, id, newRunId, outcome, SEALED, spec } from './support/runs.ts';
import { startTestCloud, type TestCloud } from './support/test-cloud.ts';

let cloud: TestCloud;
let enrolled: Enrolled;
beforeAll(async () => {
  cloud = await startTestCloud();
  enrolled = await cloud.enrol();
}, 60_000);
afterAll(() => cloud.stop());

const get = async (path: string): Promise<Record<string, never>> =>
  (await fetch(`${cloud.url}${path}`, { headers: { authorization: `Bearer ${enrolled.tokens.access}` } })).json() as never;
const view = (run: string) =>
  get(`/v1/runs/${run}`) as Promise<unknown> as Promise<{
    status: string;
    epoch: number;
    sealed: string;
    steps: { step: string; status: string; where: string | null }[];
  }>;
const eventsOf = async (run: string) => ((await get(`/v1/runs/${run}/events`)) as unknown as { events: RunEvent[] }).events;
const finished = (program: DeviceProgram, run: string) =>
  program.next('run.events', (params) => params.run === run && params.events.some((event) => event.type === 'run.finished'));
const succeed = (program: DeviceProgram, run: RunSpec, step: string, attempt = 1, outputs = [handle()]) =>
  program.report(run.id, id(step), attempt, { type: 'succeeded', outcome: outcome(outputs) });

test('a run of one step is dispatched, reported and finished', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device);
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  expect(await device.next('task.assign', (params) => params.run === run.id)).toEqual({
    run: run.id,
    step: 'info',
    attempt: 1,
    where: 'home',
  });
  await device.report(run.id, id('info'), 1, { type: 'started' });
  await succeed(device, run, 'info');
  expect((await finished(device, run.id)).events.map((event) => event.type)).toEqual(['step.succeeded', 'run.finished']);
  expect(await view(run.id)).toMatchObject({ status: 'succeeded', sealed: SEALED });
  expect((await eventsOf(run.id)).map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6]);
  await device.close();
});

test('names that the device released, and masks, are kept and shown with the step', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device, { steps: digestSteps() });
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  const files = [{ ...handle(), kind: 'file', name: 'Heron.md' } as const, { ...handle(), kind: 'file', mask: 'table' } as const];
  await device.next('task.assign', (params) => params.run === run.id && params.step === 'list');
  await succeed(device, run, 'list', 1, files);
  await device.next('task.assign', (params) => params.run === run.id);
  expect((await view(run.id)).steps).toContainEqual(
    expect.objectContaining({ step: 'list', files: [{ name: 'Heron.md' }, { mask: 'table' }] }),
  );
  const told = (await eventsOf(run.id)).find((event) => event.type === 'step.succeeded');
  expect(told).toMatchObject({ outcome: { outputs: [{ name: 'Heron.md' }, { mask: 'table' }] } });
  await device.close();
});

test('a digest fans out, prefers the cloud for its summaries and joins them', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device, { steps: digestSteps() });
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  const places: Record<string, string> = {};
  for (let tasks = 0; tasks < 8; tasks++) {
    const task = await device.next('task.assign', (params) => params.run === run.id);
    places[task.step] = task.where;
    if (task.where === 'cloud') {
      const answer = await device.ask('infer', {
        run: run.id,
        step: task.step,
        op: 'text.summarize',
        receipt: 'x_00000000000000000000000000000000' as never,
        question: { texts: ['One sentence. Another one.'] },
        deadlineMs: 5_000,
      });
      expect(answer.model).toBe('headgate-extractive');
    }
    await succeed(device, run, task.step, task.attempt, task.step === 'list' ? [handle(), handle(), handle()] : [handle()]);
  }
  await finished(device, run.id);
  expect(places).toEqual({
    list: 'home',
    'text.0': 'home',
    'text.1': 'home',
    'text.2': 'home',
    'summary.0': 'cloud',
    'summary.1': 'cloud',
    'summary.2': 'cloud',
    digest: 'home',
  });
  await device.close();
});

test('a step that the cloud let down runs at home', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device, {
    steps: [{ id: id('tags'), op: 'text.keywords', args: { texts: { input: 'text' } }, prefer: 'cloud' }],
    inputs: { text: handle() },
  });
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  expect((await device.next('task.assign', (params) => params.run === run.id)).where).toBe('cloud');
  await device.report(run.id, id('tags'), 1, {
    type: 'failed',
    code: 'model_failed',
    message: 'no answer',
    retryable: true,
    nothingChanged: true,
  });
  const again = await device.next('task.assign', (params) => params.run === run.id);
  expect(again.where).toBe('home');
  await succeed(device, run, 'tags', again.attempt);
  await finished(device, run.id);
  await device.close();
});

test('a retry waits for its moment and then comes by itself', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device);
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  await device.next('task.assign', (params) => params.run === run.id);
  await device.report(run.id, id('info'), 1, {
    type: 'failed',
    code: 'file_busy',
    message: 'locked',
    retryable: true,
    nothingChanged: true,
  });
  const again = await device.next('task.assign', (params) => params.run === run.id);
  expect(again.attempt).toBe(2);
  await device.report(run.id, id('info'), 1, {
    type: 'failed',
    code: 'file_busy',
    message: 'a late repeat',
    retryable: false,
    nothingChanged: true,
  });
  await succeed(device, run, 'info', 2);
  expect((await finished(device, run.id)).events.at(-1)).toMatchObject({ status: 'succeeded' });
  await device.close();
});

test('a run handed in twice is one run, and its task is sent again', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device);
  await Promise.all([device.ask('run.submit', { spec: run, sealed: SEALED }), device.ask('run.submit', { spec: run, sealed: SEALED })]);
  expect(await eventsOf(run.id)).toHaveLength(3);
  await device.next('task.assign', (params) => params.run === run.id);
  await device.next('task.assign', (params) => params.run === run.id);
  await device.ask('run.cancel', { run: run.id });
  await device.close();
});

test('reports that come twice count once', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device);
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  await device.next('task.assign', (params) => params.run === run.id);
  await Promise.all([
    device.report(run.id, id('info'), 1, { type: 'started' }),
    device.report(run.id, id('info'), 1, { type: 'started' }),
    succeed(device, run, 'info'),
    succeed(device, run, 'info'),
  ]);
  await finished(device, run.id);
  expect((await eventsOf(run.id)).map((event) => event.type)).toEqual([
    'run.created',
    'step.placed',
    'step.dispatched',
    'step.started',
    'step.succeeded',
    'run.finished',
  ]);
  await device.close();
});

test('a cancel reaches the task at work and ends the run', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device, { steps: digestSteps() });
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  await device.next('task.assign', (params) => params.run === run.id);
  await device.ask('run.cancel', { run: run.id });
  expect(await device.next('task.cancel', (params) => params.run === run.id)).toEqual({ run: run.id, step: 'list' });
  await device.report(run.id, id('list'), 1, { type: 'cancelled' });
  await finished(device, run.id);
  expect((await view(run.id)).status).toBe('cancelled');
  await device.close();
});

test('a device that comes back gets the events it has not seen and its open tasks', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device);
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  await device.next('task.assign', (params) => params.run === run.id);
  device.socket.terminate();
  await device.closed;

  const back = await connect(cloud.url, enrolled, [{ run: run.id, epoch: 1, seq: 1 }]);
  expect((await back.next('run.events', (params) => params.run === run.id)).events.map((event) => event.seq)).toEqual([2, 3]);
  expect(await back.next('task.assign', (params) => params.run === run.id)).toMatchObject({ step: 'info', attempt: 1 });
  await back.close();

  const blank = await connect(cloud.url, enrolled);
  expect((await blank.next('run.events', (params) => params.run === run.id)).events.map((event) => event.seq)).toEqual([1, 2, 3]);
  await blank.next('task.assign', (params) => params.run === run.id);
  await succeed(blank, run, 'info');
  await finished(blank, run.id);
  await blank.close();
});

test('a run that the cloud does not know is asked for again', async () => {
  const run = newRunId();
  const device = await connect(cloud.url, enrolled, [{ run, epoch: 1, seq: 4 }]);
  expect(await device.next('run.unknown')).toEqual({ run });
  await device.close();
});

test('a device cannot touch the run of another one', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device);
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  const other = await cloud.enrol();
  const stranger = await connect(cloud.url, other, [{ run: run.id, epoch: 1, seq: 1 }]);
  expect(await stranger.next('run.unknown')).toEqual({ run: run.id });
  await expect(stranger.report(run.id, id('info'), 1, { type: 'started' })).rejects.toMatchObject({ code: 'run_not_found' });
  await expect(stranger.ask('run.cancel', { run: run.id })).rejects.toMatchObject({ code: 'run_not_found' });
  await expect(stranger.ask('run.submit', { spec: { ...run, device: null }, sealed: SEALED })).rejects.toMatchObject({ code: 'conflict' });
  await expect(stranger.ask('run.submit', { spec: spec(enrolled.device), sealed: SEALED })).rejects.toMatchObject({ code: 'forbidden' });
  const created: RunEvent = { type: 'run.created', run: run.id, seq: 1, epoch: 9, at: 1, spec: { ...run, driver: 'home' } };
  await expect(stranger.ask('run.replicate', { sealed: SEALED, events: [created] })).rejects.toMatchObject({ code: 'conflict' });
  await stranger.close();
  await device.ask('run.cancel', { run: run.id });
  await device.close();
});

test.each<[string, Partial<RunSpec>, string]>([
  [
    'a circle',
    {
      steps: [
        { id: id('a'), op: 'fs.stat', args: {}, each: id('b') },
        { id: id('b'), op: 'fs.stat', args: {}, each: id('a') },
      ],
    },
    'The plan cannot run: its step a needs b, which is no earlier step.',
  ],
  [
    'a step twice',
    {
      steps: [
        { id: id('a'), op: 'os.info', args: {} },
        { id: id('a'), op: 'os.info', args: {} },
      ],
    },
    'The plan cannot run: its step a is there twice.',
  ],
  ['a dotted name', { steps: [{ id: id('a.1'), op: 'os.info', args: {} }] }, 'The plan cannot run: its step a.1 has a name with a dot.'],
])('a plan with %s is refused', async (_name, change, message) => {
  const device = await connect(cloud.url, enrolled);
  await expect(device.ask('run.submit', { spec: spec(enrolled.device, change), sealed: SEALED })).rejects.toMatchObject({
    code: 'invalid_params',
    message,
  });
  await device.close();
});

test('a title in clear is refused', async () => {
  const device = await connect(cloud.url, enrolled);
  await expect(device.ask('run.submit', { spec: spec(enrolled.device), sealed: '{"title":"taxes"}' })).rejects.toMatchObject({
    code: 'invalid_params',
  });
  await device.close();
});

test('a run that is driven at home is kept as the device tells it', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device, { driver: 'home' });
  const all = numberEvents(run.id, { seq: 0, epoch: 1 }, Date.now(), [
    { type: 'run.created', spec: run },
    { type: 'step.placed', step: id('info'), where: 'home', reasons: [] },
    { type: 'step.dispatched', step: id('info'), attempt: 1 },
    { type: 'step.succeeded', step: id('info'), outcome: outcome() },
    { type: 'run.finished', status: 'succeeded' },
  ]);
  expect(await device.ask('run.replicate', { sealed: SEALED, events: all.slice(0, 3) })).toEqual({ seq: 3, epoch: 1 });
  expect(await device.ask('run.replicate', { events: all.slice(0, 3) })).toEqual({ seq: 3, epoch: 1 });
  await expect(device.ask('run.replicate', { events: all.slice(4) })).rejects.toMatchObject({
    code: 'conflict',
    message: "The cloud's log is at seq 3, epoch 1: events are missing in between.",
  });
  expect(await device.ask('run.replicate', { events: all.slice(2) })).toEqual({ seq: 5, epoch: 1 });
  expect((await view(run.id)).status).toBe('succeeded');
  expect(device.heard.filter((one) => one.method === 'task.assign' && one.params.run === run.id)).toEqual([]);
  await device.close();
});

test('a device that took a run over is believed from the fork on, and the cloud drives it no more', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device);
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  await device.next('task.assign', (params) => params.run === run.id);
  await device.report(run.id, id('info'), 1, { type: 'started' });
  // The device knew the log up to event 2 when it adopted the run.
  const adopted = numberEvents(run.id, { seq: 2, epoch: 2 }, Date.now(), [
    { type: 'run.adopted', by: 'home', reasons: ['the cloud is away'] },
    { type: 'step.placed', step: id('info'), where: 'home', reasons: [] },
    { type: 'step.dispatched', step: id('info'), attempt: 1 },
    { type: 'step.succeeded', step: id('info'), outcome: outcome() },
    { type: 'run.finished', status: 'succeeded' },
  ]);
  expect(await device.ask('run.replicate', { events: adopted })).toEqual({ seq: 7, epoch: 2 });
  expect((await eventsOf(run.id)).map((event) => [event.seq, event.epoch])).toEqual([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 2],
    [6, 2],
    [7, 2],
  ]);
  expect(await view(run.id)).toMatchObject({ status: 'succeeded', epoch: 2 });
  await expect(device.report(run.id, id('info'), 1, { type: 'started' })).rejects.toMatchObject({ code: 'conflict' });
  const stale = numberEvents(run.id, { seq: 2, epoch: 1 }, Date.now(), [{ type: 'run.cancelRequested' }]);
  await expect(device.ask('run.replicate', { events: stale })).rejects.toMatchObject({
    code: 'conflict',
    message: "The cloud's log is at seq 7, epoch 2: the log has a newer writer.",
  });
  await device.close();
  const back = await connect(cloud.url, enrolled, [{ run: run.id, epoch: 2, seq: 7 }]);
  await back.ask('agent.heartbeat', { load: 0, onBattery: false, queueMs: 0, speed: {} });
  expect(back.heard.filter((one) => one.method === 'task.assign' && one.params.run === run.id)).toEqual([]);
  await back.close();
});

test('a device cannot write where the cloud does', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device);
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  const [more] = numberEvents(run.id, { seq: 3, epoch: 1 }, Date.now(), [{ type: 'step.started', step: id('info') }]) as [RunEvent];
  await expect(device.ask('run.replicate', { events: [more] })).rejects.toMatchObject({ code: 'conflict' });
  await expect(device.ask('run.replicate', { events: [{ ...more, epoch: 2 }] })).rejects.toMatchObject({ code: 'conflict' });
  await device.ask('run.cancel', { run: run.id });
  await device.close();
});

test('a watching person is told of their runs and devices, and of nobody else’s', async () => {
  const stream = new WebSocket(`${cloud.url.replace('http', 'ws')}/v1/stream`);
  const told: { id?: number; method?: string; params: { run?: string; status?: string; connected?: boolean; steps?: unknown } }[] = [];
  stream.on('message', (data) => told.push(JSON.parse(String(data))));
  await new Promise((resolve) => stream.once('open', resolve));
  stream.send(
    JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'stream.hello',
      params: { protocol: { min: 1, max: 1 }, token: enrolled.tokens.access },
    }),
  );
  await expect.poll(() => told.some((one) => one.id === 1)).toBe(true);
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device);
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  await device.next('task.assign', (params) => params.run === run.id);
  await succeed(device, run, 'info');
  await expect
    .poll(() => told.filter((one) => one.params?.run === run.id).map((one) => one.params.status))
    .toEqual(['running', 'succeeded']);
  expect(told.some((one) => one.method === 'device.changed' && one.params.connected)).toBe(true);
  expect(told.every((one) => one.params?.steps === undefined)).toBe(true);
  const closed = new Promise((resolve) => stream.once('close', resolve));
  stream.close();
  await closed;
  await device.close();
});

test('a stream without a good token is closed with 4401', async () => {
  const stream = new WebSocket(`${cloud.url.replace('http', 'ws')}/v1/stream`);
  await new Promise((resolve) => stream.once('open', resolve));
  stream.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'stream.hello', params: { protocol: { min: 1, max: 1 }, token: 'a.b.c' } }));
  expect(await new Promise((resolve) => stream.once('close', resolve))).toBe(4401);
});

test('the list of runs is the person’s own, newest first, and short', async () => {
  const { runs } = (await get('/v1/runs?limit=2')) as unknown as { runs: { run: string; steps?: unknown; createdAt: number }[] };
  expect(runs).toHaveLength(2);
  expect(runs[0]?.steps).toBeUndefined();
  expect(runs[0]?.createdAt).toBeGreaterThanOrEqual(runs[1]?.createdAt ?? 0);
  expect(await get('/v1/runs?limit=1000')).toMatchObject({ error: { code: 'invalid_params' } });
  expect(await get(`/v1/runs/${newRunId()}`)).toMatchObject({ error: { code: 'run_not_found' } });
});
