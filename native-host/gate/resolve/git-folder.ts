// A folder that git takes for a repository by what is in it, whatever its own name (gitrepository-layout(5)): a HEAD, and
// beside it where objects and references are. From then on git reads its `config` and runs its `hooks`, in it and below it,
// for everybody who comes there. So nothing is changed in one, and none comes about name by name.
import { lstatSync } from 'node:fs';
import { foldPath } from '../../../shared/gate/fold-path.ts';
import type { OpenFolder } from '../resolve.ts';
import { choosePrimitive } from './primitive.ts';

const primitive = choosePrimitive();
const HEAD = 'HEAD';
const BESIDE_HEAD = ['objects', 'refs', 'commondir'];

/** Whether this is one of the names that together make a repository. */
export function isMark(name: string): boolean {
  const own = foldPath(`/${name}`).slice(1);
  return [HEAD, ...BESIDE_HEAD].some((mark) => own === mark.toLowerCase());
}

/** Whether this name of the open folder lies in such a folder of the grant, or would make one of it. */
export function isInGitFolder(folder: OpenFolder, name: string): boolean {
  const depth = folder.path === '' ? 0 : folder.path.split('/').length;
  const own = foldPath(`/${name}`).slice(1);
  for (let up = 0; up <= depth; up += 1) {
    const has = (mark: string): boolean => (up === 0 && own === mark.toLowerCase()) || isThere(folder, '../'.repeat(up) + mark);
    if (has(HEAD) && BESIDE_HEAD.some(has)) return true;
  }
  return false;
}

function isThere(folder: OpenFolder, path: string): boolean {
  try {
    return lstatSync(primitive.at(folder.place, path), { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Whoever may not look there may not put anything there either.
    return false;
  }
}
