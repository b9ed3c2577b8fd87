// The device's socket: greeting, refusals, replacement, revocation, expiry.
import { connect as connectSocket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLOSE, JWT_TYPES, MAX_AGENT_MESSAGE } from '../../../shared/protocol/agent.ts';
import { PROTOCOL } from '../../../shared/protocol/version.ts';
import { connect, type DeviceProgram, deviceToken, dial, type Enrolled, makeKeys, seconds, signJws } from '../support/device-program.ts';
import { startTestCloud, type TestCloud } from '../support/test-cloud.ts';

let cloud: TestCloud;
let enrolled: Enrolled;
let ahead = 0;
beforeAll(async () => {
  cloud = await startTestCloud({}, { now: () => Date.now() + ahead });
  enrolled = await cloud.enrol();
}, 60_000);
afterAll(() => cloud.stop());

const proofOver = (nonce: string, sign = enrolled.keys.sign, typ: string = JWT_TYPES.proof) =>
  signJws(sign, { typ }, { nonce, iat: seconds(Date.now() + ahead) });
const hello = (program: DeviceProgram, token: string, proof: string, protocol = { ...PROTOCOL } as { min: number; max: number }) =>
  program.ask('agent.hello', { protocol, token, proof, catalogue: '', runs: [] });

test('a device that proves itself is told its id, the protocol, the expiry and the models', async () => {
  const program = dial(cloud.url);
  const { nonce, issuer } = await program.next('agent.challenge');
  expect(issuer).toBe(cloud.url);
  const answer = await hello(program, await deviceToken(cloud.url, enrolled), await proofOver(nonce));
  expect(answer).toEqual({ protocol: 1, device: enrolled.device, expiresAt: expect.any(Number), models: ['headgate-extractive'] });
  expect(answer.expiresAt - Date.now()).toBeGreaterThan(200_000);
  await program.close();
});

test.each<[string, (nonce: string) => Promise<[token: string, proof: string]>]>([
  ['a proof over another nonce', async () => [await deviceToken(cloud.url, enrolled), await proofOver('another')]],
  ['a proof by another key', async (nonce) => [await deviceToken(cloud.url, enrolled), await proofOver(nonce, (await makeKeys()).sign)]],
  [
    'a proof of another type',
    async (nonce) => [await deviceToken(cloud.url, enrolled), await proofOver(nonce, enrolled.keys.sign, JWT_TYPES.assertion)],
  ],
  ['a token of a person', async (nonce) => [enrolled.tokens.access, await proofOver(nonce)]],
  ['what is no token', async (nonce) => ['a.b.c', await proofOver(nonce)]],
])('%s is refused and the socket closed with 4401', async (_name, make) => {
  const program = dial(cloud.url);
  const { nonce } = await program.next('agent.challenge');
  await expect(hello(program, ...(await make(nonce)))).rejects.toMatchObject({ code: 'unauthenticated' });
  expect((await program.closed).code).toBe(CLOSE.unauthenticated);
});

test.each(['/v1/agent', '/v1/stream'])('at %s a stranger’s endless message is cut off long before its end', async (path) => {
  const { hostname, port, host } = new URL(cloud.url);
  const socket = connectSocket(Number(port), hostname);
  const heard: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => heard.push(bytes)).on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const key = Buffer.alloc(16).toString('base64');
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  await expect.poll(() => Buffer.concat(heard).toString('latin1')).toContain('101 Switching Protocols');
  // One text frame of 8 MB, masked with zeros (RFC 6455, section 5.2); a quarter of it comes.
  const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(MAX_AGENT_MESSAGE - 1, 6);
  socket.write(head);
  socket.write(Buffer.alloc(MAX_AGENT_MESSAGE / 4, ' '));
  await closed;
  // Not by the deadline that every stranger has.
  expect(Buffer.concat(heard).toString('latin1')).not.toContain('no hello in time');
});

test('a protocol that nobody here speaks is closed with 4426', async () => {
  const program = dial(cloud.url);
  const { nonce } = await program.next('agent.challenge');
  await expect(hello(program, await deviceToken(cloud.url, enrolled), await proofOver(nonce), { min: 7, max: 9 })).rejects.toMatchObject({
    code: 'version_mismatch',
  });
  expect((await program.closed).code).toBe(CLOSE.versionMismatch);
});

