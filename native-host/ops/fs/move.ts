// fs.move: files and folders get new names, in their folder or another of the same disk. Everything is looked at before
// the first move: one that cannot be done stops all.
import { HeadgateError } from '../../../shared/errors.ts';
import type { OpArgs } from '../../../shared/ops/args.ts';
import { look } from '../../gate/resolve/anchored.ts';
import { type Change, thingOf } from '../../journal/change.ts';
import { createFolders, type Folders } from '../../journal/folders.ts';
import { carryOut, preview } from '../../journal/step.ts';
import { grantsWithin, grantWith, type Located, locate, refuseChanged, refuseLooserPlace, stopIfCancelled } from '../access.ts';
import type { Op, OpContext } from '../op.ts';
import { freePlace, nameTaken } from './places.ts';

/** Looked at between two pauses. */
const STRETCH = 500;

export const move: Op<'fs.move'> = async ({ moves, dryRun }, context) => {
  const changes: Change[] = [];
  const planned = new Set<string>();
  {
    using folders = createFolders(context.grants);
    for (const [index, wish] of moves.entries()) {
      const change = planMove(context, folders, wish);
      const place = `${change.toGrant} ${change.toPath}`;
      if (planned.has(place)) throw nameTaken();
      planned.add(place);
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
};

function planMove(
  context: OpContext,
  folders: Folders,
  { from: source, grant, to }: OpArgs<'fs.move'>['moves'][number],
): Extract<Change, { kind: 'move' }> {
  const located = locate(context, source, 'write');
  const toGrant = grant === undefined ? located.grant : grantWith(context, grant, 'write');
  const from = folders.spot(located.grant.id, located.path);
  const stat = look(from);
  if (stat === null) throw new HeadgateError('vanished', 'A file that was to be moved is gone. Nothing was moved.');
  if (!stat.isFile() && !stat.isDirectory())
    throw new HeadgateError('not_a_file', 'Headgate moves files and folders, no links or devices.');
  if (stat.isFile()) refuseChanged(located, stat);
  else refuseGranted(context, located);
  // Not labelOfFile: a second name makes a file `home`, and goes with it wherever it is moved.
  const label = context.grants.labelOf(located.grant.id, located.path);
  refuseLooserPlace(context, { grant: located.grant.id, path: located.path, label }, { grant: toGrant.id, path: to });
  freePlace(folders, toGrant.id, to, located.path);
  return {
    kind: 'move',
    grant: located.grant.id,
    path: located.path,
    toGrant: toGrant.id,
    toPath: to,
    thing: thingOf(stat),
    folder: stat.isDirectory(),
  };
}

/** What a grant says of a folder, it says of its path: under another one a stricter label, or hidden names, would be gone. */
function refuseGranted({ grants }: OpContext, { grant, path }: Located): void {
  if (grantsWithin(grants, grant, path).length > 0)
    throw new HeadgateError('label_refused', 'This folder is granted by itself, or holds one that is, so it stays where it is.', {
      next: 'Move what is in it, or revoke that grant first: headgate grants',
    });
}
