// A real cloud for tests: real server, real PGlite in memory. The database starts from a template that the first test of a
// test run makes, because creating one takes seconds.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { type Cloud, startCloud } from '../../../cloud/cloud.ts';
import type { Config } from '../../../cloud/config.ts';
import { createLog } from '../../../cloud/log.ts';
import { enrolDevice, type Enrolled } from './device-program.ts';

export const EXTENSION_ORIGIN = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop';

export interface TestCloud extends Cloud {
  logged: string[];
  enrol(): Promise<Enrolled>;
}

const CONFIG: Config = {
  port: 0,
  host: '127.0.0.1',
  data: '/nonexistent',
  publicUrl: undefined,
  model: undefined,
  extensionOrigins: [EXTENSION_ORIGIN],
  human: false,
  code: false,
  withParent: false,
};

export async function startTestCloud(
  change: Partial<Config> = {},
  options: { now?: () => number; folder?: string } = {},
): Promise<TestCloud> {
  const logged: string[] = [];
  const cloud = await startCloud(
    { ...CONFIG, ...change },
    {
      log: createLog((line) => logged.push(line)),
      say: (line) => void logged.push(line),
      ...(options.now && { now: options.now }),
      place: options.folder === undefined ? { kind: 'memory', template: await loadTemplate() } : { kind: 'folder', folder: options.folder },
    },
  );
  return { ...cloud, logged, enrol: async () => enrolDevice(cloud.url, (await cloud.makeOwnerCode()).code) };
}

/** Made once for a version of PGlite; test files that run side by side wait for the one that makes it. */
export async function loadTemplate(): Promise<Blob> {
  const folder = join(tmpdir(), 'headgate-test');
  const file = join(folder, 'pglite-0.5.16.tar');
  mkdirSync(folder, { recursive: true });
  const until = Date.now() + 40_000;
  while (!existsSync(file)) {
    if (takeTurn(`${file}.making`)) {
      const pglite = await PGlite.create();
      writeFileSync(`${file}.${process.pid}`, Buffer.from(await (await pglite.dumpDataDir('none')).arrayBuffer()));
      await pglite.close();
      renameSync(`${file}.${process.pid}`, file);
      rmSync(`${file}.making`, { recursive: true });
    }
    if (Date.now() > until) throw new Error(`nobody made ${file} in time; remove ${file}.making`);
    await setTimeout(100);
  }
  return new Blob([readFileSync(file)], { type: 'application/x-tar' });
}

function takeTurn(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
