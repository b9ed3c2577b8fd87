// A change for each of many files: all are looked at before the first is changed, so one that cannot be done stops all.
import type { Change } from '../../journal/change.ts';
import { createFolders, type Folders } from '../../journal/folders.ts';
import { carryOut, preview } from '../../journal/step.ts';
import { stopIfCancelled } from '../access.ts';
import type { OpContext } from '../op.ts';
import { nameTaken } from './places.ts';

/** Looked at between two pauses. */
const STRETCH = 500;

export interface Planned {
  change: Change;
  /** What no other change of the step may have: where something would go, or what would go. */
  claims: string;
}

/** Plans the change of each wish, and makes them all, or says what they would be. Throws what `plan` throws, and `name_taken`. */
export async function changeEach<Wish>(
  context: OpContext,
  wishes: readonly Wish[],
  dryRun: boolean | undefined,
  plan: (folders: Folders, wish: Wish) => Planned,
): ReturnType<typeof carryOut> {
  const changes: Change[] = [];
  const claimed = new Set<string>();
  {
    using folders = createFolders(context.grants);
    for (const [index, wish] of wishes.entries()) {
      const { change, claims } = plan(folders, wish);
      if (claimed.has(claims)) throw nameTaken();
      claimed.add(claims);
      changes.push(change);
      if (index % STRETCH !== STRETCH - 1) continue;
      stopIfCancelled(context);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return dryRun
    ? preview(context, changes)
    : carryOut(
        context,
        changes.map((change) => ({ change })),
      );
}
