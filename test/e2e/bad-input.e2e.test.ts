// Bytes that no browser should send, through the real relay to the real agent: a clear error or a clean close, no memory
// taken for them, and the next good frame works wherever the stream still makes sense.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PROTOCOL } from '../../shared/protocol/version.ts';
import { memoryOf } from '../support/world/processes.ts';
import { frame, type Relay, startRelay } from '../support/world/relay.ts';
import { until, within } from '../support/world/until.ts';
import { type Home, openHome } from '../support/world.ts';

const MIB = 1024 * 1024;
let home: Home;
const relays: Relay[] = [];

beforeAll(async () => {
  home = await openHome();
});

afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.close();
});

afterAll(() => home?.close());

async function open(options?: Parameters<typeof startRelay>[2]): Promise<Relay> {
  const relay = await startRelay(home.env, home.home, options);
  relays.push(relay);
  return relay;
}

async function expectGoodFrameWorks(relay: Relay): Promise<void> {
  expect((await relay.ask('host.ping', { pad: 'x' })).result).toMatchObject({ bytes: expect.any(Number) });
}

test.each([
  ['bytes that are no JSON', frame('{ "jsonrpc": '), 'parse_error'],
  ['bytes that are no UTF-8', frame(Buffer.from([0x22, 0xc3, 0x28, 0xa0, 0x22])), 'parse_error'],
  ['JSON that is no JSON-RPC', frame('{"hello":"world"}'), 'invalid_request'],
  ['a list of requests', frame('[{"jsonrpc":"2.0","id":1,"method":"host.status"}]'), 'invalid_request'],
  ['ten thousand nested lists', frame(`${'['.repeat(10_000)}${']'.repeat(10_000)}`), 'parse_error'],
  [
    'nested lists inside a request',
    frame(`{"jsonrpc":"2.0","id":7,"method":"host.ping","params":{"pad":${'['.repeat(500)}${']'.repeat(500)}}}`),
    'parse_error',
  ],
  ['an empty frame', frame(''), 'bad_frame'],
])('%s give an error with its code, and the next good frame works', async (_what, bytes, code) => {
  const relay = await open();
  await relay.write(bytes);
  expect(await relay.nextFailure()).toBe(code);
  await expectGoodFrameWorks(relay);
});

test('a frame above the limit is skipped with an error, without being kept', async () => {
  const relay = await open();
  const sendTooLarge = async () => {
    await relay.write(frame(Buffer.alloc(0), 60 * MIB));
    for (let sent = 0; sent < 60; sent += 1) await relay.write(Buffer.alloc(MIB, 0x61));
    expect(await relay.nextFailure()).toBe('too_large');
  };
  // The first time fills the buffers through which bytes pass. Of 480 MiB after it, what is not collected yet stays far below.
  await sendTooLarge();
  const before = memoryOf(home.agent.pid());
  for (let times = 0; times < 8; times += 1) await sendTooLarge();
  expect(memoryOf(home.agent.pid()) - before).toBeLessThan(96 * MIB);
  await expectGoodFrameWorks(relay);
});

test('a declared length of 2 GiB closes the port with an error, and takes no memory', async () => {
  const before = memoryOf(home.agent.pid());
  for (let times = 0; times < 10; times += 1) {
    const relay = await open();
    await relay.write(frame('x', 2 * 1024 * MIB));
    expect(await relay.nextFailure()).toBe('bad_frame');
    await within(5_000, 'the relay to leave', relay.ended);
  }
  expect(memoryOf(home.agent.pid()) - before).toBeLessThan(16 * MIB);
  await expectGoodFrameWorks(await open());
});

test('a stream that ends inside a frame ends its relay, and the agent answers the next', async () => {
  const relay = await open();
  await relay.write(frame('{"jsonrpc":"2.0","id":1', 4_000));
  await relay.close();
  await expectGoodFrameWorks(await open());
});

test('many frames in one write, and one frame byte by byte, are all answered', async () => {
  const relay = await open();
  const requests = Array.from({ length: 50 }, (_, index) =>
    frame(JSON.stringify({ jsonrpc: '2.0', id: 1_000 + index, method: 'host.status' })),
  );
  await relay.write(Buffer.concat(requests));
  for (const byte of frame(JSON.stringify({ jsonrpc: '2.0', id: 2_000, method: 'host.status' }))) await relay.write(Uint8Array.of(byte));
  await until(
    'all answers',
    () => relay.answers.filter(({ id, result }) => typeof id === 'number' && id >= 1_000 && result !== undefined).length === 51,
  );
});

test('a request of 100 kB comes through whole', async () => {
  const relay = await open();
  expect((await relay.ask('host.ping', { pad: 'ü'.repeat(50_000) })).result?.bytes).toBeGreaterThanOrEqual(100_000);
});

test('before the hello nothing else is answered; an unknown method and bad parameters are named', async () => {
  const relay = await open({ greeted: false });
  expect((await relay.ask('runs.list')).error?.data.code).toBeTruthy();
  await relay.ask('host.hello', { protocol: PROTOCOL, client: { kind: 'extension', name: 'test', version: '0' } });
  expect((await relay.ask('files.everything')).error?.data.code).toBe('unknown_method');
  expect((await relay.ask('runs.get', { run: '../../etc/passwd' })).error?.data.code).toBe('invalid_params');
});

test('a relay may not call what is the terminal’s alone', async () => {
  const relay = await open();
  const answer = await relay.ask('grants.add', { folder: '/', rights: ['read', 'write'], label: 'open' });
  expect(answer.error?.data.code).toMatch(/unknown_method|forbidden/);
  const terminal = await home.agent.terminal();
  expect((await terminal.call('grants.list', {})).grants).toEqual([]);
});

test('another extension is refused by its origin, and a protocol of the future by its version', async () => {
  const stranger = await open({ greeted: false, origin: 'chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/' });
  const hello = { protocol: PROTOCOL, client: { kind: 'extension', name: 'test', version: '0' } };
  expect((await stranger.ask('host.hello', hello)).error?.data.code).toBe('origin_refused');
  const future = await open({ greeted: false });
  expect((await future.ask('host.hello', { ...hello, protocol: { min: 7, max: 9 } })).error?.data.code).toBe('version_mismatch');
});

test('after all of this the agent is the same, and as large as before', async () => {
  const relay = await open();
  const pid = home.agent.pid();
  const before = memoryOf(pid);
  for (let times = 0; times < 2_000; times += 1) await relay.write(frame('{"jsonrpc":'));
  await expectGoodFrameWorks(relay);
  expect(memoryOf(pid) - before).toBeLessThan(24 * MIB);
  expect(home.agent.pid()).toBe(pid);
});
