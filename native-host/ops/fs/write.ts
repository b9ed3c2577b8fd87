// fs.write: the text of a handle takes the place of a file's content.
import type { Op } from '../op.ts';
import { writeVersion } from './new-version.ts';

export const write: Op<'fs.write'> = (args, context) => writeVersion(args, context, (_file, bytes) => ({ bytes }));
