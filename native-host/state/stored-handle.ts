// What stands behind a handle, and what a run may do with its own. `handles.ts` keeps them.
import type { Label } from '../../shared/gate/labels.ts';
import type { HandleKind, HandleMeta } from '../../shared/handles.ts';
import type { GrantId, HandleId } from '../../shared/ids.ts';

/** A file of a grant as it was when the handle was made. `path` is relative to the grant, `/` between segments. */
export interface FileReference {
  grant: GrantId;
  path: string;
  size: number;
  mtimeMs: number;
  dev: number;
  ino: number;
}

/** `from` is the handle that a text was made of, where it was one. */
export type StoredHandle = { id: HandleId; kind: HandleKind; label: Label; from?: HandleId } & (
  | { file: FileReference; text: null }
  | { file: null; text: string }
);

export interface HandleStore {
  /** Throws `handle_not_found` for one that is unknown, has expired, or is not this run's. */
  get(id: HandleId): StoredHandle;
  /** The text of a handle that holds text; throws `unsupported` for a file. */
  text(id: HandleId): string;
  putFile(file: FileReference, label: Label): HandleMeta;
  /** Many at once, in one transaction, in their order: each alone costs a sync of the disk. */
  putFiles(files: readonly { file: FileReference; label: Label }[]): HandleMeta[];
  /** How many files of a grant the run has taken up. */
  filesIn(grant: GrantId): number;
  /** Keeps text or JSON made at home. */
  putText(kind: Exclude<HandleKind, 'file'>, text: string, label: Label, from?: HandleId): HandleMeta;
}
