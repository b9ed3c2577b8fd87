// Whether a build is still what its sources say. A stamp is the digest of the names, sizes and times of all inputs; it lies
// beside the build and is written last, so that a build cut short counts as stale.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export interface StampQuestion {
  root: string;
  /** Files and folders, relative to `root`; what is not there counts as absent. */
  inputs: readonly string[];
  /** Files that a finished build has. */
  outputs: readonly string[];
  stamp: string;
}

const PASSED_OVER = new Set(['node_modules', 'dist', '.wxt', 'samples']);

/** Digest of the inputs as they are now. */
export function digestInputs(question: Pick<StampQuestion, 'root' | 'inputs'>): string {
  const hash = createHash('sha256');
  for (const input of question.inputs) addTo(hash, question.root, join(question.root, input));
  return hash.digest('hex');
}

export function isFresh(question: StampQuestion): boolean {
  if (question.outputs.some((output) => !existsSync(output))) return false;
  try {
    return readFileSync(question.stamp, 'utf8') === digestInputs(question);
  } catch {
    return false;
  }
}

/** Records that the outputs were made from inputs with this digest, taken before the build began. */
export function writeStamp(stamp: string, digest: string): void {
  mkdirSync(dirname(stamp), { recursive: true });
  const fresh = `${stamp}.${process.pid}`;
  writeFileSync(fresh, digest);
  renameSync(fresh, stamp);
}

function addTo(hash: ReturnType<typeof createHash>, root: string, path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    hash.update(`${relative(root, path)} absent\n`);
  } else if (stats.isDirectory()) {
    for (const name of readdirSync(path).sort()) if (!PASSED_OVER.has(name)) addTo(hash, root, join(path, name));
  } else {
    hash.update(`${relative(root, path)} ${stats.size} ${stats.mtimeMs}\n`);
  }
}
