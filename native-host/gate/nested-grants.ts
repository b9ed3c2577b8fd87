// Grants that lie in one another: the strictest word on a file holds, whichever of them it is reached by.
import { foldFolder, foldPath, isInside } from '../../shared/gate/fold-path.ts';
import { type Grant, type Names, namesOf } from '../../shared/gate/grants.ts';
import { type Label, narrowsLabel, strictest } from '../../shared/gate/labels.ts';
import { isVisible, leaveOutBy } from './visible.ts';

/**
 * What a grant of a folder further down leaves out is left out for those as well who come by this one: a nested grant can
 * tighten, never loosen. Not the other way round: the person granted the folder further down for itself.
 */
export function leaveOutNested(grant: Grant, grants: readonly Grant[]): void {
  const folder = foldFolder(grant);
  const nested = grants.filter((other) => other !== grant && other.exclude.length > 0 && isInside(folder, foldFolder(other)));
  if (nested.length > 0) leaveOutBy(grant, () => nested);
}

/** Whether this file does not exist for the grant. */
export function leavesOut(grant: Grant, path: string): boolean {
  return path !== '' && !isVisible(grant, path, 'file');
}

/**
 * What all grants that contain this file of `grant` say of it: the strictest label, as a nested grant can tighten, never
 * loosen; and whether others may know what it is called, which any of them can hide.
 */
export function saidOf(grants: readonly Grant[], grant: Grant, path: string): { label: Label; names: Names } {
  const all = [grant, ...containing(grants, grant, path)];
  const label = strictest(all.map((each) => each.label));
  return { label, names: label === 'home' || all.some((each) => namesOf(each) === 'hidden') ? 'hidden' : 'shown' };
}

export function labelOf(grants: readonly Grant[], grant: Grant, path: string): Label {
  return saidOf(grants, grant, path).label;
}

export function namesIn(grants: readonly Grant[], grant: Grant, path: string): Names {
  return saidOf(grants, grant, path).names;
}

function containing(grants: readonly Grant[], grant: Grant, path: string): Grant[] {
  const target = foldPath(`${grant.folder}/${path}`);
  return grants.filter((candidate) => isInside(foldFolder(candidate), target));
}

/**
 * A grant through which more may leave, be told or be reached once this one is gone: what a grant says of its folder it says
 * to all around and in it, so taking it back can loosen.
 */
export function looserWithout(grants: readonly Grant[], gone: Grant): Grant | undefined {
  const folder = foldFolder(gone);
  return grants.find((other) => {
    const isAround = isInside(foldFolder(other), folder);
    if (other === gone || !(isAround || isInside(folder, foldFolder(other)))) return false;
    const place = isAround ? folder : foldFolder(other);
    const rest = grants.filter((each) => each !== gone && isInside(foldFolder(each), place));
    return (
      !narrowsLabel(gone.label, strictest(rest.map(({ label }) => label))) ||
      (namesOf(gone) === 'hidden' && rest.every((each) => namesOf(each) === 'shown')) ||
      (isAround && gone.exclude.length > 0)
    );
  });
}
