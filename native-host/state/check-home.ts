// Whether Headgate's own folder can be one, said in words before anything is tried in it. Nothing is made here.
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import { escapeForDisplay } from '../../shared/gate/names.ts';

/** Throws `state_damaged` where it is a file, or lies where this user may not write. */
export function checkHome(home: string): string {
  const folder = nearestThatIsThere(home);
  if (!statSync(folder).isDirectory()) throw unusable(home, `${escapeForDisplay(folder)} is a file`);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    throw unusable(home, `you may not write to ${escapeForDisplay(folder)}`);
  }
  return home;
}

function nearestThatIsThere(path: string): string {
  const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
  return isThere || dirname(path) === path ? path : nearestThatIsThere(dirname(path));
}

function unusable(home: string, why: string): HeadgateError {
  return new HeadgateError('state_damaged', `Headgate cannot keep anything in its own folder ${escapeForDisplay(home)}: ${why}.`, {
    next: 'Mend that, or name another folder in HEADGATE_HOME.',
  });
}
