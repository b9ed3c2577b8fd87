// fs.mkdir: a new folder, with those on the way to it where that is asked for.
import { HeadgateError } from '../../../shared/errors.ts';
import { look } from '../../gate/resolve/anchored.ts';
import { openFolder } from '../../gate/resolve.ts';
import type { Change } from '../../journal/change.ts';
import { carryOut, preview } from '../../journal/step.ts';
import { grantWith } from '../access.ts';
import type { Op, OpContext } from '../op.ts';
import { nameTaken, splitPath } from './places.ts';

export const mkdir: Op<'fs.mkdir'> = async ({ grant: id, path, parents, dryRun }, context) => {
  const grant = grantWith(context, id, 'write');
  const missing = parents ? missingOnTheWay(context, id, path) : [];
  if (missing.length === 0) {
    const { parent, name } = splitPath(path);
    using folder = openFolder(grant, parent);
    if (look({ folder, name }) !== null) throw nameTaken();
    missing.push(path);
  }
  const changes = missing.map((folder): Change => ({ kind: 'mkdir', grant: id, path: folder, thing: null }));
  return dryRun
    ? preview(context, changes)
    : carryOut(
        context,
        changes.map((change) => ({ change })),
      );
};

/** The folders from the first that is missing down to the last; none when all are there. */
function missingOnTheWay(context: OpContext, id: Change['grant'], path: string): string[] {
  const grant = context.grants.grant(id);
  const segments = path.split('/');
  for (let depth = segments.length; depth > 0; depth -= 1) {
    try {
      openFolder(grant, segments.slice(0, depth).join('/'))[Symbol.dispose]();
    } catch (thrown) {
      if (thrown instanceof HeadgateError && thrown.code === 'vanished') continue;
      throw thrown;
    }
    return segments.slice(depth).map((_, index) => segments.slice(0, depth + index + 1).join('/'));
  }
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}
