// What lies outside the grant, and how to see that nobody touched it. Every canary's last access is set to long ago, so
// that a read shows as well (`relatime` notes the first one); making or removing a name shows in its folder's times.
import { lstatSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const CANARY = 'CANARY-that-stays-outside';
const LONG_AGO = new Date('2001-02-03T04:05:06Z');

export interface Outside {
  folder: string;
  /** What was done to it since, in words; then it is armed again. Empty is good. */
  touched(): string[];
}

export function buildOutside(base: string): Outside {
  const folder = join(base, 'outside');
  const folders = [folder, join(folder, 'dir'), join(folder, 'dir', 'deep'), join(folder, 'empty')];
  const files = [join(folder, 'secret.txt'), join(folder, 'dir', 'secret.txt'), join(folder, 'dir', 'deep', 'secret.txt')];
  for (const each of folders) mkdirSync(each);
  for (const each of files) writeFileSync(each, `${CANARY}\n`);
  const all = [...files, ...folders.toReversed()];
  const marks = new Map<string, string>();
  const arm = () => {
    for (const path of all) utimesSync(path, LONG_AGO, lstatSync(path).mtime);
    for (const path of all) marks.set(path, markOf(path));
  };
  arm();
  return {
    folder,
    touched() {
      const touched = all
        .filter((path) => markOf(path) !== marks.get(path))
        .map((path) => `${path.slice(base.length + 1)}: ${marks.get(path)} → ${markOf(path)}`);
      if (touched.length > 0) arm();
      return touched;
    },
  };
}

/** Whether a plain read of a canary is noticed on this disk; where nothing notes reads, only changes are seen. */
export function noticesReads(outside: Outside): boolean {
  readFileSync(join(outside.folder, 'secret.txt'));
  return outside.touched().length > 0;
}

function markOf(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined) return 'gone';
  const { mode, ino, nlink, size, atimeNs, mtimeNs, ctimeNs } = stat;
  return `mode ${mode.toString(8)} ino ${ino} links ${nlink} size ${size} read ${atimeNs} written ${mtimeNs} changed ${ctimeNs}`;
}
