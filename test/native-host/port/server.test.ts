// The agent's socket as it is: a real one, spoken to by raw clients.
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAnswer, type NativeHandlers, type TerminalHandlers } from '../../../native-host/port/methods.ts';
import { type AgentServer, type Client, openAgentServer } from '../../../native-host/port/server.ts';
import { HeadgateError } from '../../../shared/errors.ts';
import { CHUNK_BYTES, MAX_FRAME_TO_BROWSER } from '../../../shared/protocol/hello.ts';
import { NATIVE_METHODS, TERMINAL_METHODS } from '../../../shared/protocol/native.ts';
import { until } from '../../support/world/until.ts';
import { openClient, type SocketClient } from './socket-client.ts';

const SECRET = 'a1'.repeat(32);
const RELAY = { secret: SECRET, from: 'relay', origin: 'chrome-extension://abcdefghijklmnopabcdefghijklmnop/' };
const TERMINAL = { secret: SECRET, from: 'terminal' };

let folder: string;
let path: string;
let server: AgentServer;
let counts: number[];
let logged: string[];
let open: SocketClient[];
let answer: (client: Client, method: string, params: unknown) => Promise<unknown>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-server-'));
  path = join(folder, 'run', 'agent.sock');
  const seen: number[] = [];
  counts = seen;
  logged = [];
  open = [];
  answer = (_client, method, params) => Promise.resolve({ method, params });
  server = await openAgentServer(path, {
    secret: SECRET,
    answer: (client, method, params) => answer(client, method, params),
    onClients: (count) => void seen.push(count),
    logError: (error, where) => void logged.push(`${where}: ${String(error)}`),
  });
});

