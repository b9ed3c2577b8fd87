// The device's connection against a real WebSocket server that speaks the protocol, well or badly.
import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactVerify, decodeJwt, importJWK, type JWK, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type DeviceKeys, loadDeviceKeys, type Sealed } from '../../../native-host/link/keys.ts';
import { createSession, type Session } from '../../../native-host/link/session.ts';
import { createLink, type Link, type LinkState } from '../../../native-host/link/socket.ts';
import { wordlessEvent } from '../../../native-host/link/wordless.ts';
import { openStore, type Store } from '../../../native-host/state/database.ts';
import { writeFact } from '../../../native-host/state/meta.ts';
import type { RunId } from '../../../shared/ids.ts';
import { catalogueDigest } from '../../../shared/ops/catalogue.ts';
import { CLOSE, HEARTBEAT_MS, HEARTBEATS_MISSED } from '../../../shared/protocol/agent.ts';
import { DEVICE, goodBehaviour, IN_TEN_MINUTES, openSmallCloud, type SmallCloud } from './small-cloud.ts';
import { eventually } from '../../support/eventually.ts';

function cancelRequested(seq: number) {
  const event = { run: `r_${'1'.repeat(32)}` as RunId, seq, epoch: 1, at: 0, type: 'run.cancelRequested' } as const;
  return wordlessEvent(event, ({ handle, kind, size, label }) => ({ handle, kind, size, label }));
}

let home: string;
let store: Store;
let keys: DeviceKeys;
let cloud: SmallCloud;
let session: Session;
let link: Link;
let states: LinkState[];
let told: { name: string; params: unknown }[];
let lines: string[];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'headgate-link-'));
  store = openStore(home);
  keys = await loadDeviceKeys(home);
  cloud = await openSmallCloud();
  writeFact(store, 'pairing', { cloud: cloud.url, device: DEVICE, person: `p_${'6'.repeat(32)}` });
  session = createSession(store, async () => keys, Date.now);
  states = [];
  told = [];
  lines = [];
  link = createLink({
    session,
    keys: async () => keys,
    now: Date.now,
    helloRuns: () => [{ run: `r_${'1'.repeat(32)}` as never, epoch: 1, seq: 7 }],
    heartbeat: () => ({ load: 0, onBattery: false, queueMs: 0, speed: {} }),
    onState: (state) => void states.push(state),
    onNotification: (name, params) => void told.push({ name, params }),
    log: (line) => void lines.push(line),
  });
});

afterEach(async () => {
  vi.useRealTimers();
  link.stop();
  await cloud.close();
  store.close();
  rmSync(home, { recursive: true, force: true });
});

const inState = (state: string) => eventually(() => expect(link.state().state).toBe(state), 5);
const connect = async (): Promise<void> => {
  link.start();
  await inState('connected');
};
const received = (method: string) => cloud.received.filter((message) => message.method === method);

describe('the greeting', () => {
  test('connects, and says what the cloud must know', async () => {
    await connect();
    expect(link.state()).toMatchObject({ url: cloud.url, models: ['test-model'] });
    expect(link.state().problem).toBeUndefined();
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'connected']);
    expect(received('agent.hello')).toMatchObject([
      { params: { protocol: { min: 1, max: 1 }, token: 'device-token', catalogue: catalogueDigest(), runs: [{ epoch: 1, seq: 7 }] } },
    ]);
  });

  test('proves the device by a signature over the cloud’s nonce', async () => {
    await connect();
    const proof = String(received('agent.hello')[0]?.params.proof);
    const { payload, protectedHeader } = await compactVerify(proof, await importJWK(keys.signKey as JWK, 'EdDSA'));
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'hg-proof+jwt' });
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({ nonce: 'bm9uY2U', iat: expect.any(Number) });
  });

  test('gets its token by an assertion that names device and cloud and holds for two minutes', async () => {
    const bodies: Record<string, unknown>[] = [];
    cloud.behave.token = (body) => {
      bodies.push(body);
      return goodBehaviour().token(body);
    };
    await connect();
    expect(bodies).toMatchObject([{ grant_type: 'client_credentials' }]);
    const { payload } = await jwtVerify(String(bodies[0]?.client_assertion), await importJWK(keys.signKey as JWK, 'EdDSA'), {
      typ: 'hg-assertion+jwt',
      audience: cloud.url,
      issuer: DEVICE,
      subject: DEVICE,
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(120);
    expect(payload.jti).toEqual(expect.any(String));
  });

  test('nothing is asked before the cloud has answered it', async () => {
    cloud.behave.answer = () => undefined;
    link.start();
    await eventually(() => expect(received('agent.hello')).toHaveLength(1));
    await expect(link.ask('run.cancel', { run: `r_${'1'.repeat(32)}` as never })).rejects.toMatchObject({ code: 'cloud_away' });
    expect(cloud.received).toHaveLength(1);
  });

  test('a second challenge is not answered', async () => {
    await connect();
    cloud.notify('agent.challenge', { nonce: 'YWdhaW4', issuer: cloud.url });
    await eventually(() => expect(lines).toContain('the cloud sent a second challenge'));
    expect(received('agent.hello')).toHaveLength(1);
  });

  test('without a pairing there is none', async () => {
    session.forget();
    link.start();
    await inState('unpaired');
    expect(cloud.connections).toEqual([]);
  });

  test('that does not come in time is given up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    cloud.behave.challenge = false;
    link.start();
    await eventually(() => expect(cloud.connections).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states.map(({ state }) => state)).toContain('away');
    expect(states.find(({ state }) => state === 'away')?.problem).toMatchObject({
      code: 'timeout',
      message: 'The cloud did not finish the greeting in time.',
    });
  });

  test('a link that is stopped while it dials stays stopped', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    cloud.behave.challenge = false;
    link.start();
    await eventually(() => expect(cloud.connections).toHaveLength(1));
    link.stop();
    await eventually(() => expect(cloud.connections[0]?.readyState).toBe(3));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(link.state().state).toBe('unpaired');
    expect(cloud.connections).toHaveLength(1);
  });
});

