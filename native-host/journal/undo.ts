// Taking changes back, newest first. Each change is looked at as it is now, not as it was: what is still as we left it goes
// back to what it was; where the person has worked on since, their version stays and the old one is put beside it. Taking
// back is itself a change in the journal, so it can be interrupted at any moment and called again.
import { createHash } from 'node:crypto';
import { toErrorData } from '../../shared/errors.ts';
import type { RunId } from '../../shared/ids.ts';
import { look, type Spot, type Stats } from '../gate/resolve/anchored.ts';
import { freeTrashName, lookInTrash, trashFor } from '../gate/resolve/trash.ts';
import { listFolder, naming, openFileIn, openFolderIn } from '../gate/resolve.ts';
import { besideName, temporaryName } from './names.ts';
import {
  type Change,
  type ChangeKind,
  type ChangeOf,
  isMarked,
  isThing,
  keptOf,
  type Mark,
  markOf,
  preImageOf,
  thingOf,
} from './change.ts';
import { createFolders, type Folders } from './folders.ts';
import { hasGained, loosensBack } from './gained.ts';
import type { ChangeRow } from './journal.ts';
import { isSameFile } from './lineage.ts';
import { BATCH, type Hands, handsForUndoing, isAlone, performBatch, placesOf, type Prepared } from './perform.ts';
import { closePreImage, hashFile } from './pre-images.ts';
import { cut, folderWords, quoted, wordsOf } from './words.ts';

/** `undone` as it was · `beside` the old version is put beside the person's · `left` nothing to take back, or not ours any more · `failed` can be tried again. */
export type UndoResult = 'undone' | 'beside' | 'left' | 'failed';

export interface UndoItem {
  change: number;
  result: UndoResult;
  says: string;
}

type Plan = { act: Prepared; result: 'undone' | 'beside'; says: string; close?: () => void } | { act: null; says: string };

