// Goes through a granted folder and everything in it, as lists and searches see it: hidden names, `node_modules` and links
// are passed over, folders that may not or cannot be entered are counted. It holds one descriptor a level.
import { setImmediate } from 'node:timers/promises';
import { listFolder, type OpenFolder, openFolderIn } from '../../gate/resolve.ts';
import { stopIfCancelled } from '../access.ts';
import type { OpContext } from '../op.ts';

export const MAX_DEPTH = 32;
const MAX_ENTRIES = 100_000;
/** Entries between two moments in which other work may go on. */
const BREATHE_EVERY = 2_000;

export interface Walk {
  /** Entries seen so far. */
  entries: number;
  /** Folders that could not be entered, or lie too deep. */
  closed: number;
  /** Whether it stopped at the cap. */
  capped: boolean;
}

/** Calls `visit` with the grant-relative path and the name of each regular file below `folder`. */
export async function walkFiles(context: OpContext, folder: OpenFolder, visit: (path: string, name: string) => void): Promise<Walk> {
  const walk: Walk = { entries: 0, closed: 0, capped: false };
  await walkFolder(context, folder, 0, walk, visit);
  return walk;
}

async function walkFolder(
  context: OpContext,
  folder: OpenFolder,
  depth: number,
  walk: Walk,
  visit: (path: string, name: string) => void,
): Promise<void> {
  for (const entry of listFolder(folder)) {
    walk.entries += 1;
    if (walk.entries >= MAX_ENTRIES) walk.capped = true;
    if (walk.capped) return;
    if (walk.entries % BREATHE_EVERY === 0) {
      await setImmediate();
      stopIfCancelled(context);
    }
    if (isPassedOver(entry.name)) continue;
    if (entry.isFile()) visit(folder.path === '' ? entry.name : `${folder.path}/${entry.name}`, entry.name);
    else if (entry.isDirectory()) {
      const inner = depth < MAX_DEPTH ? enter(folder, entry.name) : null;
      if (inner === null) {
        walk.closed += 1;
        continue;
      }
      try {
        await walkFolder(context, inner, depth + 1, walk, visit);
      } finally {
        inner[Symbol.dispose]();
      }
    }
  }
}

/** Names that nobody means when they speak of their files. */
export function isPassedOver(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}

/** What a walk left out, in our own words, or `undefined`. */
export function noteOf(walks: readonly Walk[]): string | undefined {
  const closed = walks.reduce((sum, walk) => sum + walk.closed, 0);
  const notes: string[] = [];
  if (walks.some((walk) => walk.capped)) notes.push(`looked at the first ${MAX_ENTRIES} entries only`);
  if (closed > 0) notes.push(`${closed} ${closed === 1 ? 'folder' : 'folders'} could not be entered`);
  return notes.length === 0 ? undefined : notes.join('; ');
}

/** A folder that vanished meanwhile, has no permission, is another disk or is protected stays closed. */
function enter(folder: OpenFolder, name: string): OpenFolder | null {
  try {
    return openFolderIn(folder, name);
  } catch {
    return null;
  }
}
