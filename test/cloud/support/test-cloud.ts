// A real cloud for tests: real server, real PGlite in memory. The database starts from the one that the build has made,
// because creating one takes seconds.
import { dirname } from 'node:path';
import { type Cloud, startCloud } from '../../../cloud/cloud.ts';
import type { Config } from '../../../cloud/config.ts';
import { createLog } from '../../../cloud/log.ts';
import { loadEmptyStore } from '../../../cloud/store/empty-store.ts';
import { EMPTY_STORE } from '../../../native-host/checkout/places.ts';
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

/** As the build made it. */
export async function loadTemplate(): Promise<Blob> {
  const template = await loadEmptyStore(dirname(EMPTY_STORE));
  if (template === null) throw new Error('The cloud was not built.');
  return template;
}
