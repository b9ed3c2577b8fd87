// Limits of a day. What the screen shows of one file is counted, so that excerpts cannot add up to the file; and questions
// to the files are counted, so that thousands of them cannot feel out what they hold. Both are far above what a person does.
import { HeadgateError } from '../../shared/errors.ts';
import { screenCharsPerDay } from '../../shared/gate/release.ts';
import type { HandleId } from '../../shared/ids.ts';
import type { FileReference } from '../state/stored-handle.ts';
import type { Store } from '../state/database.ts';
import { readAnyHandle } from '../state/handles.ts';
import { familiesOf } from '../journal/lineage.ts';
import { keyedHashes } from './keyed.ts';

/** Searches of one day, over all runs. */
export const QUERIES_PER_DAY = 5_000;
const KEEP_DAYS_MS = 3 * 24 * 3600_000;

/** Counts one question. Throws `budget_spent` when the day's are spent. */
export function spendQuery(store: Store, now: number): void {
  const day = dayOf(now);
  const spent =
    store.get<{ count: number }>(
      'INSERT INTO queries (day, count) VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET count = count + 1 RETURNING count',
      day,
    )?.count ?? 0;
  if (spent > QUERIES_PER_DAY)
    throw new HeadgateError('budget_spent', `More than ${QUERIES_PER_DAY} searches were made today (UTC).`, {
      next: 'Search again tomorrow. If these were not yours, look at `headgate runs`.',
    });
}

export interface Excerpt {
  /** The file by its handle, or as it is; `null`: of no file. */
  of: HandleId | FileReference | null;
  /** `null`: what is shown is the file's name. */
  line: number | null;
  excerpt: string;
}

const AMONG = 'file IN (SELECT value FROM json_each(?))';
export const LIMIT_REACHED = '(today’s limit for showing this file is reached)';

/** The excerpts as they may be shown now, in their order. One that was shown today before is shown again and not counted twice. */
export function limitShown(store: Store, excerpts: readonly Excerpt[], now: number): string[] {
  const keyed = keyedHashes(store);
  const day = dayOf(now);
  const known = new Map<string, string>();
  let families: ReturnType<typeof familiesOf> | null = null;
  /** A file that Headgate wrote anew, or put back, is still that file. */
  const keysOf = (file: FileReference, key: string): string => {
    const before = known.get(key);
    if (before !== undefined) return before;
    families ??= familiesOf(store, Date.parse(day));
    const keys = JSON.stringify(file.ino === 0 ? [key] : families(file.ino).map((ino) => keyed.identity({ dev: file.dev, ino })));
    known.set(key, keys);
    return keys;
  };
  return store.transaction(() =>
    excerpts.map(({ of, line, excerpt }) => {
      const file = line === null || of === null ? null : fileOf(store, of, now);
      if (file === null) return excerpt;
      const key = file.ino === 0 ? keyed.path(file.grant, file.path) : keyed.identity(file);
      const keys = keysOf(file, key);
      const hash = keyed.content(excerpt);
      if (store.get(`SELECT 1 FROM shown WHERE day = ? AND ${AMONG} AND excerpt = ?`, day, keys, hash) !== undefined) return excerpt;
      const chars =
        store.get<{ chars: number | null }>(`SELECT sum(chars) AS chars FROM shown WHERE day = ? AND ${AMONG}`, day, keys)?.chars ?? 0;
      if (chars + excerpt.length > screenCharsPerDay(file.size)) return LIMIT_REACHED;
      store.run('INSERT INTO shown (day, file, excerpt, chars) VALUES (?, ?, ?, ?)', day, key, hash, excerpt.length);
      return excerpt;
    }),
  );
}

export function purgeLimits(store: Store, now: number): void {
  const oldest = dayOf(now - KEEP_DAYS_MS);
  store.run('DELETE FROM shown WHERE day < ?', oldest);
  store.run('DELETE FROM queries WHERE day < ?', oldest);
}

function fileOf(store: Store, handle: HandleId | FileReference, now: number): FileReference | null {
  if (typeof handle !== 'string') return handle;
  if (store.get('SELECT 1 FROM handles WHERE id = ? AND expires_at > ?', handle, now) === undefined) return null;
  // It is counted, not shown: whose run it is makes no difference.
  return readAnyHandle(store, handle, now).file;
}

function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}
