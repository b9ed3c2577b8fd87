// Whether a folder may be granted, and what its grant is called.
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import { foldPath, isInside } from '../../shared/gate/fold-path.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import { protectedReason } from './protected.ts';
import { errnoOf } from './resolve/errno.ts';

/** The real path of a folder that may be granted. Throws `grant_refused`. */
export function checkFolder(wish: string, home: string): string {
  let folder: string;
  try {
    folder = realpathSync.native(wish);
  } catch (thrown) {
    const gone = errnoOf(thrown) === 'ENOENT';
    throw refuseGrant(
      gone ? `There is no folder ${shown(wish)}.` : `The folder ${shown(wish)} cannot be reached.`,
      nextAfter(wish),
      thrown,
    );
  }
  if (!statSync(folder).isDirectory())
    throw refuseGrant(`${shown(wish)} is a file, and only folders are granted.`, `Grant its folder: ${shown(dirname(folder))}`);
  if (folder.length > 4096 || folder.includes('\uFFFD'))
    throw refuseGrant(`The path of ${shown(wish)} cannot be kept as text.`, 'Rename the folder and try again.');
  const folded = foldPath(folder);
  const state = foldPath(realHome(home));
  if (folder === dirname(folder)) throw refuseGrant('A whole disk is not granted.', 'Choose a folder on it.');
  if (/^\/(proc|sys|boot|etc|dev(?!\/shm\/))(\/|$)/.test(folded))
    throw refuseGrant(`${shown(folder)} belongs to the system.`, 'Choose a folder with your own files.');
  if (isInside(folded, state))
    throw refuseGrant(
      `${shown(folder)} contains Headgate’s own state (${shown(home)}).`,
      'Choose a folder inside it that holds your files.',
    );
  const why = isInside(state, folded) ? 'Headgate’s own state' : protectedReason(folder);
  if (why !== null) throw refuseGrant(`${shown(folder)} is protected: ${why}.`, 'Choose another folder.');
  return folder;
}

/** What stands behind the path of a folder that is there was meant for rights or a label. */
function nextAfter(wish: string): string {
  const colon = wish.indexOf(':', /^[A-Za-z]:[\\/]/.test(wish) ? 2 : 1);
  if (colon < 0) return 'Check the path and try again.';
  const form = 'After a folder come rights, or rights and a label: FOLDER:read,write or FOLDER:read,write:ask';
  const said = wish.slice(colon + 1);
  const isThere = statSync(wish.slice(0, colon), { throwIfNoEntry: false })?.isDirectory() === true;
  return isThere ? `“${shown(said)}” does not say what is allowed there. ${form}` : `Check the path. ${form}`;
}

/** The state folder as the disk knows it, also before it is there. */
function realHome(home: string): string {
  try {
    return realpathSync.native(home);
  } catch {
    return dirname(home) === home ? home : join(realHome(dirname(home)), basename(home));
  }
}

export function nameFor(folder: string): string {
  return escapeForDisplay(basename(folder)) || 'Folder';
}

/** The folder's own name; where another grant has that, also what it lies in, so that menus and lists tell them apart. */
export function nameAmong(folder: string, grants: readonly Grant[]): string {
  const taken = new Set(grants.map(({ name }) => name));
  const name = nameFor(folder);
  const parents = dirname(folder)
    .split(sep)
    .filter((part) => part !== '');
  for (let depth = 0; depth <= parents.length; depth += 1) {
    const inside = parents.slice(parents.length - depth).join('/');
    const wish = depth === 0 ? name : `${name} (${escapeForDisplay(inside)})`;
    if (!taken.has(wish)) return wish;
  }
  return name;
}

function shown(path: string): string {
  return escapeForDisplay(path);
}

export function refuseGrant(message: string, next: string, cause?: unknown): HeadgateError {
  return new HeadgateError('grant_refused', message, { next, cause });
}
