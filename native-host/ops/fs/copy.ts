// fs.copy: a file's content under a new name, with its mode. Where the disk can share blocks, it does.
import { statOf } from '../../gate/resolve/anchored.ts';
import { openFile } from '../../gate/resolve.ts';
import type { Change } from '../../journal/change.ts';
import { createFolders } from '../../journal/folders.ts';
import { temporaryName } from '../../journal/names.ts';
import { carryOut, preview } from '../../journal/step.ts';
import { grantWith, labelOfFile, locate, only, refuseChanged, refuseLooserPlace } from '../access.ts';
import type { Op } from '../op.ts';
import { freePlace } from './places.ts';

export const copy: Op<'fs.copy'> = async ({ target, grant: id, path, dryRun }, context) => {
  const located = locate(context, only(target), 'read');
  grantWith(context, id, 'write');
  using file = openFile(located.grant, located.path);
  refuseChanged(located, file.facts);
  refuseLooserPlace(context, { grant: located.grant.id, path: located.path, label: labelOfFile(context, file) }, { grant: id, path });
  {
    using folders = createFolders(context.grants);
    freePlace(folders, id, path, located.path);
  }
  const change: Change = { kind: 'create', grant: id, path, temporary: temporaryName(), copy: true, after: null };
  if (dryRun) return preview(context, [change]);
  // Awaited here: the file stays open until all of it is copied.
  return await carryOut(context, [{ change, payload: { content: { fd: file.fd }, mode: statOf(file).mode & 0o777 } }]);
};
