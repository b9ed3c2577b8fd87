// The server's changes, done by the journal that undo reads: noted, the old version kept, done, synced. One after the
// other, because two calls may mean the same file.
import { randomBytes } from 'node:crypto';
import { HeadgateError, toErrorData } from '../../shared/errors.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import { makeId, type RunId, type StepId } from '../../shared/ids.ts';
import { labelOf, namesIn } from '../gate/nested-grants.ts';
import { look } from '../gate/resolve/anchored.ts';
import { type FileFacts, naming, openFileIn, openFolder } from '../gate/resolve.ts';
import { type Change as JournalChange, keptOf, markOf, thingOf } from '../journal/change.ts';
import { createFolders, type Folders } from '../journal/folders.ts';
import { type ChangeRow, createJournal } from '../journal/journal.ts';
import { temporaryName } from '../journal/names.ts';
import { type Hands, performBatch, type Prepared } from '../journal/perform.ts';
import { purgeJournal } from '../journal/retention.ts';
import { recoverJournal } from '../journal/recover.ts';
import { type UndoItem, undoChanges } from '../journal/undo.ts';
import type { GrantReader } from '../gate/grant-reader.ts';
import type { Place } from './areas.ts';
import type { Change, Changes, Undone } from './changes.ts';
import type { Slot } from './slot.ts';

/** Opens the journal in a slot, and settles what a crash left. */
export function openChanges({ store }: Slot, grants: readonly Grant[], now: () => number, say: (line: string) => void): Changes {
  const journal = createJournal(store, now);
  const hands: Hands = { journal, grants: readerOf(grants), now, outcomesSoon: true };
  const { open } = recoverJournal(hands);
  purgeJournal(store, journal.preImages, now());
  if (open > 0) say(`${open} changes of an earlier session could not be settled yet`);
  const run: RunId = makeId('r', randomBytes);
  let steps = 0;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(act: () => Promise<Result>): Promise<Result> => {
    const result = last.then(act);
    last = result.catch(() => undefined);
    return result;
  };

  /** Does the changes of one call; what one of them throws comes out once those before it are taken back. */
  const carryOut = async (entries: readonly Prepared[], opened?: Folders): Promise<void> => {
    steps += 1;
    const step = `change-${steps}` as StepId;
    const done = new Set<number>();
    for (const entry of entries) {
      const { performed } = await performBatch(
        hands,
        { run, step, total: entries.length, maxChanges: null },
        [entry],
        false,
        undefined,
        opened,
      );
      for (const { n, change, error } of performed) {
        if (change !== null) done.add(n);
        if (error === null) continue;
        if (done.size > 0) await undoChanges(hands, run, { only: done });
        throw error;
      }
    }
  };

  return {
    write: (place, bytes, expected) =>
      inTurn(async () => {
        using folders = createFolders(hands.grants);
        await carryOut([{ change: await planWrite(hands, folders, place, expected), payload: { content: { bytes } } }], folders);
      }),
    makeFolder: (place) => inTurn(() => carryOut(planFolders(place).map((change) => ({ change })))),
    move: (from, to) => inTurn(() => carryOut([{ change: planMove(hands, from, to) }])),
    undoLast: (refuse) => inTurn(() => undoLast(hands, refuse)),
    list: (limit) => journal.recent(limit).flatMap((row) => changeOf(hands.grants, row) ?? []),
  };
}

async function planWrite(hands: Hands, folders: Folders, { grant, path }: Place, expected: FileFacts | undefined): Promise<JournalChange> {
  if (path === '') throw new HeadgateError('not_a_file', 'This is a folder, not a file.');
  const temporary = temporaryName();
  const spot = folders.spot(grant.id, path);
  const stat = look(spot);
  if (stat === null) return { kind: 'create', grant: grant.id, path, temporary, copy: false, after: null };
  using file = openFileIn(spot.folder, spot.name);
  for (const known of [stat, expected ?? stat]) if (!isSame(file.facts, known)) throw changedMeanwhile();
  const hash = await hands.journal.preImages.keepSoon(file.fd, file.facts.size, naming(grant, path, 'file'));
  return { kind: 'replace', grant: grant.id, path, temporary, before: { ...markOf(stat, hash), hash }, kept: keptOf(stat), after: null };
}

function isSame(one: FileFacts, other: { ino: number; size: number; mtimeMs: number }): boolean {
  return one.ino === other.ino && one.size === other.size && one.mtimeMs === other.mtimeMs;
}

function changedMeanwhile(): HeadgateError {
  return new HeadgateError('conflict', 'The file was changed by someone else in the meantime, and was left as it is.', {
    next: 'Read it again.',
  });
}