afterEach(async () => {
  for (const client of open) client.socket.destroy();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const dial = async (hello?: unknown): Promise<SocketClient> => {
  const client = await openClient(path, hello);
  open.push(client);
  return client;
};

test('a client that proves its user is answered', async () => {
  const client = await dial(RELAY);
  client.send({ jsonrpc: '2.0', id: 7, method: 'host.status', params: { a: 1 } });
  expect(await client.message(0)).toEqual({ jsonrpc: '2.0', id: 7, result: { method: 'host.status', params: { a: 1 } } });
  expect([...server.clients()]).toMatchObject([{ from: 'relay', origin: RELAY.origin, greeted: false }]);
});

test('frames that come in the same packet as the hello are answered', async () => {
  const client = await dial();
  client.socket.cork();
  client.socket.write(`${JSON.stringify(TERMINAL)}\n`);
  client.send({ jsonrpc: '2.0', id: 1, method: 'one' });
  client.send({ jsonrpc: '2.0', id: 2, method: 'two' });
  client.socket.uncork();
  expect(await client.message(1)).toMatchObject({ id: 2, result: { method: 'two' } });
});

test('a hello that comes byte by byte is understood', async () => {
  const client = await dial();
  for (const byte of Buffer.from(`${JSON.stringify(TERMINAL)}\n`)) client.socket.write(Buffer.from([byte]));
  client.send({ jsonrpc: '2.0', id: 1, method: 'one' });
  expect(await client.message(0)).toMatchObject({ id: 1 });
});

test.each([
  ['a wrong secret', { ...RELAY, secret: 'b2'.repeat(32) }],
  ['a short secret', { ...RELAY, secret: SECRET.slice(1) }],
  ['no secret', { from: 'relay' }],
  ['an unknown kind of client', { ...RELAY, from: 'cloud' }],
  ['a field too many', { ...RELAY, greeted: true }],
  ['no JSON', 'hello\n'],
  ['an empty line', '\n'],
  ['a frame instead of a line', '\u0002\u0000\u0000\u0000{}\n'],
])('a hello with %s closes the socket without a word', async (_name, hello) => {
  const client = await dial(hello);
  await client.closed;
  expect(client.received).toEqual([]);
  expect(server.clients().size).toBe(0);
});

test('a hello that never ends is cut off', async () => {
  const client = await dial('x'.repeat(5_000));
  await client.closed;
  expect(server.clients().size).toBe(0);
});

test('a client that says nothing is closed', async () => {
  const client = await dial();
  await client.closed;
  await expect.poll(() => counts).toEqual([0]);
});

test('a hello that came while the whole agent stood still is read all the same', async () => {
  const client = await dial();
  // Once another is answered, this one has its place at the door.
  const other = await dial(TERMINAL);
  other.send({ jsonrpc: '2.0', id: 1, method: 'one' });
  await other.message(0);
  client.socket.write(`${JSON.stringify(TERMINAL)}\n`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500);
  client.send({ jsonrpc: '2.0', id: 2, method: 'two' });
  expect(await client.message(0)).toMatchObject({ id: 2, result: { method: 'two' } });
});

test('a crowd that stands at the door in silence keeps nobody out, and the longest waiting goes first', async () => {
  const crowd: SocketClient[] = [];
  for (let count = 0; count < 64; count += 1) crowd.push(await dial());
  const client = await dial(TERMINAL);
  client.send({ jsonrpc: '2.0', id: 1, method: 'one' });
  expect(await client.message(0)).toMatchObject({ id: 1, result: { method: 'one' } });
  await crowd[0]?.closed;
  expect(crowd[63]?.socket.destroyed).toBe(false);
});

test('when as many as can be are served, one more is closed, and those who are served stay', async () => {
  const served: SocketClient[] = [];
  for (let count = 0; count < 64; count += 1) served.push(await dial(TERMINAL));
  await until('all to be served', () => server.clients().size === 64);
  await (await dial(TERMINAL)).closed;
  expect(server.clients().size).toBe(64);
});

test('clients are counted as they come and go', async () => {
  const one = await dial(RELAY);
  one.send({ jsonrpc: '2.0', id: 1, method: 'x' });
  await one.message(0);
  const two = await dial(TERMINAL);
  two.send({ jsonrpc: '2.0', id: 1, method: 'x' });
  await two.message(0);
  one.socket.destroy();
  await expect.poll(() => counts).toEqual([1, 2, 1]);
});

describe('bad frames', () => {
  test('a bad message is answered with its error, and the next is served', async () => {
    const client = await dial(RELAY);
    client.socket.write(Buffer.concat([Buffer.from([3, 0, 0, 0]), Buffer.from('{a}')]));
    client.send([1, 2]);
    client.send({ jsonrpc: '2.0', id: 3, method: 'x' });
    expect(await client.message(0)).toMatchObject({ id: null, error: { code: -32700, data: { code: 'parse_error' } } });
    expect(await client.message(1)).toMatchObject({ id: null, error: { code: -32600, message: 'A message is not JSON-RPC 2.0.' } });
    expect(await client.message(2)).toMatchObject({ id: 3, result: { method: 'x' } });
  });

  test('a declared length of 2 GiB is answered and the socket closed', async () => {
    const client = await dial(RELAY);
    client.socket.write(Buffer.from([0, 0, 0, 0x80]));
    expect(await client.message(0)).toMatchObject({
      error: { data: { code: 'bad_frame' }, message: expect.stringContaining('declares 2147483648 bytes') },
    });
    await client.closed;
  });

  test('notifications and answers from a client are not answered', async () => {
    const client = await dial(RELAY);
    client.send({ jsonrpc: '2.0', method: 'x' });
    client.send({ jsonrpc: '2.0', id: 1, result: {} });
    client.send({ jsonrpc: '2.0', id: 2, method: 'x' });
    expect(await client.message(0)).toMatchObject({ id: 2 });
  });

  test('an unknown failure is told as internal, and its words go to the log only', async () => {
    answer = () => Promise.reject(new Error('/home/ada/secret'));
    const client = await dial(RELAY);
    client.send({ jsonrpc: '2.0', id: 1, method: 'x' });
    expect(await client.message(0)).toMatchObject({
      error: { code: -32603, message: 'Something went wrong inside Headgate. The log has the details.' },
    });
    expect(logged).toEqual(['x: Error: /home/ada/secret']);
  });

  test('too many requests at once are refused, the others answered', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    answer = () => gate.then(() => ({}));
    const client = await dial(RELAY);
    for (let id = 0; id < 260; id++) client.send({ jsonrpc: '2.0', id, method: 'x' });
    expect(await client.message(3)).toMatchObject({ id: 259, error: { data: { code: 'busy', retryable: true } } });
    release();
    expect(await client.message(259)).toMatchObject({ result: {} });
  });
});

describe('large messages', () => {
  test.each([
    ['plain text', 'x'.repeat(2_000_000)],
    ['quotes and backslashes', '"\\'.repeat(400_000)],
    ['characters of three bytes', '水'.repeat(700_000)],
    ['emoji, which chunks may cut in two', `a${'🦊'.repeat(400_000)}`],
    ['control characters', '\u0001'.repeat(300_000)],
  ])('%s above 600 KiB comes in parts that each fit and join to the message', async (_name, text) => {
    answer = () => Promise.resolve({ text });
    const client = await dial(RELAY);
    client.send({ jsonrpc: '2.0', id: 1, method: 'x' });
    const { params } = (await client.message(0)) as { params: { count: number } };
    await client.message(params.count - 1);
    const parts = await Promise.all(Array.from({ length: params.count }, (_, n) => client.message(n)));
    expect(Math.max(...client.sizes())).toBeLessThanOrEqual(MAX_FRAME_TO_BROWSER);
    expect(parts.map((part) => (part as { method: string; params: { id: number; index: number } }).params.index)).toEqual(
      parts.map((_, index) => index),
    );
    const joined = parts.map((part) => (part as { params: { text: string } }).params.text).join('');
    expect(JSON.parse(joined)).toEqual({ jsonrpc: '2.0', id: 1, result: { text } });
  });

  test('a message of just that size comes in one frame', async () => {
    answer = () => Promise.resolve('x'.repeat(CHUNK_BYTES - 36));
    const client = await dial(RELAY);
    client.send({ jsonrpc: '2.0', id: 1, method: 'x' });
    await client.message(0);
    expect(client.sizes()).toEqual([CHUNK_BYTES]);
  });

  test('a client that never reads is dropped, and the others are served', async () => {
    const deaf = await dial(RELAY);
    deaf.socket.pause();
    answer = (_client, method) => Promise.resolve(method === 'big' ? 'x'.repeat(1_000_000) : {});
    for (let id = 0; id < 60; id++) deaf.send({ jsonrpc: '2.0', id, method: 'big' });
    const other = await dial(RELAY);
    await expect.poll(() => counts.at(-1), { timeout: 5_000 }).toBe(1);
    other.send({ jsonrpc: '2.0', id: 1, method: 'small' });
    expect(await other.message(0)).toMatchObject({ id: 1, result: {} });
  });
});

test('what is told without being asked reaches a client only after its host.hello', async () => {
  const client = await dial(RELAY);
  client.send({ jsonrpc: '2.0', id: 1, method: 'x' });
  await client.message(0);
  const [served] = [...server.clients()];
  served?.notify('approvals.changed', { count: 1 });
  if (served !== undefined) served.greeted = true;
  served?.notify('approvals.changed', { count: 2 });
  expect(await client.message(1)).toEqual({ jsonrpc: '2.0', method: 'approvals.changed', params: { count: 2 } });
});

describe('the folder', () => {
  test('is this user’s alone, and so is the socket', () => {
    expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o700);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
  });

  test('a socket that a dead agent left is replaced', async () => {
    const other = join(folder, 'other', 'agent.sock');
    mkdirSync(join(folder, 'other'));
    writeFileSync(other, 'stale');
    chmodSync(join(folder, 'other'), 0o755);
    const second = await openAgentServer(other, { secret: SECRET, answer, onClients: () => undefined, logError: () => undefined });
    expect(lstatSync(other).isSocket()).toBe(true);
    expect(statSync(join(folder, 'other')).mode & 0o777).toBe(0o700);
    await second.close();
  });

  test('a link in its place is refused', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'));
    const opening = openAgentServer(join(folder, 'link', 'agent.sock'), {
      secret: SECRET,
      answer,
      onClients: () => undefined,
      logError: () => undefined,
    });
    await expect(opening).rejects.toMatchObject({ code: 'state_damaged', message: expect.stringContaining('belongs to somebody else') });
  });
});

