// What the cloud may know of what files are called. Names of a run's files go as one batch under one receipt, which is on
// disk before the first of them leaves; a name that was not in it is never sent, and a mask stands in its place. Whether a
// name is still shown is asked again each time it is about to be said.
import { HeadgateError } from '../../shared/errors.ts';
import { type FileMask, maskOf, MAX_RELEASED_NAME, shownName } from '../../shared/gate/shown-name.ts';
import type { HandleMeta } from '../../shared/handles.ts';
import type { RunId, StepId } from '../../shared/ids.ts';
import type { GrantReader } from './grant-reader.ts';
import type { FileReference, StoredHandle } from '../state/stored-handle.ts';
import type { Store } from '../state/database.ts';
import { type HandleScope, readHandle } from '../state/handles.ts';
import { type Released, release, scanFor } from './release.ts';
import type { Scanner } from './scan/scanner.ts';

/** A receipt names this many handles at most. */
const MAX_BATCH = 1_000;

/** A handle as it is told to the cloud. Only a released name fits. */
export type ToldMeta = Omit<HandleMeta, 'name' | 'mask'> & { name?: Released<string>; mask?: FileMask };

export interface NameServices {
  store: Store;
  grants: Pick<GrantReader, 'labelOf' | 'namesOf'>;
  scanner: Scanner;
  now(): number;
}

interface Named {
  handle: StoredHandle & { file: FileReference };
  text: string;
}

/** Releases what these files of a run are called, unless the run has had its batch. None where all of them are hidden. */
export async function releaseNames(
  services: NameServices,
  scope: HandleScope,
  step: StepId,
  outputs: readonly HandleMeta[],
): Promise<void> {
  const { store, grants, scanner, now } = services;
  if (hadBatch(store, scope.run)) return;
  const named = outputs.flatMap((meta) => namedBy(services, scope, meta) ?? []).slice(0, MAX_BATCH);
  if (named.length === 0) return;
  const texts = named.map(({ text }) => text);
  const handles = named.map(({ handle }) => handle);
  const scanned = await scanFor(scanner, texts);
  store.transaction(() => {
    if (hadBatch(store, scope.run)) return;
    // Asked again: the person may have hidden names, or revoked, while they were looked through.
    const isShown = handles.every((handle) => shows(grants, handle));
    const outcome = release(
      store,
      {
        run: scope.run,
        step,
        destination: 'cloud',
        purpose: 'names',
        model: null,
        handles,
        labelsNow: isShown ? handles.map(({ file }) => grants.labelOf(file.grant, file.path)) : ['home'],
        names: [isShown ? 'shown' : 'hidden'],
        texts,
        approved: false,
        scanned,
        ranges: [],
      },
      now(),
    );
    if (outcome.effect !== 'send') return;
    for (const [index, { id }] of handles.entries()) {
      const name = outcome.texts[index] ?? '';
      if (name.length <= MAX_RELEASED_NAME) store.run('UPDATE handles SET name = ? WHERE id = ?', name, id);
    }
    store.run('UPDATE runs SET names = ? WHERE id = ?', outcome.receipt.id, scope.run);
  });
}

/** What may be said of a handle of this run; of one that is not the run's own, nothing that it claims of a name. */
export function tellHandle(services: Pick<NameServices, 'store' | 'grants'>, scope: HandleScope, meta: HandleMeta): ToldMeta {
  const { name: _claimed, mask: _said, ...bare } = meta;
  if (meta.kind !== 'file') return bare;
  const row = services.store.get<{ file: string | null; name: Released<string> | null; label: StoredHandle['label'] }>(
    'SELECT file, name, label FROM handles WHERE id = ? AND run = ?',
    meta.handle,
    scope.run,
  );
  if (row?.file == null) return bare;
  const file = JSON.parse(row.file) as FileReference;
  // The column holds what `releaseNames` has put there, and nothing else.
  if (row.name !== null && shows(services.grants, { file, label: row.label })) return { ...bare, name: row.name };
  return { ...bare, mask: maskOf(file.path) };
}

function namedBy(services: NameServices, scope: HandleScope, { handle: id, kind }: HandleMeta): Named | null {
  if (kind !== 'file') return null;
  try {
    const handle = readHandle(services.store, scope, id, services.now());
    return handle.file !== null && shows(services.grants, handle) ? { handle, text: shownName(handle.file.path) } : null;
  } catch (thrown) {
    if (thrown instanceof HeadgateError) return null;
    throw thrown;
  }
}

/** A file with a second name elsewhere is `home` by its handle, whatever its grant says. */
function shows(grants: NameServices['grants'], { file, label }: Pick<StoredHandle, 'label'> & { file: FileReference }): boolean {
  try {
    return label !== 'home' && grants.namesOf(file.grant, file.path) === 'shown';
  } catch (thrown) {
    if (thrown instanceof HeadgateError) return false;
    throw thrown;
  }
}

function hadBatch(store: Store, run: RunId): boolean {
  return (store.get<{ names: string | null }>('SELECT names FROM runs WHERE id = ?', run)?.names ?? null) !== null;
}
