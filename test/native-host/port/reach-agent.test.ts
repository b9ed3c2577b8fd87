import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reachAgent } from '../../../native-host/port/reach-agent.ts';

let base: string;
let heard: string[];
let close: () => Promise<void>;

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'headgate-reach-'));
  mkdirSync(join(base, 'own'), { mode: 0o700 });
  mkdirSync(join(base, 'home'));
  heard = [];
  const server = createServer((socket) => socket.on('data', (bytes) => heard.push(String(bytes))).on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(join(base, 'own', 'agent.sock'), resolve));
  close = () => new Promise((resolve) => server.close(() => resolve()));
});

afterEach(async () => {
  await close();
  rmSync(base, { recursive: true, force: true });
});

const reach = (folder: string) => {
  const where = { pid: process.pid, socket: join(folder, 'agent.sock'), secret: 'the secret' };
  writeFileSync(join(base, 'home', 'agent.json'), JSON.stringify(where));
  return reachAgent({ home: join(base, 'home'), from: 'terminal', start: false });
};

test('the agent’s socket in a folder of this user is told the secret', async () => {
  const socket = await reach(join(base, 'own'));
  await expect.poll(() => heard.join('')).toContain('the secret');
  socket.destroy();
});

test.skipIf(process.platform === 'win32')('a socket in a folder that is a link or another user’s is told nothing', async () => {
  symlinkSync(join(base, 'own'), join(base, 'link'));
  await expect(reach(join(base, 'link'))).rejects.toMatchObject({ code: 'agent_down' });
  // Root's, where a test does not run as root.
  if (process.getuid?.() !== 0) await expect(reach('/')).rejects.toMatchObject({ code: 'agent_down' });
  expect(heard).toEqual([]);
});