test('anything before hello closes with 4401', async () => {
  const program = dial(cloud.url);
  await program.next('agent.challenge');
  await expect(program.ask('agent.heartbeat', { load: 0, onBattery: false, queueMs: 0, speed: {} })).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  expect((await program.closed).code).toBe(CLOSE.unauthenticated);
});

test('silence instead of hello is closed with 4408', async () => {
  expect((await dial(cloud.url).closed).code).toBe(CLOSE.helloTimeout);
});

test.each<[string, string | Buffer]>([
  ['no JSON', 'hello?'],
  ['JSON of another kind', '[1,2,3]'],
  ['binary data', Buffer.from([0, 1, 2])],
  ['a deep nest', '['.repeat(100_000)],
  ['a long first message', JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'agent.hello', params: 'x'.repeat(300_000) })],
])('%s closes with 4400', async (_name, data) => {
  const program = dial(cloud.url);
  await program.next('agent.challenge');
  program.socket.send(data);
  expect((await program.closed).code).toBe(CLOSE.badMessage);
});

test('a message above 8 MiB closes with 1009', async () => {
  const program = await connect(cloud.url, enrolled);
  program.socket.send('x'.repeat(MAX_AGENT_MESSAGE + 1));
  expect((await program.closed).code).toBe(1009);
});

test('an unknown method and bad parameters are answered by code', async () => {
  const program = await connect(cloud.url, enrolled);
  const answers: { error: { data: { code: string } } }[] = [];
  program.socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    if ('error' in message) answers.push(message);
  });
  program.socket.send('{"jsonrpc":"2.0","id":"a","method":"files.read","params":{}}');
  program.socket.send('{"jsonrpc":"2.0","id":"b","method":"constructor","params":{}}');
  program.socket.send('{"jsonrpc":"2.0","id":"c","method":"task.report","params":{"run":"/etc/passwd"}}');
  await program.ask('agent.heartbeat', { load: 0, onBattery: false, queueMs: 0, speed: {} });
  expect(answers.map((answer) => answer.error.data.code)).toEqual(['unknown_method', 'unknown_method', 'invalid_params']);
  await program.close();
});

test('a device that connects again closes its older socket with 4409', async () => {
  const older = await connect(cloud.url, enrolled);
  const newer = await connect(cloud.url, enrolled);
  expect((await older.closed).code).toBe(CLOSE.replaced);
  const list = (await (
    await fetch(`${cloud.url}/v1/devices`, { headers: { authorization: `Bearer ${enrolled.tokens.access}` } })
  ).json()) as { devices: { connected: boolean }[] };
  expect(list.devices[0]?.connected).toBe(true);
  await newer.close();
});

test('a revoked device is closed with 4403 at once', async () => {
  const other = await cloud.enrol();
  const program = await connect(cloud.url, other);
  await fetch(`${cloud.url}/v1/devices/${other.device}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${enrolled.tokens.access}` },
  });
  expect((await program.closed).code).toBe(CLOSE.revoked);
});

test('another person cannot revoke the device', async () => {
  const answer = await fetch(`${cloud.url}/v1/devices/d_00000000000000000000000000000000`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${enrolled.tokens.access}` },
  });
  expect(answer.status).toBe(404);
});

test('a socket closes with 4401 when its token expires, and lives on when it was renewed', async () => {
  const LIFE_MS = 5 * 60_000;
  const shifted = async () => {
    const program = dial(cloud.url);
    const { nonce } = await program.next('agent.challenge');
    const token = await deviceToken(cloud.url, enrolled);
    return { program, nonce, token };
  };
  const { program, nonce, token } = await shifted();
  ahead += LIFE_MS - 3_000;
  await hello(program, token, await proofOver(nonce));
  const { code } = await program.closed;
  expect(code).toBe(CLOSE.unauthenticated);

  ahead = 0;
  const second = await shifted();
  ahead += LIFE_MS - 20_000;
  await hello(second.program, second.token, await proofOver(second.nonce));
  ahead = 0;
  const fresh = await deviceToken(cloud.url, enrolled);
  const { expiresAt } = await second.program.ask('agent.renew', { token: fresh });
  expect(expiresAt).toBeGreaterThan(Date.now() + 200_000);
  await second.program.close();
});

test('a socket cannot be renewed with the token of another device', async () => {
  const program = await connect(cloud.url, enrolled);
  const other = await cloud.enrol();
  await expect(program.ask('agent.renew', { token: await deviceToken(cloud.url, other) })).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  await program.close();
});
