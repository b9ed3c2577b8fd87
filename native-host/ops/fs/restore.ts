// fs.restore: out of the trash again, to where it was. Named by the changes that put things there.
import { HeadgateError } from '../../../shared/errors.ts';
import { look } from '../../gate/resolve/anchored.ts';
import type { Change } from '../../journal/change.ts';
import { createFolders } from '../../journal/folders.ts';
import { carryOut, preview } from '../../journal/step.ts';
import { grantWith } from '../access.ts';
import type { Op } from '../op.ts';
import { nameTaken } from './places.ts';

export const restore: Op<'fs.restore'> = async ({ changes: numbers, dryRun }, context) => {
  const changes: Change[] = [];
  {
    using folders = createFolders(context.grants);
    for (const n of new Set(numbers)) {
      const row = context.journal.row(n);
      if (row === null || row.change.kind !== 'trash' || row.state !== 'done')
        throw new HeadgateError('not_found', 'Headgate did not put that in the trash, or it is out of it again.');
      grantWith(context, row.change.grant, 'write');
      if (look(folders.spot(row.change.grant, row.change.path)) !== null) throw nameTaken();
      changes.push({ ...row.change, kind: 'untrash' });
    }
  }
  return dryRun
    ? preview(context, changes)
    : carryOut(
        context,
        changes.map((change) => ({ change })),
      );
};
