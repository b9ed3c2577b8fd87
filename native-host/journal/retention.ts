// How long the journal can take things back: 30 days and 2 GB of old versions, whichever comes first. What has to go goes
// oldest first; a change whose old version is gone says so when somebody wants it back.
import type { Store } from '../state/database.ts';
import { MAX_PRE_IMAGES_BYTES, type PreImages, removeStrays } from './pre-images.ts';

export const KEEP_MS = 30 * 24 * 3600_000;

/** What the journal holds, for `doctor`. */
export interface JournalUsage {
  changes: number;
  images: number;
  bytes: number;
  maxBytes: number;
  oldest: number | null;
  unsettled: number;
}

export function journalUsage(store: Store): JournalUsage {
  const images = store.get<{ images: number; bytes: number }>('SELECT count(*) AS images, coalesce(sum(size), 0) AS bytes FROM pre_images');
  const rows = store.get<{ changes: number; oldest: number | null; unsettled: number }>(
    `SELECT count(*) AS changes, min(at) AS oldest, coalesce(sum(state = 'intended'), 0) AS unsettled FROM changes WHERE undoes IS NULL AND state IN ('done', 'intended')`,
  );
  return {
    changes: rows?.changes ?? 0,
    images: images?.images ?? 0,
    bytes: images?.bytes ?? 0,
    maxBytes: MAX_PRE_IMAGES_BYTES,
    oldest: rows?.oldest ?? null,
    unsettled: rows?.unsettled ?? 0,
  };
}

/** Lets go of what is older than is kept, and of what no change needs. Call at start, when nothing is under way. */
export function purgeJournal(store: Store, preImages: PreImages, now: number, maxBytes = MAX_PRE_IMAGES_BYTES): void {
  store.transaction(() => {
    store.run(`DELETE FROM changes WHERE at < ? AND state <> 'intended'`, now - KEEP_MS);
  });
  for (const { hash } of store.all<{ hash: string }>(
    'SELECT hash FROM pre_images WHERE hash NOT IN (SELECT pre_image FROM changes WHERE pre_image IS NOT NULL)',
  ))
    preImages.remove(hash);
  removeStrays(store);
  const over = preImages.usage().bytes - maxBytes;
  if (over > 0) makeRoom(store, preImages, over);
}

/** Lets go of the oldest versions that no change under way needs, until so many bytes are free. Returns how many are. */
export function makeRoom(store: Store, preImages: PreImages, bytes: number): number {
  let freed = 0;
  // A run that still goes on, or is just being taken back, keeps all it has: it could not be taken back whole.
  const oldest = store.all<{ hash: string; size: number }>(
    `SELECT hash, size FROM pre_images AS image WHERE EXISTS (SELECT 1 FROM changes WHERE pre_image = image.hash)
       AND NOT EXISTS (SELECT 1 FROM changes LEFT JOIN runs ON runs.id = changes.run WHERE pre_image = image.hash AND (changes.state = 'intended' OR runs.status = 'running'))
     ORDER BY kept_at`,
  );
  for (const { hash, size } of oldest) {
    if (freed >= bytes) break;
    if (preImages.isHeld(hash)) continue;
    preImages.remove(hash);
    freed += size;
  }
  return freed;
}
