// Where the race takes place: a granted folder in which a folder, a file and a folder further up change places with links
// that lead out, and the outside with its canaries. What lies outside is compared as a whole: names, kinds, bytes, times.
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Granted, grantFolder } from '../../native-host/support/granted.ts';

export const INSIDE = 'inside';
export const CANARY = 'CANARY-from-outside';

export interface Arena extends Disposable {
  granted: Granted;
  outside: string;
  /** What changes places with what. */
  pairs: [string, string][];
  /** What was done to the outside since the arena was built, in words. Empty is good. */
  damage(): string[];
}

/** Paths in the grant that lead inside or outside, depending on the moment. */
export const RACED = { file: 'd/f', leaf: 'leaf', deep: 'top/a/b/c/f', folder: 'd', deepFolder: 'top/a/b/c' } as const;

export function buildArena(): Arena {
  const granted = grantFolder({ rights: ['read', 'write', 'trash'] });
  const outside = join(granted.base, 'outside');
  granted.write('d/f', INSIDE);
  granted.write('leaf', INSIDE);
  granted.write('top/a/b/c/f', INSIDE);
  granted.write('plain.md', INSIDE);
  for (const folder of ['d', 'a/b/c', 'b/c']) mkdirSync(join(outside, folder), { recursive: true });
  for (const file of ['f', 'd/f', 'a/b/c/f', 'b/c/f', 'only-outside']) writeFileSync(join(outside, file), CANARY);
  const link = (target: string, name: string) => symlinkSync(join(outside, target), join(granted.folder, name));
  link('.', 'd-link');
  link('f', 'leaf-link');
  link('a', 'a-link');
  const before = snapshot(outside);
  return {
    granted,
    outside,
    pairs: (
      [
        ['d', 'd-link'],
        ['leaf', 'leaf-link'],
        ['top/a', 'a-link'],
      ] as const
    ).map(([one, other]) => [join(granted.folder, one), join(granted.folder, other)]),
    damage: () => differences(before, snapshot(outside)),
    [Symbol.dispose]: () => granted[Symbol.dispose](),
  };
}

/** A tree as values: what each name is, its bytes, its owner, mode and times (not the last access, which looking changes). */
export function snapshot(folder: string): Map<string, string> {
  const seen = new Map<string, string>();
  const walk = (path: string): void => {
    const stat = lstatSync(path, { bigint: true });
    const kind = stat.isSymbolicLink() ? `link to ${readlinkSync(path)}` : stat.isFile() ? readFileSync(path, 'base64') : '';
    seen.set(path, [stat.mode, stat.ino, stat.nlink, stat.uid, stat.gid, stat.size, stat.mtimeNs, stat.ctimeNs, kind].join(' '));
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) walk(join(path, name));
  };
  walk(folder);
  return seen;
}

export function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const gone = [...before.keys()].filter((path) => !after.has(path)).map((path) => `${path} is gone`);
  const made = [...after.keys()].filter((path) => !before.has(path)).map((path) => `${path} was made`);
  const changed = [...after].filter(([path, is]) => before.has(path) && before.get(path) !== is).map(([path]) => `${path} was changed`);
  return [...gone, ...made, ...changed];
}
