// What is in a command's folder and not for it: protected names, what its grant leaves out, what the system or the person
// put there from elsewhere (other disks, sockets and devices, which reach out of any namespace), and what the gate refuses. Looked at just
// before the start, so that it can be covered in the command's own view of the folder.
import { setImmediate } from 'node:timers/promises';
import { HeadgateError } from '../../shared/errors.ts';
import { protectedNames } from '../gate/protected.ts';
import { isVisible, isWhole, wholeGrant } from '../gate/visible.ts';
import { type FolderEntry, listFolder, type OpenFolder, openFolderIn, statFileIn } from '../gate/resolve.ts';

export interface Hidden {
  /** Relative to the folder. */
  path: string;
  folder: boolean;
}

export interface Look {
  hidden: Hidden[];
  /** Whether a file has a second name, which may lie outside every grant. Only looked at where it matters. */
  linked: boolean;
}

const MAX_ENTRIES = 200_000;
const MAX_HIDDEN = 500;
const MAX_DEPTH = 64;
const BREATHE_EVERY = 2_000;

/** Throws `too_large` for a folder that cannot be looked through, `cancelled` when that takes too long. */
export async function lookForHidden(folder: OpenFolder, signal: AbortSignal, links: boolean): Promise<Look> {
  const look: Look = { hidden: [], linked: false };
  let entries = 0;
  const walk = async (open: OpenFolder, path: string, depth: number): Promise<void> => {
    const isProtected = protectedNames(open.path === '' ? open.grant.folder : `${open.grant.folder}/${open.path}`);
    // All of it, also what the gate would leave out: that is what is looked for.
    for (const entry of listFolder({ ...open, grant: wholeGrant(open.grant) })) {
      entries += 1;
      if (entries > MAX_ENTRIES || depth > MAX_DEPTH) throw tooLarge(`It holds more than ${MAX_ENTRIES} entries, or too many levels.`);
      if (entries % BREATHE_EVERY === 0) {
        await setImmediate();
        signal.throwIfAborted();
      }
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      const isThere = isVisible(
        open.grant,
        open.path === '' ? entry.name : `${open.path}/${entry.name}`,
        entry.isDirectory() ? 'folder' : 'file',
      );
      const inner = !isThere || isProtected(entry.name) || isOutside(entry) ? null : enter(open, entry);
      // Node reads a name that is no text with this in it: under such a name nothing can be covered, and globs may not fit it.
      if (entry.name.includes('\uFFFD') && (inner === null || !isWhole(open.grant))) throw unnameable();
      if (inner === null) {
        if (look.hidden.push({ path: below, folder: entry.isDirectory() }) > MAX_HIDDEN)
          throw tooLarge(`It holds more than ${MAX_HIDDEN} names that are not for commands.`);
        continue;
      }
      if (inner === 'file') {
        look.linked ||= links && entry.isFile() && statFileIn(open, entry.name).links > 1;
        continue;
      }
      try {
        await walk(inner, below, depth + 1);
      } finally {
        inner[Symbol.dispose]();
      }
    }
  };
  await walk(folder, '', 0);
  return look;
}

/** Neither file nor folder nor link: a way to talk to whoever is at its other end. */
function isOutside(entry: FolderEntry): boolean {
  return !entry.isFile() && !entry.isDirectory() && !entry.isSymbolicLink();
}

/** A folder is entered as the gate enters it; what the gate refuses is not for commands either. Links lead nowhere there. */
function enter(open: OpenFolder, entry: FolderEntry): OpenFolder | 'file' | null {
  try {
    if (entry.isDirectory()) return openFolderIn(open, entry.name);
    const most = open.grant.maxFileBytes;
    return most === undefined || !entry.isFile() || statFileIn(open, entry.name).size <= most ? 'file' : null;
  } catch {
    return null;
  }
}

function unnameable(): HeadgateError {
  return new HeadgateError('path_refused', 'In the folder of this command is a name that is no text, so it cannot be kept from it.', {
    next: 'Rename it, or allow the command in another folder: headgate grant --command … --in FOLDER',
  });
}

function tooLarge(why: string): HeadgateError {
  return new HeadgateError('too_large', `The folder of this command cannot be looked through before it starts. ${why}`, {
    next: 'Allow the command in a folder further down: headgate grant --command … --in FOLDER',
  });
}
