// Finds the grant that a person means: by id, by name, or by a folder that lies in it.
import { homedir } from 'node:os';
import { relative, resolve, sep } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import type { GrantView } from '../../shared/gate/grants.ts';
import { nearest } from './suggest.ts';

export interface FoundGrant {
  grant: GrantView;
  /** Where in the grant, `/` between segments; empty: the grant's own folder. */
  path: string;
}

/** The grant that `word` names. Throws `grant_not_found` with what to do. */
export function findGrant(grants: readonly GrantView[], word: string, home: string = homedir()): FoundGrant {
  const named = grants.filter((grant) => grant.id === word || grant.name === word);
  if (named.length > 1)
    throw new HeadgateError('conflict', `${named.length} grants are called "${word}".`, {
      next: `Name one by its id: ${named.map((grant) => grant.id).join(', ')}`,
    });
  const [only] = named;
  if (only !== undefined) return { grant: only, path: '' };
  const inside = byFolder(grants, resolve(expandHome(word, home)), home);
  if (inside !== null) return inside;
  const meant = nearest(
    word,
    grants.map((grant) => grant.name),
  );
  throw new HeadgateError('grant_not_found', `There is no grant "${word}".${meant === null ? '' : ` Did you mean "${meant}"?`}`, {
    next: looksLikeFolder(word)
      ? `"headgate grant ${/\s/.test(word) ? JSON.stringify(`${word}:read,write`) : `${word}:read,write`}" allows that folder.`
      : '"headgate grants" lists them.',
  });
}

function looksLikeFolder(word: string): boolean {
  return /[\\/~.]/.test(word);
}

/** The innermost grant that contains `folder`. */
function byFolder(grants: readonly GrantView[], folder: string, home: string): FoundGrant | null {
  const inside = grants
    .map((grant) => ({ grant, root: resolve(expandHome(grant.display, home)) }))
    .filter(({ root }) => folder === root || folder.startsWith(root.endsWith(sep) ? root : root + sep))
    .sort((a, b) => b.root.length - a.root.length)[0];
  return inside === undefined ? null : { grant: inside.grant, path: relative(inside.root, folder).split(sep).join('/') };
}

/** `~/x` → the person's own folder; anything else as it is. */
export function expandHome(path: string, home: string = homedir()): string {
  return path === '~' || path.startsWith('~/') || path.startsWith(`~${sep}`) ? home + path.slice(1) : path;
}
