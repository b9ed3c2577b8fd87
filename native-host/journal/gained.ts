// Whether a thing that was moved holds more than it did then. What came to a place from which less may leave does not go back
// with the thing to where more may: undo is no way out.
import { HeadgateError } from '../../shared/errors.ts';
import { narrowsLabel } from '../../shared/gate/labels.ts';
import type { GrantReader } from '../gate/grant-reader.ts';
import { look, type Spot } from '../gate/resolve/anchored.ts';
import { listFolder, openFolderIn } from '../gate/resolve.ts';
import type { ChangeOf } from './change.ts';

/** The disk's clock may be a little behind ours. */
const SLACK_MS = 1_000;
const MAX_ENTRIES = 20_000;

/** Whether more may leave, or be told, of the thing where it was before it was moved than where it is. */
export function loosensBack(grants: GrantReader, { grant, path, toGrant, toPath }: ChangeOf<'move'>): boolean {
  return (
    !narrowsLabel(grants.labelOf(toGrant, toPath), grants.labelOf(grant, path)) ||
    (grants.namesOf(toGrant, toPath) === 'hidden' && grants.namesOf(grant, path) === 'shown')
  );
}

/** Whether a file was written to since `at`, or anything in a folder is newer. Of too many things nobody can tell: then it is so. */
export function hasGained(spot: Spot, at: number): boolean {
  const stat = look(spot);
  if (stat?.isDirectory() !== true) return stat !== null && stat.mtimeMs > at + SLACK_MS;
  let left = MAX_ENTRIES;
  const isNewer = ({ folder, name }: Spot): boolean => {
    using open = openFolderIn(folder, name);
    return listFolder(open).some((entry) => {
      left -= 1;
      if (left < 0) return true;
      const inner = { folder: open, name: entry.name };
      try {
        return (look(inner)?.ctimeMs ?? 0) > at + SLACK_MS || (entry.isDirectory() && isNewer(inner));
      } catch (thrown) {
        // What is protected stays so under its own name.
        if (thrown instanceof HeadgateError && thrown.code === 'path_refused') return false;
        throw thrown;
      }
    });
  };
  return isNewer(spot);
}
