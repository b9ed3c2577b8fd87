// Handles: local data by reference. A handle is bound to the run and the device that it was made for, and expires; its text
// lives here and nowhere else. A step reads the handles of its own run. Two exceptions, both the person's own acts: a run
// that they start on what an earlier run found gets handles of its own on those files (`lendFile`), and their terminal and
// screens may ask where something is (`readAnyHandle`).
import { HeadgateError } from '../../shared/errors.ts';
import type { Label } from '../../shared/gate/labels.ts';
import { coarseSize, type HandleKind, type HandleMeta } from '../../shared/handles.ts';
import { type DeviceId, type HandleId, makeId, type RunId } from '../../shared/ids.ts';
import type { FileReference, HandleStore, StoredHandle } from './stored-handle.ts';
import type { Store } from './database.ts';
import { pooledRandom } from './random.ts';

/** How long a run's handles can be used: results stay openable for a week. */
export const HANDLE_LIFE_MS = 7 * 24 * 3600_000;
/** Text of one handle, in UTF-16 units. */
export const MAX_HANDLE_TEXT = 8_000_000;
/** Texts made of texts: deeper than any plan. */
const MAX_MAKINGS = 8;

interface HandleRow {
  id: string;
  run: string;
  device: string | null;
  kind: HandleKind;
  label: Label;
  file: string | null;
  text: string | null;
  source: string | null;
  expires_at: number;
}

/** Whose handles: of one run, on the device that the run is of (`null` before this one was paired). */
export interface HandleScope {
  run: RunId;
  device: DeviceId | null;
}

/**
 * The handles of one run. Once `signal` is aborted no text is kept: what was read for a run that has to end is gone with it.
 * Files that were changed still get their handles.
 */
export function createHandleStore(store: Store, scope: HandleScope, now: () => number, signal?: AbortSignal): HandleStore {
  const put = (kind: HandleKind, label: Label, content: Pick<HandleRow, 'text' | 'source'>, file: FileReference | null): HandleId =>
    insert(store, { ...scope, kind, label, ...content, expires_at: now() + HANDLE_LIFE_MS }, file);
  const putFile: HandleStore['putFile'] = (file, label) => ({
    handle: put('file', label, { text: null, source: null }, file),
    kind: 'file',
    size: coarseSize(file.size),
    label,
    day: new Date(file.mtimeMs).toISOString().slice(0, 10),
  });
  const get = (id: HandleId) => readHandle(store, scope, id, now());
  return {
    get,
    text(id) {
      const handle = get(id);
      if (handle.text === null) throw new HeadgateError('unsupported', 'A step asked for the text of something that is not text.');
      return handle.text;
    },
    putFile,
    putFiles: (files) => store.unsynced(() => files.map(({ file, label }) => putFile(file, label))),
    filesIn: (grant) =>
      store.get<{ count: number }>('SELECT count(*) AS count FROM handles WHERE run = ? AND grant_id = ?', scope.run, grant)?.count ?? 0,
    putText(kind, text, label, from) {
      if (signal?.aborted) throw new HeadgateError('cancelled', 'The run was cancelled.');
      if (text.length > MAX_HANDLE_TEXT)
        throw new HeadgateError('too_large', `A text of ${text.length} characters is above the limit of ${MAX_HANDLE_TEXT}.`);
      return { handle: put(kind, label, { text, source: from ?? null }, null), kind, size: coarseSize(Buffer.byteLength(text)), label };
    },
  };
}

/** A handle of this run. Throws `handle_not_found` for one that is unknown, has expired, or is another run's or device's: all the same. */
export function readHandle(store: Store, scope: HandleScope, id: HandleId, now: number): StoredHandle {
  const row = rowOf(store, id, now);
  if (row === undefined || row.run !== scope.run || row.device !== scope.device) throw notKept();
  return handleOf(row);
}

/** A handle whichever run made it, for what the person themselves asks on this device. Nothing that a run does may use it. */
export function readAnyHandle(store: Store, id: HandleId, now: number): StoredHandle {
  const row = rowOf(store, id, now);
  if (row === undefined) throw notKept();
  return handleOf(row);
}

/**
 * A handle for a run that the person starts on a file of an earlier one: the same file as it was then, for as long as the
 * first handle lasts. Only files: what was made of them stays with its run.
 */
export function lendFile(store: Store, to: HandleScope, id: HandleId, now: number): HandleId {
  const row = rowOf(store, id, now);
  if (row === undefined || row.file === null) throw notKept();
  return insert(store, { ...row, ...to, source: null }, parseFile(row.file));
}

/** The file that a text was made of, by way of the texts between them; `null` where there is none, or it is no longer known. */
export function fileBehind(store: Store, handle: StoredHandle, now: number): FileReference | null {
  const run = rowOf(store, handle.id, now)?.run;
  let current = handle;
  for (let depth = 0; depth < MAX_MAKINGS; depth += 1) {
    if (current.file !== null) return current.file;
    const row = current.from === undefined ? undefined : rowOf(store, current.from, now);
    if (row === undefined || row.run !== run) return null;
    current = handleOf(row);
  }
  return null;
}

export function metaOfHandle(handle: StoredHandle): HandleMeta {
  const size = handle.file === null ? Buffer.byteLength(handle.text) : handle.file.size;
  return { handle: handle.id, kind: handle.kind, size: coarseSize(size), label: handle.label };
}

export function purgeHandles(store: Store, now: number): number {
  return store.run('DELETE FROM handles WHERE expires_at <= ?', now).changes;
}

function insert(store: Store, row: Omit<HandleRow, 'id' | 'file'>, file: FileReference | null): HandleId {
  const id = makeId('h', pooledRandom);
  // Whoever names it on disk, the step's report first, takes it there.
  store.unsynced(() =>
    store.run(
      'INSERT INTO handles (id, run, device, kind, label, file, grant_id, text, source, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      row.run,
      row.device,
      row.kind,
      row.label,
      file === null ? null : JSON.stringify(file),
      file?.grant ?? null,
      row.text,
      row.source,
      row.expires_at,
    ),
  );
  return id;
}

function rowOf(store: Store, id: HandleId, now: number): HandleRow | undefined {
  return store.get<HandleRow>('SELECT * FROM handles WHERE id = ? AND expires_at > ?', id, now);
}

function handleOf(row: HandleRow): StoredHandle {
  const common = {
    id: row.id as HandleId,
    kind: row.kind,
    label: row.label,
    ...(row.source === null ? {} : { from: row.source as HandleId }),
  };
  return row.file === null ? { ...common, file: null, text: row.text ?? '' } : { ...common, file: parseFile(row.file), text: null };
}

/** `file` was written by `insert` above; the columns are exclusive. */
function parseFile(file: string): FileReference {
  return JSON.parse(file) as FileReference;
}

function notKept(): HeadgateError {
  return new HeadgateError(
    'handle_not_found',
    'That result is no longer kept: it has expired, or its folder gives it no more since a grant was narrowed.',
    {
      next: 'Run it again.',
    },
  );
}
