// Ordinary text without secrets, as it is found on any machine: Debian's own documentation and manual pages; elsewhere the
// documentation that came with the packages this project is built from.
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Random } from '../random.ts';

const SYSTEM = ['/usr/share/doc', '/usr/share/man'];
const PACKAGES = resolve(import.meta.dirname, '..', '..', '..', 'node_modules');
const ENOUGH = 200;
const MAX_BYTES = 400_000;

export interface CleanCorpus {
  from: string;
  files: string[];
}

/** `count` files, or as many as there are. */
export function cleanCorpus(random: Random, count: number): CleanCorpus {
  const system = SYSTEM.flatMap((folder) => filesIn(folder, () => true));
  const [from, files] =
    system.length >= ENOUGH ? ['Debian’s documentation', system] : ['packages’ documentation', filesIn(PACKAGES, isReadme)];
  return { from, files: random.shuffle(files.sort()).slice(0, count) };
}

function isReadme(name: string): boolean {
  return /\.(?:md|markdown)$|^(?:readme|license|changelog|history)/i.test(name);
}

/** Regular files of an ordinary size; a folder that is not there has none. */
function filesIn(folder: string, wanted: (name: string) => boolean): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      return entry.isFile() && wanted(entry.name) && statSync(path).size <= MAX_BYTES ? [path] : [];
    });
  } catch {
    return [];
  }
}
