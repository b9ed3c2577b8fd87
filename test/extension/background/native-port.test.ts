import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';
import { createNativePort, DEADLINE_MS, MAX_RETRIES } from '../../../extension/background/native-port.ts';
import { createPort, type FakePort, settle } from '../support/browser.ts';
import { run, runId, status } from '../support/samples.ts';

let ports: FakePort[];

beforeEach(() => {
  vi.useFakeTimers();
  ports = [];
  Object.assign(fakeBrowser.runtime, {
    connectNative: (name: string) => {
      const end = createPort(name);
      ports.push(end);
      return end.port;
    },
    getManifest: () => ({ name: 'Headgate', version: '0.1.0' }),
  });
});
afterEach(() => {
  vi.useRealTimers();
});

function open() {
  const events = { onState: vi.fn(), onRunChanged: vi.fn(), onRunResult: vi.fn(), onStatusChanged: vi.fn(), onApprovalsChanged: vi.fn() };
  return { events, native: createNativePort(events) };
}

type Sent = { id: number; method: string; params: unknown };
const last = () => ports.at(-1) as FakePort;
const sentBy = (port: FakePort) => port.sent as Sent[];
const answer = (port: FakePort, index: number, result: unknown) => port.receive({ jsonrpc: '2.0', id: sentBy(port)[index]?.id, result });
const fail = (port: FakePort, index: number, code: string) =>
  port.receive({ jsonrpc: '2.0', id: sentBy(port)[index]?.id, error: { code: -1, message: 'no', data: { code, retryable: false } } });

async function greeted() {
  const opened = open();
  void opened.native.connect();
  await settle();
  answer(last(), 0, { protocol: 1, status: status() });
  await settle();
  return opened;
}

test('a call connects, greets and then asks', async () => {
  const { native, events } = open();
  const asked = native.ask('runs.cancel', { run: runId(1) });
  expect(last().port.name).toBe('app.headgate.host');
  expect(sentBy(last())).toMatchObject([
    { method: 'host.hello', params: { protocol: { min: 1, max: 1 }, client: { kind: 'extension', name: 'Headgate' } } },
  ]);
  answer(last(), 0, { protocol: 1, status: status() });
  await settle();
  expect(sentBy(last())[1]).toMatchObject({ method: 'runs.cancel', params: { run: runId(1) } });
  answer(last(), 1, {});
  await expect(asked).resolves.toEqual({});
  expect(events.onState.mock.calls.map(([state]) => state.state)).toEqual(['connecting', 'ready']);
});

test('a failure keeps its code and words', async () => {
  const { native } = await greeted();
  const asked = native.ask('runs.cancel', { run: runId(1) });
  await settle();
  fail(last(), 1, 'run_not_found');
  await expect(asked).rejects.toMatchObject({ code: 'run_not_found', message: 'no' });
});

test('an answer in an unknown form is a version mismatch', async () => {
  const { native } = await greeted();
  const asked = native.ask('grants.list', {});
  await settle();
  answer(last(), 1, { grants: 'many' });
  await expect(asked).rejects.toMatchObject({ code: 'version_mismatch' });
});

test('a call without an answer ends at its deadline', async () => {
  const { native } = await greeted();
  const asked = native.ask('grants.list', {});
  const ended = expect(asked).rejects.toMatchObject({ code: 'timeout' });
  await vi.advanceTimersByTimeAsync(DEADLINE_MS);
  await ended;
});

