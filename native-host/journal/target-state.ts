// What is at a place in a grant now: what a yes to a change is bound to.
import type { TargetState } from '../../shared/gate/approvals.ts';
import type { GrantId } from '../../shared/ids.ts';
import { look } from '../gate/resolve/anchored.ts';
import type { Folders } from './folders.ts';

/** Throws what reaching the folder throws; a name that is free is no error. */
export function stateAt(folders: Folders, grant: GrantId, path: string): TargetState {
  const stat = look(folders.spot(grant, path));
  if (stat === null) return { grant, path, is: null };
  const { dev, ino, size, mtimeMs, ctimeMs } = stat;
  return { grant, path, is: { dev, ino, size, mtimeMs, ctimeMs } };
}
