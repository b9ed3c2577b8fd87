// What Headgate keeps that was made of the person's files goes when a grant stops giving them: because it was revoked, or
// because it leaves something out from now on. Handles with their texts and all that was made of them, what stands behind
// placeholders, answered questions. One look at what can still be reached, so that it does not matter how it came to be
// that it cannot: it is done after each change of grants, at start and from time to time.
//
// Not purged, because it is the person's own record or their way back: receipts and, for their time, the texts that were
// sent (sent-texts.ts); old versions that undo needs (journal/pre-images.ts); how much of a file was shown today.
import type { Grant } from '../../shared/gate/grants.ts';
import type { GrantId, RunId } from '../../shared/ids.ts';
import type { FileReference } from '../state/stored-handle.ts';
import type { Store } from '../state/database.ts';
import { allAllowed, type AllowedNow, allowedOrNull } from './allowed-now.ts';
import { isVisible } from './visible.ts';

/** Purges what no grant gives any more. Returns the runs that it was of. Where grants cannot be read, nothing is known and nothing goes. */
export function purgeUnreachable(store: Store, file: AllowedNow): RunId[] {
  const allowed = allowedOrNull(file);
  if (allowed === null) return [];
  const reached = new Map<string, Grant>(allowed.flatMap((grant) => ('rights' in grant ? [[grant.id, grant]] : [])));
  const purged = store.transaction(() => {
    const files = store
      .all<{ id: string; run: RunId; file: string }>('SELECT id, run, file FROM handles WHERE file IS NOT NULL')
      .filter(({ file }) => !isReached(reached, JSON.parse(file) as FileReference));
    const runs = new Set([...runsOfOtherGrants(store, file), ...files.map(({ run }) => run)]);
    for (const { id } of files) dropWithAllMadeOf(store, id);
    for (const run of runs) dropUntraceable(store, run);
    return [...runs];
  });
  if (purged.length > 0) store.scrub();
  return purged;
}

/** Runs whose warrant names a folder or a command that is not granted any more. */
export function runsOfOtherGrants(store: Store, file: AllowedNow): RunId[] {
  return store
    .all<{ id: RunId }>(
      `SELECT DISTINCT runs.id FROM runs, json_each(runs.warrant, '$.grants') AS named
       WHERE named.value NOT IN (SELECT value FROM json_each(?))`,
      JSON.stringify(allAllowed(file).map(({ id }) => id)),
    )
    .map(({ id }) => id);
}

function isReached(grants: ReadonlyMap<string, Grant>, { grant: id, path }: FileReference): boolean {
  const grant = grants.get(id satisfies GrantId);
  return grant !== undefined && isVisible(grant, path, 'file');
}

const MADE_OF = `WITH RECURSIVE made(id) AS (SELECT ? UNION SELECT handles.id FROM handles JOIN made ON handles.source = made.id)`;

function dropWithAllMadeOf(store: Store, handle: string): void {
  store.run(`${MADE_OF} DELETE FROM handles WHERE id IN made`, handle);
}

/** Of a run that worked on something which is gone: texts that lead to no one file may be made of it (a digest, a list of hits). */
function dropUntraceable(store: Store, run: RunId): void {
  const roots = store.all<{ id: string }>(
    `SELECT id FROM handles WHERE run = ? AND text IS NOT NULL
     AND (source IS NULL OR NOT EXISTS (SELECT 1 FROM handles AS origin WHERE origin.id = handles.source))`,
    run,
  );
  for (const { id } of roots) dropWithAllMadeOf(store, id);
  store.run('DELETE FROM redactions WHERE run = ?', run);
  store.run('DELETE FROM approvals WHERE run = ? AND answer IS NOT NULL', run);
}
