// Folders that stay open while a batch of changes works in them, and the disks' word that they keep what was done: each
// folder that a batch touched is synced once, before its outcomes are noted.
import { HeadgateError } from '../../shared/errors.ts';
import type { GrantId } from '../../shared/ids.ts';
import { type Spot, syncFolder } from '../gate/resolve/anchored.ts';
import { openTrash, syncTrash, type Trash } from '../gate/resolve/trash.ts';
import { type OpenFolder, openFolder } from '../gate/resolve.ts';
import type { GrantReader } from '../gate/grant-reader.ts';

/** Well below the 1024 descriptors that the strictest system gives a process. */
const MAX_OPEN = 400;

export interface Folders extends Disposable {
  /** The open parent and the last name of a path in a grant. Throws what opening a folder throws. */
  spot(grant: GrantId, path: string): Spot;
  /** The open trash of one disk. Throws what opening it throws. */
  trash(place: string, top: string | null): Trash;
  touch(folder: OpenFolder): void;
  /** Syncs every folder that was touched since. */
  sync(): void;
  /** Forgets open folders: their paths may not be theirs any more. */
  forget(): void;
}

export function createFolders(grants: GrantReader): Folders {
  const open = new Map<string, OpenFolder>();
  const trashes = new Map<string, Trash>();
  const touched = new Set<OpenFolder>();
  const sync = (): void => {
    for (const folder of touched) syncFolder(folder);
    touched.clear();
    for (const trash of trashes.values()) syncTrash(trash);
  };
  const letGoOfOldest = (): void => {
    const [oldest] = open;
    if (oldest === undefined) return;
    const [key, folder] = oldest;
    if (touched.delete(folder)) syncFolder(folder);
    folder[Symbol.dispose]();
    open.delete(key);
  };
  const forget = (): void => {
    sync();
    for (const folder of open.values()) folder[Symbol.dispose]();
    open.clear();
    for (const trash of trashes.values()) trash[Symbol.dispose]();
    trashes.clear();
  };
  return {
    sync,
    forget,
    [Symbol.dispose]: forget,
    trash(place, top) {
      const trash = trashes.get(place) ?? openTrash(place, top);
      trashes.set(place, trash);
      return trash;
    },
    touch: (folder) => void touched.add(folder),
    spot(grant, path) {
      const cut = path.lastIndexOf('/');
      // Else its first name would count as one in the grant's own folder.
      if (cut === 0) throw new HeadgateError('path_refused', 'Only paths inside a granted folder are taken, not absolute ones.');
      const parent = cut < 0 ? '' : path.slice(0, cut);
      const key = `${grant} ${parent}`;
      let folder = open.get(key);
      if (folder === undefined) {
        if (open.size >= MAX_OPEN) letGoOfOldest();
        folder = openFolder(grants.grant(grant), parent);
      } else open.delete(key);
      // Last in the map: a change works in two folders at most, and those are never the oldest.
      open.set(key, folder);
      return { folder, name: path.slice(cut + 1) };
    },
  };
}
