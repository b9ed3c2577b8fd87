// All that the person allows at this moment, folders and commands together: what terms are made of and compared with.
import { HeadgateError } from '../../shared/errors.ts';
import type { CommandGrant } from '../../shared/gate/commands.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import type { GrantsFile } from './grants-file.ts';

export type AllowedNow = Pick<GrantsFile, 'list' | 'commands'>;

/** Throws `grants_damaged`. */
export function allAllowed({ list, commands }: AllowedNow): (Grant | CommandGrant)[] {
  return [...list(), ...commands()];
}

/** `null` where the grants cannot be read: nothing is known then, and nothing is taken away for it. */
export function allowedOrNull(now: AllowedNow): (Grant | CommandGrant)[] | null {
  try {
    return allAllowed(now);
  } catch (thrown) {
    if (thrown instanceof HeadgateError) return null;
    throw thrown;
  }
}
