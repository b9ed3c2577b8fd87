// Goes through a folder and all below it by open descriptors, one a level, for trees and searches by name. Depth first in
// the system's order. Protected names, links, other disks and folders that may not be entered are passed over; so is what
// another grant labels `home` or whose names it hides. It lets other calls go on in between, and ends when its call is cancelled.
import { setImmediate } from 'node:timers/promises';
import { HeadgateError } from '../../shared/errors.ts';
import { protectedNames } from '../gate/protected.ts';
import { type FolderEntry, listFolder, type OpenFolder, openFolderIn } from '../gate/resolve.ts';
import type { Areas } from './areas.ts';

const MAX_DEPTH = 64;
const DEADLINE_MS = 30_000;
/** Entries between two moments in which other calls may go on. */
const BREATHE_EVERY = 2_000;

/** Gets the folder's path relative to the walk's start, with a `/` at its end, and what is in it; `false` leaves what is below it out. */
export type Visit = (folder: string, entry: FolderEntry) => boolean;

/** A walk over at most `maxNames` entries; it resolves with whether it saw all. */
export function createWalk(areas: Areas, signal: AbortSignal, maxNames: number): (folder: OpenFolder, visit: Visit) => Promise<boolean> {
  const deadline = performance.now() + DEADLINE_MS;
  let names = 0;

  const walk = async (
    folder: OpenFolder,
    prefix: string,
    depth: number,
    visit: Visit,
    hasHiddenName: ((path: string) => boolean) | null,
  ): Promise<boolean> => {
    const { grant, path: at } = folder;
    const isProtected = protectedNames(at === '' ? grant.folder : `${grant.folder}/${at}`);
    for (const entry of listFolder(folder)) {
      names += 1;
      if (names > maxNames) return false;
      if (names % BREATHE_EVERY === 0) {
        await setImmediate();
        if (signal.aborted) throw new HeadgateError('cancelled', 'The call was cancelled.');
        if (performance.now() > deadline) return false;
      }
      if (isProtected(entry.name) || hasHiddenName?.(at === '' ? entry.name : `${at}/${entry.name}`) === true) continue;
      if (!visit(prefix, entry) || !entry.isDirectory() || depth >= MAX_DEPTH) continue;
      const inner = enter(folder, entry.name);
      if (inner === null) continue;
      try {
        if (!(await walk(inner, `${prefix}${entry.name}/`, depth + 1, visit, hasHiddenName))) return false;
      } finally {
        inner[Symbol.dispose]();
      }
    }
    return true;
  };

  return (folder, visit) => {
    const { grant } = folder;
    const hasHiddenName = areas.mixed(grant) ? (path: string) => areas.namesOf({ grant, path }) === 'hidden' : null;
    return walk(folder, '', 0, visit, hasHiddenName);
  };
}

function enter(folder: OpenFolder, name: string): OpenFolder | null {
  try {
    return openFolderIn(folder, name);
  } catch (thrown) {
    if (thrown instanceof HeadgateError) return null;
    throw thrown;
  }
}
