// fs.restore: out of the trash again, to where it was. Named by the changes that put things there.
import { HeadgateError } from '../../../shared/errors.ts';
import { look } from '../../gate/resolve/anchored.ts';
import type { Change } from '../../journal/change.ts';
import type { Folders } from '../../journal/folders.ts';
import { grantWith } from '../access.ts';
import type { Op, OpContext } from '../op.ts';
import { changeEach } from './change-each.ts';
import { nameTaken } from './places.ts';

export const restore: Op<'fs.restore'> = ({ changes: numbers, dryRun }, context) =>
  changeEach(context, [...new Set(numbers)], dryRun, (folders, n) => {
    const change = planRestore(context, folders, n);
    return { change, claims: `${change.grant} ${change.path}` };
  });

function planRestore(context: OpContext, folders: Folders, n: number): Extract<Change, { kind: 'untrash' }> {
  const row = context.journal.row(n);
  if (row === null || row.change.kind !== 'trash' || row.state !== 'done')
    throw new HeadgateError('not_found', 'Headgate did not put that in the trash, or it is out of it again.');
  grantWith(context, row.change.grant, 'write');
  if (look(folders.spot(row.change.grant, row.change.path)) !== null) throw nameTaken();
  return { ...row.change, kind: 'untrash' };
}
