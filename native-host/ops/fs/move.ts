// fs.move: files and folders get new names, in their folder or another of the same disk.
import { HeadgateError } from '../../../shared/errors.ts';
import type { OpArgs } from '../../../shared/ops/args.ts';
import { look } from '../../gate/resolve/anchored.ts';
import { type Change, thingOf } from '../../journal/change.ts';
import type { Folders } from '../../journal/folders.ts';
import { grantsWithin, grantWith, type Located, locate, refuseChanged, refuseLooserPlace } from '../access.ts';
import type { Op, OpContext } from '../op.ts';
import { changeEach } from './change-each.ts';
import { freePlace } from './places.ts';

export const move: Op<'fs.move'> = ({ moves, dryRun }, context) =>
  changeEach(context, moves, dryRun, (folders, wish) => {
    const change = planMove(context, folders, wish);
    return { change, claims: `${change.toGrant} ${change.toPath}` };
  });

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
