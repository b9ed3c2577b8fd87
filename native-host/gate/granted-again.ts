// A folder that is granted again after it was revoked has a new grant, so that nothing of before comes to life with it. What
// was done there before can be taken back all the same, by the folder: while a grant of that very folder lets files be
// changed in it. For undo and for settling after a crash, and for nothing else.
import { HeadgateError } from '../../shared/errors.ts';
import type { GrantId } from '../../shared/ids.ts';
import type { Store } from '../state/database.ts';
import { readFact, writeFact } from '../state/meta.ts';
import type { Allowed } from './grant-reader.ts';

/** Revoked grants whose folders are known; the oldest are forgotten first. */
const MAX_REMEMBERED = 200;

/** Call before the grant is revoked. Of a command there is nothing to remember. */
export function rememberRevoked(store: Store, grants: Pick<Allowed, 'list'>, id: GrantId): void {
  const grant = grants.list().find((candidate) => candidate.id === id);
  if (grant === undefined) return;
  const { [id]: _before, ...others } = readFact(store, 'revoked');
  writeFact(store, 'revoked', Object.fromEntries([...Object.entries(others).slice(1 - MAX_REMEMBERED), [id, grant.folder]]));
}

/** The same grants, and for a revoked one that of its folder now, with what is said of it. */
export function withGrantedAgain<Grants extends Allowed>(store: Store, grants: Grants): Grants {
  const grant: Allowed['grant'] = (id) => {
    try {
      return grants.grant(id);
    } catch (thrown) {
      if (!(thrown instanceof HeadgateError) || thrown.code !== 'grant_not_found') throw thrown;
      const folder = readFact(store, 'revoked')[id];
      const again = grants.list().find((other) => other.folder === folder && other.rights.some((right) => right !== 'read'));
      if (again === undefined) throw thrown;
      return again;
    }
  };
  return {
    ...grants,
    grant,
    labelOf: (id, path) => grants.labelOf(grant(id).id, path),
    namesOf: (id, path) => grants.namesOf(grant(id).id, path),
  };
}
