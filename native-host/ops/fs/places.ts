// Where things go: the last name of a path, whether it is free and may be taken.
import { HeadgateError } from '../../../shared/errors.ts';
import type { GrantId } from '../../../shared/ids.ts';
import { look, type Spot } from '../../gate/resolve/anchored.ts';
import type { Folders } from '../../journal/folders.ts';
import { isProgramName } from './programs.ts';

export function splitPath(path: string): { parent: string; name: string } {
  const cut = path.lastIndexOf('/');
  return { parent: cut < 0 ? '' : path.slice(0, cut), name: path.slice(cut + 1) };
}

/** A name that is free and may be taken by something that was called `from`. Throws `name_taken` and `path_refused`. */
export function freePlace(folders: Folders, grant: GrantId, path: string, from: string): Spot {
  const spot = folders.spot(grant, path);
  if (isProgramName(spot.name) && !isProgramName(from))
    throw new HeadgateError('path_refused', 'Headgate does not make programs of files that are none.', { next: 'Choose another name.' });
  if (look(spot) !== null) throw nameTaken();
  return spot;
}

export function nameTaken(): HeadgateError {
  return new HeadgateError('name_taken', 'There is already something of that name. Nothing was changed.', {
    next: 'Choose another name or folder.',
  });
}
