// os.open: opens a file in its own program, as a double click would. Never a program: that would run it.
import { dirname } from 'node:path';
import { HeadgateError } from '../../../shared/errors.ts';
import { realPathOf } from '../../gate/resolve.ts';
import { only, openTarget } from '../access.ts';
import { isProgram } from '../fs/programs.ts';
import type { Op } from '../op.ts';
import { onDesktop } from './desktop.ts';

export const open: Op<'os.open'> = async ({ target }, context) => {
  using file = openTarget(context, only(target));
  if (isProgram(file))
    throw new HeadgateError('path_refused', 'This file is a program or a script, and Headgate starts none.', {
      next: 'Show it in its folder and open it there if you trust it.',
    });
  const path = realPathOf(file);
  await onDesktop('open', path, dirname(path));
  return { outputs: [] };
};
