// What the server may do to the person's files, whoever keeps the journal. Every change is noted and synced before it
// happens, is synced itself before the call answers, and can be undone.
import type { FileFacts } from '../gate/resolve.ts';
import type { Place } from './areas.ts';

export type ChangeKind = 'write' | 'mkdir' | 'move';

/** One change, for `list_changes`. Paths are relative to the grant's folder. */
export interface Change {
  id: string;
  at: number;
  kind: ChangeKind;
  place: Place;
  /** Where a move went. */
  to?: Place;
  state: 'done' | 'undone';
}

/** What came of it, in plain words; a file that the person has changed since stays, and the words say so. */
export interface Undone {
  change: Change;
  says: string[];
}

export interface Changes {
  /** Creates the file, or replaces it whole. With `expected`, only if it is still that very file. */
  write(place: Place, bytes: Uint8Array, expected?: FileFacts): Promise<void>;
  /** Creates the folder and those above it; one that is there is left as it is. */
  makeFolder(place: Place): Promise<void>;
  /** Moves a file or folder to a name that must be free. */
  move(from: Place, to: Place): Promise<void>;
  /** Takes the last change back that is not undone yet; `null` when there is none. A move that `refuse` throws for stays, as a move back is one. */
  undoLast(refuse: (from: Place, to: Place) => void): Promise<Undone | null>;
  list(limit: number): Change[];
}
