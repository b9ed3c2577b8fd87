// fs.create: a new file with the text of a handle, never over anything that is there.
import { HeadgateError } from '../../../shared/errors.ts';
import { safeFileName } from '../../../shared/gate/names.ts';
import { openFolder } from '../../gate/resolve.ts';
import type { Change } from '../../journal/change.ts';
import { freeName, temporaryName } from '../../journal/names.ts';
import { carryOut, preview } from '../../journal/step.ts';
import { grantWith, MAX_READ_BYTES, only, refuseLooserLabel, saidOfFolder } from '../access.ts';
import type { Op } from '../op.ts';
import { isProgramName } from './programs.ts';

export const create: Op<'fs.create'> = async ({ grant: id, path, name, content, dryRun }, context) => {
  const grant = grantWith(context, id, 'write');
  const wish = safeName(name);
  const given = context.handles.get(only(content));
  refuseLooserLabel(given.label, saidOfFolder(context, grant, path).label);
  const bytes = Buffer.from(context.handles.text(given.id).toWellFormed());
  if (bytes.length > MAX_READ_BYTES) throw new HeadgateError('too_large', 'The text is too large to be written as one file.');
  const named = (file: string): Change => ({
    kind: 'create',
    grant: id,
    path: path === '' ? file : `${path}/${file}`,
    temporary: temporaryName(),
    copy: false,
    after: null,
  });
  if (!dryRun) return carryOut(context, [{ change: named(wish), payload: { content: { bytes }, numbered: true } }]);
  using folder = openFolder(grant, path);
  return preview(context, [named(freeName({ folder, name: wish }))]);
};

/** The name as it may stand on any disk, whatever was asked for. Throws `path_refused` for the name of a program. */
function safeName(name: string): string {
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && /^\.[a-z0-9]{1,10}$/i.test(name.slice(dot)) ? name.slice(dot) : '';
  const safe = safeFileName(extension === '' ? name : name.slice(0, dot), extension);
  if (isProgramName(safe))
    throw new HeadgateError('path_refused', 'Headgate does not create programs.', { next: 'Choose a name that ends in .md or .txt.' });
  return safe;
}
