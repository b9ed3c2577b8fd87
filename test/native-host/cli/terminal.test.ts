import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAlive, stopAgent } from '../../../native-host/cli/stop-agent.ts';
import { connectTerminal } from '../../../native-host/cli/terminal.ts';
import { agentFile } from '../../../native-host/config.ts';
import { RunId } from '../../../shared/ids.ts';

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
