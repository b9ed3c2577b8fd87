// Folders that stay open while many files below one root are opened, so that the way to a folder is walked once for all its
// files. Each file in them is asked for as ever: this saves opening, and no question.
import { type OpenFolder, openFolderIn } from '../../gate/resolve.ts';

/** More than the threads of who proposes files, each of which goes through one folder at a time. */
const MAX_OPEN = 16;

export interface Parents extends Disposable {
  /** The open folder that a path lies in, and its last name. Throws what opening a folder throws. */
  of(path: string): { folder: OpenFolder; name: string };
}

/** Leaves the root itself to whoever opened it. */
export function createParents(root: OpenFolder): Parents {
  const open = new Map<string, OpenFolder>();
  return {
    of(path) {
      const cut = path.lastIndexOf('/');
      if (cut < 0) return { folder: root, name: path };
      const parent = path.slice(0, cut);
      const folder = open.get(parent) ?? openFolderIn(root, parent);
      // The one that was used last is the last to go.
      open.delete(parent);
      open.set(parent, folder);
      if (open.size > MAX_OPEN) closeOldest(open);
      return { folder, name: path.slice(cut + 1) };
    },
    [Symbol.dispose]() {
      for (const folder of open.values()) folder[Symbol.dispose]();
      open.clear();
    },
  };
}

function closeOldest(open: Map<string, OpenFolder>): void {
  for (const [path, folder] of open) {
    folder[Symbol.dispose]();
    open.delete(path);
    return;
  }
}