describe('a refusal', () => {
  const refuse =
    (status: number, code: string, message = 'no') =>
    () => ({ status, body: { error: { code, message, retryable: false } } });

  test.each(['revoked', 'version_mismatch'])('%s at the token is final: the link does not dial again', async (code) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    cloud.behave.token = refuse(403, code);
    link.start();
    await eventually(() => expect(link.state()).toMatchObject({ state: 'refused', problem: { code, message: 'no' } }));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(cloud.tokensGiven).toBe(1);
  });

  test('an answer that is not understood is a matter of versions', async () => {
    cloud.behave.token = () => ({ status: 200, body: { nonsense: true } });
    link.start();
    await inState('refused');
    expect(link.state().problem).toMatchObject({ code: 'version_mismatch' });
  });

  test('a proxy’s error page is no refusal: the link tries again', async () => {
    cloud.behave.token = () => ({ status: 502, body: 'Bad Gateway' });
    link.start();
    await inState('away');
    expect(link.state().problem).toMatchObject({ code: 'cloud_away', message: 'The cloud answered with status 502.' });
    cloud.behave = goodBehaviour();
    await inState('connected');
    expect(link.state().problem).toBeUndefined();
  });

  test('a link that was ended has no trouble left to tell', async () => {
    cloud.behave.token = () => ({ status: 502, body: 'Bad Gateway' });
    link.start();
    await inState('away');
    link.stop();
    expect(link.state()).toMatchObject({ state: 'unpaired', problem: undefined });
  });

  test('the cloud’s words are told short and with nothing hidden in them', async () => {
    cloud.behave.token = refuse(401, 'unauthenticated', `\u202e${'x'.repeat(50_000)}`);
    link.start();
    await inState('away');
    const words = link.state().problem?.message ?? '';
    expect(words).toMatch(/^‹U\+202E›x+$/);
    expect(words.length).toBeLessThanOrEqual(400);
  });

  test('an answer without end is cut off', async () => {
    cloud.behave.token = () => ({ status: 200, body: { token: 'x'.repeat(1_500_000), expiresAt: IN_TEN_MINUTES() } });
    link.start();
    await inState('away');
    expect(link.state().problem).toMatchObject({ code: 'too_large' });
  });

  test('an answer that changes the protocol is none, and the link tries again', async () => {
    cloud.behave.token = () => ({ status: 101, body: {}, headers: { connection: 'upgrade', upgrade: 'websocket' } });
    link.start();
    await inState('away');
    expect(link.state().problem).toMatchObject({ code: 'cloud_away' });
    cloud.behave = goodBehaviour();
    await inState('connected');
  });

  test('a new start after it dials again', async () => {
    cloud.behave.token = refuse(403, 'revoked');
    link.start();
    await inState('refused');
    cloud.behave = goodBehaviour();
    await connect();
  });

  test('of the hello itself is passing unless the code says else', async () => {
    cloud.behave.answer = () => ({ error: { code: -32010, message: 'who are you', data: { code: 'unauthenticated', retryable: false } } });
    link.start();
    await inState('away');
    expect(states.find(({ state }) => state === 'away')?.problem).toMatchObject({ code: 'unauthenticated', message: 'who are you' });
  });
});

