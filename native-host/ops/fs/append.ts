// fs.append: the text of a handle comes after a file's content. The file is written anew like any other version, so that a
// crash leaves no half line.
import type { Op } from '../op.ts';
import { writeVersion } from './new-version.ts';

export const append: Op<'fs.append'> = (args, context) => writeVersion(args, context, (file, bytes) => ({ fd: file.fd, bytes }));
