// Standard input of the built `headgate mcp`, as a pipe in any pieces and as a file, and a client that writes without reading.
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { buildStale } from '../../../native-host/checkout/build.ts';
import { BUNDLES } from '../../../native-host/checkout/places.ts';
import { openDesk } from './servers.ts';

beforeAll(() => buildStale(['host']), 120_000);

/** More than the pipe holds, asked and answered. */
const CALLS = 3_000;
const LONG = 300_000;

const hello = {
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '0' } },
};
const linesOf = (calls: readonly { method: string; params: unknown }[]) =>
  calls.map((call, id) => `${JSON.stringify({ jsonrpc: '2.0', id, ...call })}\n`).join('');
const callOf = (name: string, args: Record<string, unknown>) => ({ method: 'tools/call', params: { name, arguments: args } });
const startOf = (home: string, folder: string) => ({
  args: [BUNDLES.host, 'mcp', '--grant', `${folder}:read,write:open`],
  env: { PATH: process.env.PATH ?? '', HEADGATE_HOME: home },
});

test('calls in a file are answered, and their end is the end of the server', async () => {
  await using desk = openDesk();
  const calls = desk.write('../calls', linesOf([hello, callOf('list_allowed_directories', {})]));
  const { args, env } = startOf(desk.home, desk.folder);
  const { status, stdout } = spawnSync('sh', ['-c', 'exec "$@" < "$0"', calls, process.execPath, ...args], { env, encoding: 'utf8' });
  expect({ status, answers: stdout.trim().split('\n').length }).toEqual({ status: 0, answers: 2 });
});

test('a client that writes without reading is not read from, and has every answer once it reads', async () => {
  await using desk = openDesk();
  for (let index = 0; index < 50; index += 1) writeFileSync(join(desk.folder, `a file with a name of some length ${index}`), '');
  const { args, env } = startOf(desk.home, desk.folder);
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const long = callOf('write_file', { path: join(desk.folder, 'long'), content: 'ü'.repeat(LONG) });
  const lists = Array.from({ length: CALLS }, () => callOf('list_directory', { path: desk.folder }));
  child.stdin.write(linesOf([hello, long, ...lists]));
  await setTimeout(1_000);
  expect(child.stdin.writableLength).toBeGreaterThan(0);
  const ids: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const { id, result } = JSON.parse(line) as { id: number; result: { isError?: true } };
    expect(result.isError).toBeUndefined();
    ids.push(id);
    if (ids.length === CALLS + 2) child.stdin.end();
  }
  expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: CALLS + 2 }, (_, id) => id));
  expect(await ended).toBe(0);
});
