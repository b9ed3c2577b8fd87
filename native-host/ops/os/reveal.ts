// os.reveal: shows a file in its folder.
import { dirname } from 'node:path';
import { realPathOf } from '../../gate/resolve.ts';
import { only, openTarget } from '../access.ts';
import type { Op } from '../op.ts';
import { onDesktop } from './desktop.ts';

export const reveal: Op<'os.reveal'> = async ({ target }, context) => {
  using file = openTarget(context, only(target));
  const path = realPathOf(file);
  await onDesktop('reveal', path, dirname(path));
  return { outputs: [] };
};
