// fs.read: a text file, as it is, into a text handle.
import { HeadgateError } from '../../../shared/errors.ts';
import { readFile } from '../../gate/resolve.ts';
import { labelOfFile, MAX_READ_BYTES, only, openTarget } from '../access.ts';
import { decodeText } from '../decode.ts';
import type { Op } from '../op.ts';

export const read: Op<'fs.read'> = async ({ target }, context) => {
  using file = openTarget(context, only(target));
  const text = decodeText(readFile(file, MAX_READ_BYTES));
  if (text === null) throw new HeadgateError('unsupported', 'This is not a text file.', { next: 'Open it in its own program.' });
  return { outputs: [context.handles.putText('text', text, labelOfFile(context, file), only(target))] };
};