/** Takes back what a run changed, or only these changes of it. Items come newest first. */
export async function undoChanges(
  given: Hands,
  run: RunId,
  options: { only?: ReadonlySet<number>; signal?: AbortSignal } = {},
): Promise<UndoItem[]> {
  const hands = handsForUndoing(given);
  const { journal } = hands;
  const rows = journal
    .ofRun(run)
    .filter((row) => row.state === 'done' && row.undoes === null && options.only?.has(row.n) !== false)
    .reverse();
  // Keeping what is there now must not cost what is still to be put back.
  using _held = journal.preImages.hold(rows.flatMap(({ change }) => preImageOf(change) ?? []));
  const items: UndoItem[] = [];
  for (const batch of independent(rows)) {
    options.signal?.throwIfAborted();
    items.push(...(await undoBatch(hands, batch)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return items;
}

/** What taking a run back would do now, without doing it. */
export async function previewUndo(given: Hands, run: RunId): Promise<UndoItem[]> {
  const hands = handsForUndoing(given);
  const rows = hands.journal
    .ofRun(run)
    .filter((row) => row.state === 'done' && row.undoes === null)
    .reverse();
  const moved = new Set<string>();
  const items: UndoItem[] = [];
  using folders = createFolders(hands.grants);
  for (const row of rows) {
    const places = placesOf(row.change);
    // What stands in the way may be what a newer change of the same run put there.
    const depends = places.some((place) => [...ancestors(place)].some((ancestor) => moved.has(ancestor)));
    const plan = depends
      ? null
      : await planFor(hands, folders, row, true).catch((error: unknown) => ({ act: null, says: toErrorData(error).message }));
    for (const place of places) moved.add(place);
    if (plan === null) items.push({ change: row.n, result: 'undone', says: cut(`take back: ${wordsOf(row.change)}`) });
    else items.push({ change: row.n, result: plan.act === null ? 'left' : plan.result, says: cut(plan.says) });
  }
  return items;
}

function* ancestors(place: string): Generator<string> {
  for (let at = place; at !== ''; ) {
    yield at;
    const slash = at.lastIndexOf('/');
    if (slash < 0) return;
    at = at.slice(0, slash);
  }
}

/** Rows in their order: moves and trashings of single files whose places have nothing in common go together, all else alone. */
function independent(rows: readonly ChangeRow[]): ChangeRow[][] {
  const groups: ChangeRow[][] = [];
  let places = new Set<string>();
  let open = false;
  for (const row of rows) {
    const joins = (row.change.kind === 'move' || row.change.kind === 'trash') && !isAlone(row.change);
    const own = placesOf(row.change);
    const group = groups.at(-1);
    if (joins && open && group !== undefined && group.length < BATCH && !own.some((place) => places.has(place))) group.push(row);
    else {
      groups.push([row]);
      places = new Set();
    }
    open = joins;
    for (const place of own) places.add(place);
  }
  return groups;
}

async function undoBatch(hands: Hands, rows: readonly ChangeRow[]): Promise<UndoItem[]> {
  const items = new Map<number, UndoItem>();
  const plans: { row: ChangeRow; plan: Extract<Plan, { act: Prepared }> }[] = [];
  try {
    {
      using folders = createFolders(hands.grants);
      for (const row of rows) {
        try {
          const plan = await planFor(hands, folders, row, false);
          if (plan.act === null) items.set(row.n, { change: row.n, result: 'left', says: cut(plan.says) });
          else plans.push({ row, plan });
        } catch (error) {
          items.set(row.n, failure(row, error));
        }
      }
    }
    const [first] = plans;
    if (first !== undefined) {
      const scope = { run: first.row.run, step: first.row.step, total: plans.length, maxChanges: null };
      const { performed } = await performBatch(
        hands,
        scope,
        plans.map(({ row, plan }) => ({ ...plan.act, undoes: row.n, says: cut(plan.says) })),
        true,
      );
      for (const [index, { row, plan }] of plans.entries()) {
        const error = performed[index]?.error ?? null;
        items.set(row.n, error === null ? { change: row.n, result: plan.result, says: cut(plan.says) } : failure(row, error));
      }
    }
  } finally {
    for (const { plan } of plans) plan.close?.();
  }
  return rows.flatMap((row) => items.get(row.n) ?? []);
}

function failure(row: ChangeRow, error: unknown): UndoItem {
  const { code, message } = toErrorData(error);
  if (code === 'vanished')
    return { change: row.n, result: 'left', says: cut(`${quoted(row.change.path)}: a folder that it needs is gone, so it stays as it is`) };
  return { change: row.n, result: 'failed', says: cut(`${quoted(row.change.path)}: ${message}`) };
}

type Planner<Kind extends ChangeKind> = (
  change: ChangeOf<Kind>,
  hands: Hands,
  folders: Folders,
  dry: boolean,
  at: number,
) => Plan | Promise<Plan>;

/** How each kind is taken back. */
const PLANNERS: { readonly [Kind in ChangeKind]: Planner<Kind> } = {
  create: planRemove,
  replace: planPutBack,
  move: planMoveBack,
  mkdir: planRemoveFolder,
  trash: planUntrash,
  untrash: planTrashAgain,
  rmdir: () => left('it was itself a taking back'),
  remove: () => left('it was itself a taking back'),
};

function planFor(hands: Hands, folders: Folders, row: ChangeRow, dry: boolean): Promise<Plan> {
  // The table has for each kind the planner of that kind.
  const planner = PLANNERS[row.change.kind] as Planner<ChangeKind>;
  return Promise.resolve().then(() => planner(row.change, hands, folders, dry, row.at));
}

async function planRemove(change: ChangeOf<'create'>, hands: Hands, folders: Folders, dry: boolean): Promise<Plan> {
  const spot = folders.spot(change.grant, change.path);
  const stat = look(spot);
  if (stat === null) return left(`${quoted(change.path)} is already gone`);
  if (!(await isOurs(spot, change.after))) return left(`${quoted(change.path)} was changed since, so your version stays`);
  // What is too large to be kept here, the trash keeps.
  if (!hands.journal.preImages.takes(stat.size)) return planTrash(change, spot, stat);
  const says = `took ${quoted(change.path)} away again`;
  if (dry) return { act: { change }, result: 'undone', says };
  const { before, kept } = await keepNow(hands, spot);
  return {
    act: { change: { kind: 'remove', grant: change.grant, path: change.path, temporary: temporaryName(), before, kept } },
    result: 'undone',
    says,
  };
}

function planTrash({ grant, path }: ChangeOf<'create'>, spot: Spot, stat: Stats): Plan {
  using trash = trashFor(spot.folder);
  const { place, top } = trash;
  const name = freeTrashName(trash, spot.name);
  return {
    act: { change: { kind: 'trash', grant, path, trash: place, top, name, thing: thingOf(stat), folder: false } },
    result: 'undone',
    says: `put ${quoted(path)} in the trash, as it is too large to be kept otherwise`,
  };
}

async function planPutBack(change: ChangeOf<'replace'>, hands: Hands, folders: Folders, dry: boolean): Promise<Plan> {
  const spot = folders.spot(change.grant, change.path);
  const name = quoted(change.path);
  if (!hands.journal.preImages.has(change.before.hash)) return left(`the version of ${name} from before is not kept any more`);
  const ours = await isOurs(spot, change.after);
  const beside = ours ? null : besideName(spot);
  const says = ours
    ? `put the version of ${name} from before back`
    : look(spot) === null
      ? `${name} was deleted or renamed since; the version from before is there again as ${quoted(beside ?? '')}`
      : `${name} was changed since, so your version stays; the version from before is beside it as ${quoted(beside ?? '')}`;
  if (dry) return { act: { change }, result: ours ? 'undone' : 'beside', says };
  const { grant, kept } = change;
  const now = ours ? await keepNow(hands, spot) : null;
  const fd = hands.journal.preImages.open(change.before.hash);
  if (fd === null) return left(`the version of ${name} from before is not kept any more`);
  const payload = { content: { fd }, mtimeMs: change.before.mtimeMs, mode: kept.mode, hash: change.before.hash };
  const close = () => closePreImage(fd);
  if (now !== null) {
    const back: Change = { kind: 'replace', grant, path: change.path, temporary: temporaryName(), before: now.before, kept, after: null };
    return { act: { change: back, payload }, result: 'undone', says, close };
  }
  const create: Change = {
    kind: 'create',
    grant,
    path: inFolderOf(change.path, beside ?? ''),
    temporary: temporaryName(),
    copy: false,
    after: null,
  };
  return { act: { change: create, payload }, result: 'beside', says, close };
}

function planMoveBack(change: ChangeOf<'move'>, hands: Hands, folders: Folders, _dry: boolean, at: number): Plan {
  const [from, to] = [folders.spot(change.grant, change.path), folders.spot(change.toGrant, change.toPath)];
  const stat = look(to);
  if (stat === null || !isSameFile(hands.journal.store, stat, change.thing)) {
    const name = quoted(change.toPath);
    return left(
      stat === null ? `${name} is no longer where it was moved to` : `${name} was replaced since, so your version stays where it is`,
    );
  }
  if (loosensBack(hands.grants, change) && hasGained(to, at))
    return left(`${quoted(change.toPath)} was changed since, where less may leave than from where it was, so it stays where it is`);
  const free = look(from) === null;
  const name = free ? from.name : besideName(from);
  const says = free
    ? `moved ${quoted(change.path)} back to ${folderWords(change.path)}`
    : `the name ${quoted(change.path)} is taken by now, so it is back in ${folderWords(change.path)} as ${quoted(name)}`;
  const back: Change = {
    ...change,
    grant: change.toGrant,
    path: change.toPath,
    thing: thingOf(stat),
    toGrant: change.grant,
    toPath: inFolderOf(change.path, name),
  };
  return { act: { change: back }, result: free ? 'undone' : 'beside', says };
}

function planRemoveFolder(change: ChangeOf<'mkdir'>, _hands: Hands, folders: Folders, dry: boolean): Plan {
  const spot = folders.spot(change.grant, change.path);
  const stat = look(spot);
  if (stat === null) return left(`the folder ${quoted(change.path)} is already gone`);
  if (change.thing === null || !isThing(stat, change.thing))
    return left(`the folder ${quoted(change.path)} is another one by now, so it stays`);
  using folder = openFolderIn(spot.folder, spot.name);
  if (!dry && listFolder(folder).length > 0) return left(`the folder ${quoted(change.path)} is not empty, so it stays`);
  return {
    act: { change: { kind: 'rmdir', grant: change.grant, path: change.path, thing: change.thing } },
    result: 'undone',
    says: `took the folder ${quoted(change.path)} away again`,
  };
}

function planUntrash(change: ChangeOf<'trash'>, hands: Hands, folders: Folders): Plan {
  const spot = folders.spot(change.grant, change.path);
  const trash = folders.trash(change.trash, change.top);
  const stat = lookInTrash(trash, change.name);
  if (stat === null || !isSameFile(hands.journal.store, stat, change.thing))
    return left(`${quoted(change.path)} is not in the trash any more`);
  const free = look(spot) === null;
  const name = free ? spot.name : besideName(spot);
  const says = free
    ? `took ${quoted(change.path)} out of the trash again`
    : `the name ${quoted(change.path)} is taken by now, so it came out of the trash as ${quoted(name)}`;
  return {
    act: { change: { ...change, kind: 'untrash', path: inFolderOf(change.path, name), thing: thingOf(stat) } },
    result: free ? 'undone' : 'beside',
    says,
  };
}

function planTrashAgain(change: ChangeOf<'untrash'>, hands: Hands, folders: Folders): Plan {
  const stat = look(folders.spot(change.grant, change.path));
  if (stat === null || !isSameFile(hands.journal.store, stat, change.thing))
    return left(`${quoted(change.path)} is not where it was put, so it stays as it is`);
  const trash = folders.trash(change.trash, change.top);
  return {
    act: { change: { ...change, kind: 'trash', name: freeTrashName(trash, change.name), thing: thingOf(stat) } },
    result: 'undone',
    says: `put ${quoted(change.path)} in the trash again`,
  };
}

/** Whether a file is still the version that we wrote: untouched, or with the very same bytes. */
async function isOurs(spot: Spot, mark: Mark | null): Promise<boolean> {
  const stat = look(spot);
  if (isMarked(stat, mark)) return true;
  if (stat === null || mark === null || mark.hash === null || !stat.isFile() || stat.size !== mark.size) return false;
  using file = openFileIn(spot.folder, spot.name);
  const hash = createHash('sha256');
  await hashFile(file.fd, hash);
  return hash.digest('hex') === mark.hash;
}

/** Keeps the version that is there now. Throws `conflict` by way of the change itself when it is not the same afterwards. */
async function keepNow(hands: Hands, spot: Spot): Promise<{ before: Mark & { hash: string }; kept: ReturnType<typeof keptOf> }> {
  const stat = look(spot);
  using file = openFileIn(spot.folder, spot.name);
  const hash = await hands.journal.preImages.keep(file.fd, file.facts.size, naming(file.grant, file.path, 'file'));
  if (stat === null || stat.ino !== file.facts.ino) throw new TypeError('a file changed between two looks');
  return { before: { ...markOf(stat, hash), hash }, kept: keptOf(stat) };
}

function left(says: string): Plan {
  return { act: null, says };
}

function inFolderOf(path: string, name: string): string {
  const cutAt = path.lastIndexOf('/');
  return cutAt < 0 ? name : `${path.slice(0, cutAt)}/${name}`;
}
