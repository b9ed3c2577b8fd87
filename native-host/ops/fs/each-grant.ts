// Goes through several grants as one place: a file that lies in two of them is met once, and a folder that is gone does
// not spoil the others.
import { HeadgateError } from '../../../shared/errors.ts';
import type { Grant } from '../../../shared/gate/grants.ts';
import type { GrantId } from '../../../shared/ids.ts';
import { grantWith, stopIfCancelled } from '../access.ts';
import type { OpContext } from '../op.ts';

/** Whether a file of this grant belongs to another, deeper grant that is gone through as well. */
export type IsElsewhere = (path: string) => boolean;

/** Calls `act` for each grant. Throws what the first one threw when none could be gone through. */
export async function eachGrant(
  context: OpContext,
  ids: readonly GrantId[],
  act: (grant: Grant, isElsewhere: IsElsewhere, index: number) => Promise<void>,
): Promise<{ grants: Grant[]; note: string | undefined }> {
  const grants: Grant[] = [];
  const failures: unknown[] = [];
  for (const id of new Set(ids)) attempt(failures, () => grants.push(grantWith(context, id, 'read')));
  let done = 0;
  for (const [index, grant] of grants.entries()) {
    stopIfCancelled(context);
    try {
      await act(grant, elsewhere(grant, grants), index);
      done += 1;
    } catch (thrown) {
      if (!(thrown instanceof HeadgateError) || thrown.code === 'cancelled') throw thrown;
      failures.push(thrown);
    }
  }
  if (done === 0 && failures.length > 0) throw failures[0];
  const note =
    failures.length === 0 ? undefined : `${failures.length} granted ${failures.length === 1 ? 'folder' : 'folders'} could not be searched`;
  return { grants, note };
}

function attempt(failures: unknown[], act: () => void): void {
  try {
    act();
  } catch (thrown) {
    if (!(thrown instanceof HeadgateError) || thrown.code === 'grants_damaged') throw thrown;
    failures.push(thrown);
  }
}

function elsewhere(grant: Grant, grants: readonly Grant[]): IsElsewhere {
  const prefix = `${grant.folder}/`;
  const inner = grants.filter((other) => other.folder.startsWith(prefix)).map((other) => `${other.folder.slice(prefix.length)}/`);
  return inner.length === 0 ? () => false : (path) => inner.some((folder) => path.startsWith(folder));
}
