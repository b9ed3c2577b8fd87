// Handles: local data by reference. A handle is bound to its run and expires; its text lives here and nowhere else.
import { randomBytes } from 'node:crypto';
import { HeadgateError } from '../../shared/errors.ts';
import type { Label } from '../../shared/gate/labels.ts';
import { coarseSize, type HandleKind, type HandleMeta } from '../../shared/handles.ts';
import { type HandleId, makeId, type RunId } from '../../shared/ids.ts';
import type { FileReference, HandleStore, StoredHandle } from '../ops/op.ts';
import type { Store } from './database.ts';

/** How long a run's handles can be used: results stay openable for a week. */
export const HANDLE_LIFE_MS = 7 * 24 * 3600_000;
/** Text of one handle, in UTF-16 units. */
export const MAX_HANDLE_TEXT = 8_000_000;

interface HandleRow {
  id: string;
  run: string;
  kind: HandleKind;
  label: Label;
  file: string | null;
  text: string | null;
  source: string | null;
  expires_at: number;
}

/** The handles of one run: it makes its own and may read only its own and those that `readable` names. */
export function createHandleStore(store: Store, run: RunId, now: () => number): HandleStore {
  const put = (
    kind: HandleKind,
    label: Label,
    size: number,
    file: FileReference | null,
    text: string | null,
    source: HandleId | null,
  ): HandleMeta => {
    const id = makeId('h', randomBytes);
    store.run(
      'INSERT INTO handles (id, run, kind, label, file, text, source, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      run,
      kind,
      label,
      file === null ? null : JSON.stringify(file),
      text,
      source,
      now() + HANDLE_LIFE_MS,
    );
    const meta: HandleMeta = { handle: id, kind, size: coarseSize(size), label };
    if (file !== null) meta.day = new Date(file.mtimeMs).toISOString().slice(0, 10);
    return meta;
  };
  return {
    get: (id) => readHandle(store, id, now()),
    text(id) {
      const handle = readHandle(store, id, now());
      if (handle.text === null) throw new HeadgateError('unsupported', 'A step asked for the text of something that is not text.');
      return handle.text;
    },
    putFile: (file, label) => put('file', label, file.size, file, null, null),
    putFiles: (files) => store.transaction(() => files.map(({ file, label }) => put('file', label, file.size, file, null, null))),
    putText(kind, text, label, from) {
      if (text.length > MAX_HANDLE_TEXT)
        throw new HeadgateError('too_large', `A text of ${text.length} characters is above the limit of ${MAX_HANDLE_TEXT}.`);
      return put(kind, label, Buffer.byteLength(text), null, text, from ?? null);
    },
  };
}

export function readHandle(store: Store, id: HandleId, now: number): StoredHandle {
  const row = store.get<HandleRow>('SELECT * FROM handles WHERE id = ? AND expires_at > ?', id, now);
  if (row === undefined) throw new HeadgateError('handle_not_found', 'That result is no longer kept.', { next: 'Run it again.' });
  const common = { id, kind: row.kind, label: row.label, ...(row.source === null ? {} : { from: row.source as HandleId }) };
  // `file` was written by putFile above; the columns are exclusive.
  return row.file === null
    ? { ...common, file: null, text: row.text ?? '' }
    : { ...common, file: JSON.parse(row.file) as FileReference, text: null };
}

/** The file that a text was made of, by way of the texts between them; `null` where there is none, or it is no longer known. */
export function fileBehind(store: Store, handle: StoredHandle, now: number): FileReference | null {
  let current = handle;
  for (let depth = 0; depth < 8; depth += 1) {
    if (current.file !== null) return current.file;
    if (current.from === undefined || store.get('SELECT 1 FROM handles WHERE id = ? AND expires_at > ?', current.from, now) === undefined)
      return null;
    current = readHandle(store, current.from, now);
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
