import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAlive, stopAgent } from '../../../native-host/cli/stop-agent.ts';
import { connectTerminal } from '../../../native-host/cli/terminal.ts';
import { agentFile } from '../../../native-host/config.ts';
import { EXTENSION_ID, originOf } from '../../../native-host/install/manifest.ts';
import { readAgentFile } from '../../../native-host/port/reach-agent.ts';
import { RunId } from '../../../shared/ids.ts';
import { PROTOCOL } from '../../../shared/protocol/version.ts';
import { openClient } from '../port/socket-client.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'hg-terminal-'));
});
afterAll(async () => {
  await stopAgent(home);
  rmSync(home, { recursive: true });
});

test('without an agent and without leave to start one there is no connection', async () => {
  await expect(connectTerminal({ home, start: false })).rejects.toMatchObject({
    code: 'agent_down',
    message: 'No Headgate agent is running.',
  });
  expect(await stopAgent(home)).toBeNull();
});

test('a terminal starts the agent, is greeted with its status and asks methods', async () => {
  using terminal = await connectTerminal({ home });
  expect(terminal.status).toMatchObject({ cloud: { state: 'unpaired' }, grants: { count: 0 } });
  expect(await terminal.call('host.ping', { pad: 'ü'.repeat(400_000) })).toEqual({ bytes: 800_000 });
});

test('several calls at once each get their own answer', async () => {
  using terminal = await connectTerminal({ home });
  const sizes = [3, 1, 2, 0];
  const answers = await Promise.all(sizes.map((size) => terminal.call('host.ping', { pad: 'x'.repeat(size) })));
  expect(answers.map(({ bytes }) => bytes)).toEqual(sizes);
});

test('an error of the agent comes with its code and message', async () => {
  using terminal = await connectTerminal({ home });
  const run = RunId.parse(`r_${'0'.repeat(32)}`);
  await expect(terminal.call('runs.get', { run })).rejects.toMatchObject({ name: 'HeadgateError', code: 'run_not_found' });
  await expect(terminal.call('grants.add', { folder: '/' })).rejects.toMatchObject({ code: 'grant_refused' });
});

test('a change is told to every terminal', async () => {
  using one = await connectTerminal({ home });
  using two = await connectTerminal({ home });
  const folder = mkdtempSync(join(tmpdir(), 'hg-granted-'));
  const told = new Promise((resolve) => two.on('status.changed', (status) => resolve(status.grants.count)));
  const { grant } = await one.call('grants.add', { folder });
  expect(await told).toBe(1);
  await one.call('grants.revoke', { grant: grant.id });
  rmSync(folder, { recursive: true });
});

test('a browser takes no grant back without which more could leave, and a terminal does', async () => {
  using terminal = await connectTerminal({ home });
  const folder = mkdtempSync(join(tmpdir(), 'hg-granted-'));
  mkdirSync(join(folder, 'private'));
  const { grant: outer } = await terminal.call('grants.add', { folder, label: 'open' });
  const { grant: inner } = await terminal.call('grants.add', { folder: join(folder, 'private'), label: 'home' });
  const { socket, secret } = readAgentFile(home) ?? { socket: '', secret: '' };
  const browser = await openClient(socket, { secret, from: 'relay', origin: originOf(EXTENSION_ID) });
  const ask = (id: number, method: string, params: object) => browser.send({ jsonrpc: '2.0', id, method, params });
  ask(1, 'host.hello', { protocol: PROTOCOL, client: { kind: 'extension', name: 'test', version: '1.0.0' } });
  expect(await browser.message(0)).toMatchObject({ id: 1, result: {} });
  ask(2, 'grants.revoke', { grant: inner.id });
  expect(await browser.message(1)).toMatchObject({ id: 2, error: { data: { code: 'grant_refused' } } });
  browser.socket.destroy();
  await terminal.call('grants.revoke', { grant: inner.id });
  expect((await terminal.call('grants.list', {})).grants.map(({ id }) => id)).toEqual([outer.id]);
  await terminal.call('grants.revoke', { grant: outer.id });
  rmSync(folder, { recursive: true });
});

test('a call on a connection that has ended fails at once', async () => {
  const terminal = await connectTerminal({ home });
  terminal.close();
  await terminal.closed;
  await expect(terminal.call('host.status', {})).rejects.toMatchObject({ code: 'agent_down' });
});

test('a wrong secret is no connection', async () => {
  const file = agentFile(home);
  const right = readFileSync(file, 'utf8');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(right), secret: 'f'.repeat(64) }));
  await expect(connectTerminal({ home, start: false })).rejects.toMatchObject({ code: 'agent_down' });
  writeFileSync(file, right);
});

test('stopping ends the process and every connection', async () => {
  const terminal = await connectTerminal({ home });
  const { pid } = terminal.status.host;
  expect(await stopAgent(home)).toBe(pid);
  await terminal.closed;
  expect(isAlive(pid)).toBe(false);
});
