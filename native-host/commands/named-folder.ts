// A folder beside the system's that the person lets a command read. It is named by an absolute path that the gate has looked
// at when it was allowed; here it is opened, still without a link on the way.
import { closeSync, constants, openSync, realpathSync } from 'node:fs';
import { HeadgateError } from '../../shared/errors.ts';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import { protectedReason } from '../gate/protected.ts';

/** Throws `path_refused` when it is gone, is reached through a link now, or is protected. */
export function openFolderByPath(path: string): { fd: number } & Disposable {
  let fd: number | null = null;
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0));
    if (realpathSync.native(process.platform === 'linux' ? `/proc/self/fd/${fd}` : path) === path && protectedReason(path) === null) {
      const open = fd;
      return { fd: open, [Symbol.dispose]: () => closeSync(open) };
    }
  } catch {
    // Told below, like a folder that is another by now.
  }
  if (fd !== null) closeSync(fd);
  throw new HeadgateError('path_refused', `The folder ${escapeForDisplay(path)} is not what it was when it was allowed.`, {
    next: 'Allow the command again: headgate grant --command',
  });
}