describe('a connection that ends', () => {
  test.each([
    ['revoked', CLOSE.revoked, 'refused', 'revoked'],
    ['of another version', CLOSE.versionMismatch, 'refused', 'version_mismatch'],
    ['expired', CLOSE.unauthenticated, 'away', 'token_expired'],
    ['replaced', CLOSE.replaced, 'away', 'cloud_away'],
    ['because of a bad message', CLOSE.badMessage, 'away', 'cloud_away'],
    ['in order', 1000, 'away', 'cloud_away'],
    ['because the server goes', 1001, 'away', 'cloud_away'],
  ])('%s (%i) leaves the link %s', async (_name, code, state, problem) => {
    await connect();
    cloud.connections[0]?.close(code);
    await eventually(() => expect(states.map((each) => each.state)).toContain(state));
    expect(states.find((each) => each.state === state)).toMatchObject({ models: [], problem: { code: problem } });
  });

  test('by being cut off is dialled again, and what waited for an answer is told', async () => {
    cloud.behave.answer = (method, params, socket) =>
      method === 'run.cancel' ? undefined : goodBehaviour().answer(method, params, socket);
    await connect();
    const asked = link.ask('run.cancel', { run: `r_${'1'.repeat(32)}` as never });
    await eventually(() => expect(received('run.cancel')).toHaveLength(1));
    cloud.connections[0]?.terminate();
    await expect(asked).rejects.toMatchObject({ code: 'cloud_away', message: 'The connection to the cloud was lost.' });
    await eventually(() => expect(cloud.connections).toHaveLength(2));
    await inState('connected');
  });
});

