import { HeadgateError } from '../../shared/errors.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import type { Changes } from './changes.ts';
import type { Slot } from './slot.ts';
export async function openChanges(_slot: Slot, _grants: readonly Grant[], _now: () => number): Promise<Changes> {
  const no = async () => { throw new HeadgateError('unsupported', 'not yet'); };
  return { write: no, makeFolder: no, move: no, undoLast: no, list: () => [], close: () => {} };
}
