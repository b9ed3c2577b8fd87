// What must be so before a whole folder gets another name or place: what is in it goes with it, and nobody looks at each
// thing. So nothing may be left out of it, and nothing in it may be protected by the names above it, neither where it was
// (`.config` with its `autostart` under another name would be open) nor where it comes to (a folder with a `hooks` in it
// would become git's).
import { type Dirent, readdirSync } from 'node:fs';
import { foldPath } from '../../../shared/gate/fold-path.ts';
import { protectedBelow } from '../protected.ts';
import { naming, type OpenFolder } from '../resolve.ts';
import { isWhole } from '../visible.ts';
import { errnoOf, type Named, refusal } from './errno.ts';

/**
 * Throws `unsupported` for a whole folder of a grant that leaves something out: what is in it that nobody may touch would go
 * with it, and could come to a place where the globs do not find it again.
 */
export function refuseDivided(folder: OpenFolder): void {
  if (!isWhole(folder.grant))
    throw refusal(
      'unsupported',
      'The grant leaves some names out, so its folders are not moved or trashed as a whole.',
      naming(folder.grant, folder.path, 'folder'),
    );
}

/** Throws `path_refused`. `reached`: the path by which the kernel reaches the folder; `from` and `to` are absolute. */
export function refuseProtectedIn(reached: string, from: string, to: string, named: Named): void {
  if ([from, to].some((path) => protectedBelow(path).some((names) => holds(reached, names))))
    throw refusal('path_refused', 'The folder holds something that is protected under its old name or its new one.', named);
}

/** Whether there is something by these names, one in the other. What cannot be looked into may hold it. */
function holds(folder: string, [first, ...rest]: readonly RegExp[]): boolean {
  return entriesOf(folder).some((entry) => {
    if (entry === null) return true;
    if (first?.test(foldPath(`/${entry.name}`).slice(1)) !== true) return false;
    return rest.length === 0 || (entry.isDirectory() && holds(`${folder}/${entry.name}`, rest));
  });
}

function entriesOf(folder: string): readonly (Dirent | null)[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (thrown) {
    return errnoOf(thrown) === 'ENOENT' ? [] : [null];
  }
}