describe('methods', () => {
  const handlers = (more: Record<string, () => unknown> = {}): NativeHandlers & TerminalHandlers => {
    const names = [...Object.keys(NATIVE_METHODS), ...Object.keys(TERMINAL_METHODS)];
    // Each handler answers {}; the tests name those whose answer matters.
    return { ...Object.fromEntries(names.map((name) => [name, () => ({})])), ...more } as unknown as NativeHandlers & TerminalHandlers;
  };
  const client = (more: Partial<Client> = {}): Client => ({
    from: 'relay',
    origin: '',
    greeted: true,
    notify: () => undefined,
    gone: new AbortController().signal,
    ...more,
  });
  const asked = (method: string, params: unknown, who: Partial<Client> = {}, more: Record<string, () => unknown> = {}) =>
    createAnswer(handlers(more))(client(who), method, params);

  test.each(Object.keys(TERMINAL_METHODS))('%s is refused to a browser', async (method) => {
    await expect(asked(method, {})).rejects.toEqual(new HeadgateError('forbidden', `${method} can only be asked from a terminal.`));
  });

  test('a terminal may ask what widens', async () => {
    await expect(asked('host.stop', {}, { from: 'terminal' })).resolves.toEqual({});
  });

  test.each(['nonsense', '__proto__', 'constructor', 'toString', ''])('%j is no method', async (method) => {
    await expect(asked(method, {})).rejects.toMatchObject({ code: 'unknown_method' });
  });

  test('nothing but host.hello is answered before host.hello', async () => {
    await expect(asked('grants.list', {}, { greeted: false })).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'Say host.hello first.',
    });
  });

  test.each([
    ['grants.revoke', {}, 'invalid_params', 'grants.revoke: grant is missing.'],
    ['grants.revoke', { grant: '../etc' }, 'invalid_params', 'grants.revoke: grant must be an id: g_ and '],
    ['grants.revoke', null, 'invalid_params', 'grants.revoke: what it was given must be an object.'],
    ['runs.list', { limit: 1000 }, 'invalid_params', 'runs.list: limit must be at most 100.'],
    ['runs.start', { recipe: 'x'.repeat(41), input: {} }, 'too_large', 'runs.start: recipe may have at most 40 characters.'],
    [
      'approvals.answer',
      { approval: `a_${'0'.repeat(32)}`, answer: 'always' },
      'invalid_params',
      'approvals.answer: answer must be once, run or no.',
    ],
  ])('%s with %j is refused by name', async (method, params, code, message) => {
    await expect(asked(method, params)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('an answer that is larger than its schema allows does not pass', async () => {
    const answers = { 'session.token': () => ({ token: 'x'.repeat(2001), cloud: '', expiresAt: 1 }) };
    await expect(asked('session.token', {}, {}, answers)).rejects.toMatchObject({ name: 'ZodError' });
  });

  test('what an answer holds beside its schema does not pass', async () => {
    const answers = { 'host.ping': () => ({ bytes: 1, file: 'secret' }) };
    await expect(asked('host.ping', {}, {}, answers)).resolves.toEqual({ bytes: 1 });
  });
});
