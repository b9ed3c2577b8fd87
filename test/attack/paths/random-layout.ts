// Random trees of folders, files and links, random paths through them, and what must come of each: a judge of its own
// walks the tree name by name and knows nothing of how the product does it.
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Granted } from '../../native-host/support/granted.ts';
import type { Random } from '../random.ts';

const NAMES = ['a', 'b', 'c', 'd', 'plain.md', 'secret.txt', '%2e%2e', ' '] as const;
const ODD = ['..', '.', '', '...', '..\\..', '%2e%2e', '~', '/', '\0'] as const;

/**
 * What a path is: a file or folder that anybody may use, a name that is free in such a folder, one whose folder is missing
 * as well, or nothing that may be used.
 */
export type Verdict = { is: 'file'; content: string } | { is: 'folder' } | { is: 'free' } | { is: 'missing' } | { is: 'refused' };

export function plantRandom(granted: Granted, outside: string, random: Random): void {
  const folders = [granted.folder];
  const all = [
    outside,
    join(outside, 'dir'),
    join(outside, 'secret.txt'),
    join(outside, 'empty', 'new.txt'),
    '/',
    '/etc',
    '/proc/self/root',
    granted.home,
  ];
  const count = 8 + random.below(18);
  for (let made = 0; made < count; made += 1) {
    const path = join(random.pick(folders), random.pick(NAMES));
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    const kind = random.below(10);
    if (kind < 4) {
      mkdirSync(path);
      folders.push(path);
    } else if (kind < 6) writeFileSync(path, `content of ${made}`);
    else symlinkSync(targetFrom(path, random.pick([...all, ...folders, path]), random), path);
    all.push(path);
  }
}

/** Absolute, relative, or with a way out and in again. */
function targetFrom(path: string, target: string, random: Random): string {
  const straight = relative(dirname(path), target) || '.';
  return random.pick([target, straight, `./${straight}`, join(dirname(target), '..', relative(join(dirname(target), '..'), target))]);
}

/** Mostly along what is there, sometimes aside. */
export function randomPath(root: string, random: Random): string {
  const length = 1 + random.below(6);
  const segments: string[] = [];
  for (let at = root; segments.length < length; ) {
    const there = namesIn(at);
    const next = random.chance(0.08) ? random.pick(ODD) : there.length > 0 && random.chance(0.85) ? random.pick(there) : random.pick(NAMES);
    segments.push(next);
    if (random.chance(0.25)) break;
    at = join(at, next);
  }
  return segments.join('/') || random.pick(NAMES);
}

/** The names in a folder, links followed: an attacker's path goes through them. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, 20);
  } catch {
    return [];
  }
}

export function judge(root: string, path: string): Verdict {
  const segments = path.split('/');
  if (path.includes('\0') || segments.some((segment) => segment === '' || segment === '.' || segment === '..')) return { is: 'refused' };
  let at = root;
  for (const [index, segment] of segments.entries()) {
    at = join(at, segment);
    const stat = lstatSync(at, { throwIfNoEntry: false });
    const last = index === segments.length - 1;
    if (stat === undefined) return last ? { is: 'free' } : { is: 'missing' };
    if (last && stat.isFile()) return { is: 'file', content: readFileSync(at, 'utf8') };
    if (!stat.isDirectory()) return { is: 'refused' };
  }
  return { is: 'folder' };
}
