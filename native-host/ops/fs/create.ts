// fs.create: a new file with the text of a handle, never over anything that is there.
import { HeadgateError } from '../../../shared/errors.ts';
import { nextName, safeFileName } from '../../../shared/gate/names.ts';
import { look } from '../../gate/resolve/anchored.ts';
import { openFolder } from '../../gate/resolve.ts';
import type { Change } from '../../journal/change.ts';
import { temporaryName } from '../../journal/names.ts';
import { carryOut, preview } from '../../journal/step.ts';
import { grantWith, MAX_READ_BYTES, only } from '../access.ts';
import type { Op } from '../op.ts';
import { isProgramName } from './programs.ts';

/** Names that are tried when the wished one is taken. */
const MAX_NAMES = 500;

export const create: Op<'fs.create'> = async ({ grant: id, path, name, content, dryRun }, context) => {
  const grant = grantWith(context, id, 'write');
  const wish = safeName(name);
  const bytes = Buffer.from(context.handles.text(only(content)).toWellFormed());
  if (bytes.length > MAX_READ_BYTES) throw new HeadgateError('too_large', 'The text is too large to be written as one file.');
  using folder = openFolder(grant, path);
  for (let attempt = 1; attempt <= MAX_NAMES; attempt += 1) {
    const candidate = nextName(wish, attempt);
    if (look({ folder, name: candidate }) !== null) continue;
    const file = path === '' ? candidate : `${path}/${candidate}`;
    const change: Change = { kind: 'create', grant: id, path: file, temporary: temporaryName(), copy: false, after: null };
    if (dryRun) return preview(context, [change]);
    try {
      return await carryOut(context, [{ change, payload: { content: { bytes } } }]);
    } catch (thrown) {
      if (!(thrown instanceof HeadgateError) || thrown.code !== 'name_taken') throw thrown;
    }
  }
  throw new HeadgateError('name_taken', `The name and ${MAX_NAMES - 1} numbered ones like it are all taken.`, {
    next: 'Choose another name or folder.',
  });
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