/** The folders from the first that is missing down to the last; none when all are there. */
function planFolders({ grant, path }: Place): JournalChange[] {
  const segments = path === '' ? [] : path.split('/');
  let there = segments.length;
  for (; there >= 0; there -= 1) {
    try {
      openFolder(grant, segments.slice(0, there).join('/'))[Symbol.dispose]();
      break;
    } catch (thrown) {
      if (!(thrown instanceof HeadgateError) || thrown.code !== 'vanished' || there === 0) throw thrown;
    }
  }
  return segments
    .slice(there)
    .map((_, index) => ({ kind: 'mkdir', grant: grant.id, path: segments.slice(0, there + index + 1).join('/'), thing: null }));
}

function planMove(hands: Hands, from: Place, to: Place): JournalChange {
  if (from.path === '' || to.path === '') throw new HeadgateError('path_refused', 'A granted folder itself is not moved.');
  using folders = createFolders(hands.grants);
  const stat = look(folders.spot(from.grant.id, from.path));
  if (stat === null) throw new HeadgateError('vanished', 'There is nothing of that name to move.');
  if (!stat.isFile() && !stat.isDirectory())
    throw new HeadgateError('not_a_file', 'Headgate moves files and folders, no links or devices.');
  if (look(folders.spot(to.grant.id, to.path)) !== null)
    throw new HeadgateError('name_taken', 'Destination already exists. Nothing was moved.');
  const place = { grant: from.grant.id, path: from.path, toGrant: to.grant.id, toPath: to.path };
  return { kind: 'move', ...place, thing: thingOf(stat), folder: stat.isDirectory() };
}

/** Takes back all that the last call did which still stands. */
async function undoLast(hands: Hands, refuse: Parameters<Changes['undoLast']>[0]): Promise<Undone | null> {
  const { journal, grants } = hands;
  const row = journal.lastDone();
  if (row === null) return null;
  const rows = journal.ofStep(row.run, row.step).filter(({ state, undoes }) => state === 'done' && undoes === null);
  const kept = rows.flatMap((each) => refusalOf(grants, each, refuse) ?? []);
  const only = new Set(rows.map(({ n }) => n).filter((n) => !kept.some(({ change }) => change === n)));
  const items = [...kept, ...(await undoChanges(hands, row.run, { only }))];
  const failed = items.find(({ result }) => result === 'failed');
  if (failed !== undefined)
    throw new HeadgateError('conflict', `This could not be undone: ${failed.says}.`, { next: 'Look at it and call undo_last again.' });
  // What is not ours any more is not met again by the next call.
  for (const { change, result, says } of items) if (result === 'left') journal.close(change, says);
  const change = changeOf(grants, rows[0] ?? row);
  return change === null ? null : { change, says: items.map(({ says }) => says) };
}

/** Since it was moved there may be more in it, of which less may leave than from where it was. */
function refusalOf(grants: GrantReader, { n, change }: ChangeRow, refuse: Parameters<Changes['undoLast']>[0]): UndoItem | null {
  if (change.kind !== 'move') return null;
  try {
    refuse({ grant: grants.grant(change.toGrant), path: change.toPath }, { grant: grants.grant(change.grant), path: change.path });
    return null;
  } catch (thrown) {
    return { change: n, result: 'left', says: `It stays where it was moved to: ${toErrorData(thrown).message}` };
  }
}

/** `null` for kinds that this server never makes. */
function changeOf(grants: GrantReader, { n, at, state, change }: ChangeRow): Change | null {
  const common = {
    id: String(n),
    at,
    place: { grant: grants.grant(change.grant), path: change.path },
    state: state === 'undone' ? 'undone' : 'done',
  } as const;
  switch (change.kind) {
    case 'create':
    case 'replace':
      return { ...common, kind: 'write' };
    case 'mkdir':
      return { ...common, kind: 'mkdir' };
    case 'move':
      return { ...common, kind: 'move', to: { grant: grants.grant(change.toGrant), path: change.toPath } };
    default:
      return null;
  }
}

function readerOf(grants: readonly Grant[]): GrantReader {
  const grant: GrantReader['grant'] = (id) => {
    const found = grants.find((candidate) => candidate.id === id);
    if (found === undefined) throw new HeadgateError('grant_not_found', 'This folder is not granted to this server any more.');
    return found;
  };
  return { grant, labelOf: (id, path) => labelOf(grants, grant(id), path), namesOf: (id, path) => namesIn(grants, grant(id), path) };
}
