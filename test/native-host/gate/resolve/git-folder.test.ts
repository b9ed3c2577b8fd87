// A folder becomes a repository by two names. Two MCP servers of one client may each give one of them at the same moment.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { grantFolder } from '../../support/granted.ts';
import type { Race } from './git-folder-racer.ts';

const ROUNDS = 500;

test('no folder becomes a repository by two that each give it one name at the same moment', async () => {
  using granted = grantFolder({ rights: ['read', 'write'] });
  for (let round = 0; round < ROUNDS; round += 1) granted.write(`${round}/a.txt`, 'ref: refs/heads/main');
  const ready = new Int32Array(new SharedArrayBuffer(4));
  const race = (gives: Race['gives']) =>
    new Worker(new URL('./git-folder-racer.ts', import.meta.url), {
      workerData: { grant: granted.grant, rounds: ROUNDS, ready, gives } satisfies Race,
    });
  await Promise.all([race('HEAD'), race('objects')].map((racer) => once(racer, 'exit')));
  const has = (round: number, name: string) => existsSync(join(granted.folder, String(round), name));
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
  expect(Atomics.load(ready, 0)).toBe(2 * ROUNDS);
  expect(rounds.filter((round) => has(round, 'HEAD') && has(round, 'objects'))).toEqual([]);
  // What was taken back is there as it was.
  expect(rounds.filter((round) => has(round, 'HEAD') === has(round, 'a.txt'))).toEqual([]);
});
