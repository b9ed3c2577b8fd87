// Where things lie in a checkout.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const DIST = join(ROOT, 'dist');
export const SAMPLES = join(ROOT, 'native-host', 'checkout', 'samples');
/** Data of `npm start`. */
export const DATA = join(ROOT, '.headgate');

/** The cloud’s store as a first start has it. */
export const EMPTY_STORE = join(DIST, 'cloud', 'empty-store.tar.gz');

export const BUNDLES = {
  host: join(DIST, 'host', 'host.cjs'),
  relay: join(DIST, 'host', 'relay.cjs'),
  cloud: join(DIST, 'cloud', 'cloud.mjs'),
  extension: join(DIST, 'chrome-mv3'),
} as const;
