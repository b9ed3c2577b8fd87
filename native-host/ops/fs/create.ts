// fs.create: a new file with the text of a handle, never over anything that is there.
import { HeadgateError } from '../../../shared/errors.ts';
import { safeFileName } from '../../../shared/gate/names.ts';
import { temporaryName } from '../../journal/names.ts';
import { carryOut } from '../../journal/step.ts';
import { grantWith, MAX_READ_BYTES, only } from '../access.ts';
import type { Op } from '../op.ts';
import { isProgramName } from './programs.ts';

export const create: Op<'fs.create'> = async ({ grant: id, path, name, content }, context) => {
  const grant = grantWith(context, id, 'write');
  const wish = safeName(name);
  const bytes = Buffer.from(context.handles.text(only(content)).toWellFormed());
  if (bytes.length > MAX_READ_BYTES) throw new HeadgateError('too_large', 'The text is too large to be written as one file.');
  const file = path === '' ? wish : `${path}/${wish}`;
  return carryOut(context, [
    {
      change: { kind: 'create', grant: grant.id, path: file, temporary: temporaryName(), copy: false, after: null },
      payload: { content: { bytes }, numbered: true },
    },
  ]);
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
