// Builds what is stale: the host and the cloud as bundles by esbuild, the extension by WXT. Each target has a row with its
// inputs, its outputs and how it is made; targets build side by side.
//
//   node native-host/checkout/build.ts [--force] [host] [cloud] [extension]
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCloud, bundleHost, endBundling } from './bundle.ts';
import { buildExtension } from './build-extension.ts';
import { withLock } from './lock.ts';
import { BUNDLES, DIST, EMPTY_STORE, ROOT } from './places.ts';
import { digestInputs, isFresh, writeStamp } from './stamp.ts';

export type Target = 'host' | 'cloud' | 'extension';

interface TargetRow {
  says: string;
  /** Without this file the program is not there yet, and cannot be built. */
  entry: string;
  inputs: readonly string[];
  outputs: readonly string[];
  build(): Promise<void>;
}

const COMMON = ['shared', 'package.json', 'package-lock.json', 'native-host/checkout/bundle.ts'];

const TARGETS: Record<Target, TargetRow> = {
  host: {
    says: 'the host',
    entry: 'native-host/main.ts',
    inputs: [...COMMON, 'native-host'],
    outputs: [BUNDLES.host, BUNDLES.relay],
    build: bundleHost,
  },
  cloud: {
    says: 'the cloud',
    entry: 'cloud/main.ts',
    inputs: [...COMMON, 'cloud'],
    outputs: [BUNDLES.cloud, EMPTY_STORE],
    build: bundleCloud,
  },
  extension: {
    says: 'the extension',
    entry: 'wxt.config.ts',
    inputs: [...COMMON, 'extension', 'wxt.config.ts'],
    outputs: [join(BUNDLES.extension, 'manifest.json')],
    build: buildExtension,
  },
};
const BUILD_DEADLINE_MS = 180_000;
export const ALL_TARGETS = Object.keys(TARGETS) as Target[];

export interface BuildOptions {
  force?: boolean;
  /** Gets one line for each target that is built. */
  say?: (line: string) => void;
}

/** Builds those of the targets that are stale and returns them. Throws one Error that names every target that failed. */
export async function buildStale(targets: readonly Target[] = ALL_TARGETS, options: BuildOptions = {}): Promise<Target[]> {
  const stale = () => targets.filter((target) => options.force === true || !isFresh(questionOf(target)));
  if (stale().length === 0) return [];
  return withLock(join(DIST, '.building'), BUILD_DEADLINE_MS, async () => {
    const wanted = stale();
    const outcomes = await Promise.allSettled(wanted.map((target) => buildOne(target, options.say ?? (() => {}))));
    await endBundling();
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [messageOf(outcome.reason)] : []));
    if (failures.length > 0) throw new Error(failures.join('\n'));
    return wanted;
  });
}

async function buildOne(target: Target, say: (line: string) => void): Promise<void> {
  const row = TARGETS[target];
  if (!existsSync(join(ROOT, row.entry))) throw new Error(`${row.says} cannot be built: ${row.entry} is not there.`);
  const digest = digestInputs(questionOf(target));
  const since = performance.now();
  say(`building ${row.says} …`);
  try {
    await row.build();
  } catch (error) {
    throw new Error(`building ${row.says} failed:\n${messageOf(error)}`, { cause: error });
  }
  writeStamp(questionOf(target).stamp, digest);
  say(`built ${row.says} (${((performance.now() - since) / 1000).toFixed(1)} s)`);
}

function questionOf(target: Target) {
  const { inputs, outputs } = TARGETS[target];
  return { root: ROOT, inputs, outputs, stamp: join(DIST, 'stamps', target) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function main(args: readonly string[]): Promise<void> {
  const force = args.includes('--force');
  const named = args.filter((arg) => arg !== '--force');
  const unknown = named.filter((name) => !Object.hasOwn(TARGETS, name));
  if (unknown.length > 0) throw new Error(`There is no target ${unknown.join(', ')}; there are ${ALL_TARGETS.join(', ')}.`);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const built = await buildStale(named.length > 0 ? (named as Target[]) : ALL_TARGETS, { force, say });
  if (built.length === 0) say('nothing to build: everything is up to date');
}

// with-node.mjs imports what it runs, where the Node at hand is the right one already.
if (import.meta.main || process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  });
}