test('a host that is missing is named, and not tried again by itself', async () => {
  const { native, events } = open();
  const asked = native.ask('grants.list', {});
  await settle();
  last().drop('Specified native messaging host not found.');
  await expect(asked).rejects.toMatchObject({ code: 'host_missing' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ports).toHaveLength(1);
  expect(events.onState).toHaveBeenLastCalledWith({ state: 'down', code: 'host_missing' });
});

test('a host of another version is named', async () => {
  const { native, events } = open();
  void native.connect();
  await settle();
  fail(last(), 0, 'version_mismatch');
  await settle();
  expect(events.onState).toHaveBeenLastCalledWith({ state: 'down', code: 'version_mismatch' });
  expect(last().port.disconnect).toHaveBeenCalled();
});

test('a port that closes fails its calls and is opened again at once', async () => {
  const { native, events } = await greeted();
  const asked = native.ask('grants.list', {});
  await settle();
  last().drop('Native host has exited.');
  await expect(asked).rejects.toMatchObject({ code: 'host_crashed' });
  expect(events.onState).toHaveBeenLastCalledWith({ state: 'connecting' });
  await vi.advanceTimersByTimeAsync(0);
  expect(ports).toHaveLength(2);
});

test('a host that keeps crashing is given up, and tried again when the person asks', async () => {
  const { native, events } = open();
  void native.connect();
  for (let crash = 0; crash <= MAX_RETRIES; crash += 1) {
    await settle();
    last().drop('Native host has exited.');
    await vi.advanceTimersByTimeAsync(2_000);
  }
  expect(ports).toHaveLength(1 + MAX_RETRIES);
  expect(events.onState).toHaveBeenLastCalledWith({ state: 'down', code: 'host_crashed' });
  void native.connect();
  await settle();
  expect(ports).toHaveLength(2 + MAX_RETRIES);
});

test('what was down is told with every new try, until one is well', async () => {
  const { native, events } = open();
  void native.connect();
  await settle();
  last().drop('Specified native messaging host not found.');
  await settle();
  void native.connect();
  await settle();
  expect(events.onState).toHaveBeenLastCalledWith({ state: 'connecting', after: 'host_missing' });
  last().drop('Native host has exited.');
  expect(events.onState).toHaveBeenLastCalledWith({ state: 'connecting', after: 'host_crashed' });
  await vi.advanceTimersByTimeAsync(0);
  answer(last(), 0, { protocol: 1, status: status() });
  await vi.advanceTimersByTimeAsync(60_000);
  last().drop('Native host has exited.');
  expect(events.onState).toHaveBeenLastCalledWith({ state: 'connecting' });
});

test('an agent that never answers the greeting is named, and not asked for ever', async () => {
  const { native, events } = open();
  void native.connect();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(ports).toHaveLength(1 + MAX_RETRIES);
  expect(events.onState).toHaveBeenLastCalledWith({ state: 'down', code: 'agent_down' });
});

test('calls at the same time share one port', async () => {
  const { native } = open();
  void native.ask('grants.list', {}).catch(() => undefined);
  void native.ask('approvals.list', {}).catch(() => undefined);
  await settle();
  expect(ports).toHaveLength(1);
});

test('notifications are parsed; what does not fit is passed over', async () => {
  const { events } = await greeted();
  const changed = run({ status: 'running' });
  last().receive({ jsonrpc: '2.0', method: 'run.changed', params: changed });
  last().receive({ jsonrpc: '2.0', method: 'run.changed', params: { run: 'everything' } });
  last().receive({ jsonrpc: '2.0', method: 'approvals.changed', params: { count: 2 } });
  last().receive('noise');
  expect(events.onRunChanged).toHaveBeenCalledExactlyOnceWith(changed);
  expect(events.onApprovalsChanged).toHaveBeenCalledExactlyOnceWith(2);
});

test('an answer that came in parts is joined', async () => {
  const { native } = await greeted();
  const asked = native.ask('grants.list', {});
  await settle();
  const text = JSON.stringify({ jsonrpc: '2.0', id: sentBy(last())[1]?.id, result: { grants: [] } });
  const chunk = (index: number, part: string) =>
    last().receive({ jsonrpc: '2.0', method: '$chunk', params: { id: 9, index, count: 2, text: part } });
  chunk(0, text.slice(0, 20));
  chunk(1, text.slice(20));
  await expect(asked).resolves.toEqual({ grants: [] });
});

test('a message that the browser refuses for its size is too large', async () => {
  const { native } = await greeted();
  last().port.postMessage.mockImplementationOnce(() => {
    throw new Error('Message exceeded maximum allowed size of 64MiB.');
  });
  await expect(native.ask('runs.start', { recipe: 'page.save', input: {} })).rejects.toMatchObject({ code: 'too_large' });
});
