// Whether a folder is a profile of Chromium's family: its browser has been there once and keeps `Local State` in it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import { escapeForDisplay } from '../../shared/gate/names.ts';

/** Throws `not_found` with the next step, so that a mistyped folder is not made. */
export function checkProfile(folder: string): void {
  if (existsSync(join(folder, 'Local State'))) return;
  const name = escapeForDisplay(folder);
  throw new HeadgateError(
    'not_found',
    existsSync(folder) ? `${name} is no browser profile: it has no file “Local State”.` : `There is no folder ${name}.`,
    { next: `Check the path, or start the browser with it once, with --user-data-dir=${name}, and install then.` },
  );
}