describe('back-off', () => {
  test('the pauses grow, with jitter, up to half a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    cloud.behave.token = () => ({ status: 503, body: null });
    link.start();
    const least: number[] = [];
    for (let failure = 1; failure <= 10; failure++) {
      // Not `vi.waitFor`: with fake timers it moves the clock while it waits.
      for (let turn = 0; turn < 1e6 && states.filter(({ state }) => state === 'away').length < failure; turn++)
        await new Promise((resolve) => setImmediate(resolve));
      const pause = Math.min(30_000, 250 * 2 ** (failure - 1));
      await vi.advanceTimersByTimeAsync(Math.floor(pause / 2) - 1);
      least.push(states.filter(({ state }) => state === 'connecting').length);
      await vi.advanceTimersByTimeAsync(Math.ceil(pause / 2) + 1);
    }
    expect(least).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe('heartbeats', () => {
  test('go out at once and then at their pace', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    link.start();
    await eventually(() => expect(received('agent.heartbeat')).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    await eventually(() => expect(received('agent.heartbeat')).toHaveLength(2));
    expect(received('agent.heartbeat')[1]?.params).toMatchObject({ load: 0, onBattery: false, roundTripMs: expect.any(Number) });
  });

  test('that are missed one after the other say that the cloud is away, though the socket is open', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    cloud.behave.answer = (method, params, socket) =>
      method === 'agent.heartbeat' ? undefined : goodBehaviour().answer(method, params, socket);
    link.start();
    await eventually(() => expect(link.state().state).toBe('connected'));
    for (let beat = 1; beat < HEARTBEATS_MISSED; beat++) await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(link.state().state).toBe('connected');
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(states.at(-1)?.state === 'away' || states.some(({ state }) => state === 'away')).toBe(true);
    expect(states.find(({ state }) => state === 'away')?.problem).toMatchObject({
      code: 'cloud_away',
      message: 'The cloud has stopped answering.',
    });
  });

  test('a cloud that names an end far beyond any timer is not asked for a new token over and over', async () => {
    const far = { expiresAt: Number.MAX_SAFE_INTEGER };
    cloud.behave.answer = (method, params, socket) => {
      const good = goodBehaviour().answer(method, params, socket);
      return method === 'agent.hello' && good !== undefined && 'result' in good
        ? { result: { ...(good.result as object), ...far } }
        : method === 'agent.renew'
          ? { result: far }
          : good;
    };
    await connect();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(received('agent.renew')).toEqual([]);
  });

  test('the token is renewed before it ends', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    link.start();
    await eventually(() => expect(link.state().state).toBe('connected'));
    await vi.advanceTimersByTimeAsync(540_000);
    await eventually(() => expect(received('agent.renew')).toHaveLength(1));
    expect(link.state().state).toBe('connected');
  });
});

describe('messages', () => {
  test('each request gets its own answer, in whatever order they come', async () => {
    const waiting: (() => void)[] = [];
    cloud.behave.answer = (method, params, socket) => {
      if (method !== 'run.replicate') return goodBehaviour().answer(method, params, socket);
      const message = cloud.received.at(-1);
      waiting.push(() =>
        socket.send(JSON.stringify({ jsonrpc: '2.0', id: message?.id, result: { seq: (params.events as unknown[]).length, epoch: 1 } })),
      );
      return undefined;
    };
    await connect();
    const asked = [1, 2, 3].map((count) =>
      link.ask('run.replicate', { events: Array.from({ length: count }, (_, n) => cancelRequested(n + 1)) }),
    );
    await eventually(() => expect(waiting).toHaveLength(3));
    for (const answer of waiting.reverse()) answer();
    expect(await Promise.all(asked)).toEqual([1, 2, 3].map((seq) => ({ seq, epoch: 1 })));
  });

  test('an answer that its method does not have is refused', async () => {
    cloud.behave.answer = (method, params, socket) =>
      method === 'run.replicate' ? { result: { seq: 'many' } } : goodBehaviour().answer(method, params, socket);
    await connect();
    await expect(link.ask('run.replicate', { events: [cancelRequested(1)] })).rejects.toMatchObject({
      code: 'version_mismatch',
      message: 'The cloud answered run.replicate in a way that this host does not understand.',
    });
  });

  test('an error comes back by its code', async () => {
    cloud.behave.answer = (method, params, socket) =>
      method === 'run.cancel'
        ? { error: { code: -32033, message: 'no such run', data: { code: 'run_not_found', retryable: false, next: 'Look again.' } } }
        : goodBehaviour().answer(method, params, socket);
    await connect();
    await expect(link.ask('run.cancel', { run: `r_${'1'.repeat(32)}` as never })).rejects.toMatchObject({
      code: 'run_not_found',
      message: 'no such run',
      next: 'Look again.',
    });
  });

  test('a request can be given up by its signal and by its deadline', async () => {
    cloud.behave.answer = (method, params, socket) =>
      method === 'run.cancel' ? undefined : goodBehaviour().answer(method, params, socket);
    await connect();
    const abort = new AbortController();
    const asked = link.ask('run.cancel', { run: `r_${'1'.repeat(32)}` as never }, { signal: abort.signal });
    abort.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    const late = new AbortController().signal;
    await expect(link.ask('run.cancel', { run: `r_${'1'.repeat(32)}` as never }, { deadlineMs: 20, signal: late })).rejects.toMatchObject({
      code: 'timeout',
    });
    // A step's signal outlives its questions: nothing of them is kept by it.
    expect(getEventListeners(late, 'abort')).toEqual([]);
  });

  test('more than one message may hold is not sent', async () => {
    await connect();
    await expect(link.ask('run.submit', { spec: {} as never, sealed: 'x'.repeat(8 * 1024 * 1024) as Sealed })).rejects.toMatchObject({
      code: 'too_large',
    });
    expect(received('run.submit')).toEqual([]);
  });

  test('a notification is handed on when its schema allows it', async () => {
    await connect();
    cloud.notify('task.assign', { run: `r_${'1'.repeat(32)}`, step: 'tags', attempt: 1, where: 'home' });
    cloud.notify('task.cancel', { run: `r_${'1'.repeat(32)}`, step: '../../etc' });
    cloud.notify('run.delete', {});
    cloud.notify('__proto__', {});
    cloud.connections[0]?.send('not json');
    cloud.connections[0]?.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'fs.read', params: { path: '/etc/passwd' } }));
    cloud.connections[0]?.send(JSON.stringify({ jsonrpc: '2.0', id: 4711, result: {} }));
    cloud.notify('run.unknown', { run: `r_${'1'.repeat(32)}` });
    await eventually(() => expect(told).toHaveLength(2));
    expect(told.map(({ name }) => name)).toEqual(['task.assign', 'run.unknown']);
    expect(lines).toHaveLength(5);
    expect(link.state().state).toBe('connected');
  });
});

test('the assertion is made anew for each token', async () => {
  const seen: unknown[] = [];
  cloud.behave.token = (body) => {
    seen.push(decodeJwt(String(body.client_assertion)).jti);
    return { status: 200, body: { token: 't', expiresAt: IN_TEN_MINUTES() } };
  };
  await session.deviceToken();
  await session.deviceToken();
  expect(new Set(seen).size).toBe(2);
});
