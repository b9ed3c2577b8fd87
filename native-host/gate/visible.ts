// Which names of a grant are there, for the place where paths become files (resolve.ts): the grant's own globs, and what
// the person's other grants leave out of the same folders. Compiled once a grant.
import { foldFolder, foldPath, isInside } from '../../shared/gate/fold-path.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import { compileVisibility, type Visibility } from '../../shared/gate/visibility.ts';

const compiled = new WeakMap<Grant, Visibility>();
const others = new WeakMap<Grant, () => readonly Grant[]>();

/** Windows knows files by a second, short name as well: `TAXES2~1.PDF`. Where something may be left out, none of these is there. */
const SHORT_NAME = /(?:^|\/)[^/.]{1,8}~\d[^/]*(?:\/|$)/;

/** Whether a file or folder of this path, relative to the grant, is there for those who come through it. */
export function isVisible(grant: Grant, path: string, kind: 'file' | 'folder', platform: NodeJS.Platform = process.platform): boolean {
  if (isWhole(grant)) return true;
  if (platform === 'win32' && SHORT_NAME.test(path)) return false;
  return visibilityOf(grant)[kind](path) && !isLeftOutBy(othersOf(grant), `${grant.folder}/${path}`);
}

/** Whether nothing of the grant's folder is left out, so that a folder of it is all that is in it. */
export function isWhole(grant: Grant): boolean {
  return visibilityOf(grant).whole && othersOf(grant).every((other) => other.exclude.length === 0);
}

/** Lets other grants leave out of this one what they exclude. */
export function leaveOutBy(grant: Grant, grants: () => readonly Grant[]): void {
  others.set(grant, grants);
}

/** Whether any of these grants contains this absolute path and excludes it. */
function isLeftOutBy(grants: readonly Grant[], absolute: string): boolean {
  const excluding = grants.filter(({ exclude }) => exclude.length > 0);
  if (excluding.length === 0) return false;
  const plain = absolute.replaceAll('\\', '/');
  const folded = foldPath(plain);
  return excluding.some((grant) => {
    if (!isInside(foldFolder(grant), folded)) return false;
    const below = plain.split('/').slice(grant.folder.replaceAll('\\', '/').split('/').length).join('/');
    return below !== '' && visibilityOf(grant).excluded(below);
  });
}

function othersOf(grant: Grant): readonly Grant[] {
  return others.get(grant)?.() ?? [];
}

/** The grant without what it leaves out and limits: for taking back what was done while it let that be done. */
export function wholeGrant({ maxFileBytes: _bytes, maxFiles: _files, ...grant }: Grant): Grant {
  return { ...grant, include: [], exclude: [] };
}

function visibilityOf(grant: Grant): Visibility {
  const known = compiled.get(grant);
  if (known !== undefined) return known;
  const visibility = compileVisibility(grant);
  compiled.set(grant, visibility);
  return visibility;
}
