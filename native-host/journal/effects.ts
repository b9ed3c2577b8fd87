// How each kind of change is done, and how it is seen after a crash whether it was: one row a kind. `act` either does it
// whole or throws and leaves nothing. `settle` looks at the disk and finishes or rolls back; it is safe to call again.
import { createHash } from 'node:crypto';
import { HeadgateError } from '../../shared/errors.ts';
import {
  type Content,
  look,
  makeFolder,
  moveFile,
  moveFolder,
  pathOf,
  removeFolder,
  removeName,
  replaceBy,
  type Spot,
  type Stats,
  stage,
} from '../gate/resolve/anchored.ts';
import {
  lookInTrash,
  moveFromTrash,
  moveToTrash,
  removeFromTrash,
  removeTrashInfo,
  type Trash,
  writeTrashInfo,
} from '../gate/resolve/trash.ts';
import { realPathOf } from '../gate/resolve.ts';
import { type Change, type ChangeKind, type ChangeOf, isMarked, isThing, markOf, type Thing, thingOf } from './change.ts';
import { type FaultPoint, passFaultPoint } from './fault-points.ts';
import type { Folders } from './folders.ts';
import { freeName } from './names.ts';

/** How often a name that was free may be taken by someone else just before it is given. */
const MAX_TRIES = 20;

/** What a new version is made of, and what it takes over. */
export interface Payload {
  content: Content;
  /** Kept from the version before, when a pre-image is put back. */
  mtimeMs?: number;
  mode?: number;
  /** What the content has to be: an old version is only put back when the disk still has it as it was. */
  hash?: string;
  /** For a new file whose name is taken: a numbered one like it will do. */
  numbered?: boolean;
}

export interface Bench {
  folders: Folders;
  now(): number;
  /** Throws when no more is to be done: asked while something is written, and before it takes effect. */
  stopIfOver(): void;
  /** Resolves when this old version is on disk. Throws when it could not be kept. */
  kept(hash: string): Promise<void>;
}

type Refine = (change: Change) => Promise<void>;

interface Effect<Kind extends ChangeKind> {
  /** Returns the change as it came out. `refine` notes more of it on the way, and resolves when that is on disk. */
  act(change: ChangeOf<Kind>, bench: Bench, payload: Payload | undefined, refine: Refine): ChangeOf<Kind> | Promise<ChangeOf<Kind>>;
  /** `null`: it did not happen, and nothing is left of it. */
  settle(change: ChangeOf<Kind>, bench: Bench): ChangeOf<Kind> | null;
}

const EFFECTS: { readonly [Kind in ChangeKind]: Effect<Kind> } = {
  create: {
    async act(change, { folders, stopIfOver }, payload, refine) {
      const [spot, temporary] = spots(folders, change);
      const staged = await stageChange(change, spot, temporary, payload, { mode: payload?.mode }, stopIfOver, refine);
      try {
        stopIfOver();
        return await nameStaged(staged, spot, temporary, payload?.numbered === true, refine);
      } catch (thrown) {
        removeName(temporary);
        throw thrown;
      } finally {
        folders.touch(spot.folder);
      }
    },
    settle(change, { folders }) {
      const [spot, temporary] = spots(folders, change);
      const named = look(spot);
      const stagedIno = look(temporary)?.ino;
      const happened = named !== null && (stagedIno === undefined ? named.ino === change.after?.ino : named.ino === stagedIno);
      removeName(temporary);
      folders.touch(spot.folder);
      return happened ? { ...change, after: markOf(named, change.after?.hash ?? null) } : null;
    },
  },
  replace: {
    async act(change, { folders, stopIfOver, kept }, payload, refine) {
      const [spot, temporary] = spots(folders, change);
      const staged = await stageChange(
        change,
        spot,
        temporary,
        payload,
        { ...change.kept, ...(payload?.mode !== undefined && { mode: payload.mode }) },
        stopIfOver,
        // The old version goes to the disk with the new one.
        async (more) => void (await Promise.all([refine(more), kept(change.before.hash)])),
      );
      try {
        stopIfOver();
        const now = look(spot);
        if (!isMarked(now, change.before)) throw changedMeanwhile();
        if (now !== null && now.nlink > 1) throw secondName();
        replaceBy(temporary, spot);
      } catch (thrown) {
        removeName(temporary);
        throw thrown;
      }
      passFaultPoint('replace.renamed');
      folders.touch(spot.folder);
      return staged;
    },
    settle(change, { folders }) {
      const [spot, temporary] = spots(folders, change);
      const waiting = look(temporary) !== null;
      removeName(temporary);
      folders.touch(spot.folder);
      return waiting || change.after === null || isMarked(look(spot), change.before) ? null : change;
    },
  },
  move: {
    act(change, { folders }) {
      const [from, to] = [folders.spot(change.grant, change.path), folders.spot(change.toGrant, change.toPath)];
      if (!isThing(look(from), change.thing)) throw changedMeanwhile();
      if (change.folder) moveFolder(from, to);
      else moveFile(from, to, () => hasArrived('move.linked', look(to), change.thing));
      passFaultPoint('move.done');
      folders.touch(from.folder);
      folders.touch(to.folder);
      if (change.folder) folders.forget();
      return change;
    },
    settle(change, { folders }) {
      const [from, to] = [folders.spot(change.grant, change.path), folders.spot(change.toGrant, change.toPath)];
      if (!isThing(look(to), change.thing)) return null;
      if (!change.folder && isThing(look(from), change.thing)) removeName(from);
      folders.touch(from.folder);
      folders.touch(to.folder);
      return change;
    },
  },
  mkdir: {
    act(change, { folders }) {
      const spot = folders.spot(change.grant, change.path);
      const made = makeFolder(spot);
      passFaultPoint('mkdir.made');
      folders.touch(spot.folder);
      return { ...change, thing: thingOf(made) };
    },
    settle(change, { folders }) {
      const spot = folders.spot(change.grant, change.path);
      const stat = look(spot);
      if (stat === null || !stat.isDirectory()) return null;
      folders.touch(spot.folder);
      return { ...change, thing: thingOf(stat) };
    },
  },
  rmdir: {
    act(change, { folders }) {
      const spot = folders.spot(change.grant, change.path);
      if (!isThing(look(spot), change.thing)) throw changedMeanwhile();
      if (!removeFolder(spot)) throw new HeadgateError('conflict', 'The folder is not empty.');
      passFaultPoint('rmdir.removed');
      folders.touch(spot.folder);
      folders.forget();
      return change;
    },
    settle(change, { folders }) {
      return look(folders.spot(change.grant, change.path)) === null ? change : null;
    },
  },
  remove: {
    act(change, { folders }) {
      const [spot, temporary] = spots(folders, change);
      // Taken aside under a name of its own, and looked at there: what goes is what was looked at, whatever has the name by then.
      if (!isMarked(look(spot), change.before)) throw changedMeanwhile();
      replaceBy(spot, temporary);
      passFaultPoint('remove.displaced');
      if (!isMarked(look(temporary), change.before)) {
        moveFile(temporary, spot);
        throw changedMeanwhile();
      }
      removeName(temporary);
      passFaultPoint('remove.removed');
      folders.touch(spot.folder);
      return change;
    },
    settle(change, { folders }) {
      const [spot, temporary] = spots(folders, change);
      const [named, aside] = [look(spot), look(temporary)];
      folders.touch(spot.folder);
      if (aside !== null && isMarked(aside, change.before)) {
        removeName(temporary);
        return change;
      }
      if (aside !== null && named === null) moveFile(temporary, spot);
      return aside === null && named === null ? change : null;
    },
  },
  trash: {
    act(change, { folders, now }) {
      const from = folders.spot(change.grant, change.path);
      const trash = folders.trash(change.trash, change.top);
      if (!isThing(look(from), change.thing)) throw changedMeanwhile();
      const original = `${realPathOf(from.folder)}/${from.name}`;
      writeTrashInfo(trash, change.name, original, new Date(now()));
      passFaultPoint('trash.info-written');
      try {
        moveToTrash(from, trash, change.name, change.folder, () =>
          hasArrived('trash.linked', lookInTrash(trash, change.name), change.thing),
        );
      } catch (thrown) {
        removeTrashInfo(trash, change.name);
        throw thrown;
      }
      passFaultPoint('trash.done');
      folders.touch(from.folder);
      if (change.folder) folders.forget();
      return change;
    },
    settle(change, { folders }) {
      const from = folders.spot(change.grant, change.path);
      const trash = folders.trash(change.trash, change.top);
      folders.touch(from.folder);
      if (!isTrashed(trash, change)) {
        // Under its name there may by now be what another program trashed.
        if (lookInTrash(trash, change.name) === null) removeTrashInfo(trash, change.name);
        return null;
      }
      if (!change.folder && isThing(look(from), change.thing)) removeName(from);
      return change;
    },
  },
  untrash: {
    act(change, { folders }) {
      const to = folders.spot(change.grant, change.path);
      const trash = folders.trash(change.trash, change.top);
      if (!isTrashed(trash, change)) throw new HeadgateError('vanished', 'It is not in the trash any more.');
      moveFromTrash(trash, change.name, to, change.folder, () => hasArrived('untrash.linked', look(to), change.thing));
      passFaultPoint('untrash.moved');
      removeTrashInfo(trash, change.name);
      passFaultPoint('untrash.done');
      folders.touch(to.folder);
      return change;
    },
    settle(change, { folders }) {
      const to = folders.spot(change.grant, change.path);
      const trash = folders.trash(change.trash, change.top);
      if (!isThing(look(to), change.thing)) return null;
      if (!change.folder && isTrashed(trash, change)) removeFromTrash(trash, change.name);
      if (lookInTrash(trash, change.name) === null) removeTrashInfo(trash, change.name);
      folders.touch(to.folder);
      return change;
    },
  },
};

/** Does one change that was noted. Throws and leaves nothing when it cannot be done. */
export function actOut(change: Change, bench: Bench, payload: Payload | undefined, refine: Refine): Change | Promise<Change> {
  // The table has for each kind the effect of that kind; the compiler cannot follow it through the union.
  return (EFFECTS[change.kind] as Effect<ChangeKind>).act(change, bench, payload, refine);
}

/** After a crash: the change as it came out, or `null` when it did not happen. */
export function settleOne(change: Change, bench: Bench): Change | null {
  return (EFFECTS[change.kind] as Effect<ChangeKind>).settle(change, bench);
}

async function stageChange<Version extends ChangeOf<'create'> | ChangeOf<'replace'>>(
  change: Version,
  spot: Spot,
  temporary: Spot,
  payload: Payload | undefined,
  kept: { mode?: number | undefined; uid?: number; gid?: number },
  stopIfOver: () => void,
  refine: Refine,
): Promise<Version> {
  if (payload === undefined) throw new TypeError(`a ${change.kind} needs its content`);
  if (change.kind === 'create' && payload.numbered !== true && look(spot) !== null)
    throw new HeadgateError('name_taken', 'There is already something of that name.');
  const hash = createHash('sha256');
  const { mode, ...owner } = kept;
  const looks = {
    ...owner,
    ...(mode === undefined ? {} : { mode }),
    ...(payload.mtimeMs === undefined ? {} : { mtimeMs: payload.mtimeMs }),
  };
  let staged = change;
  await stage(temporary, payload.content, looks, {
    onBytes(bytes) {
      stopIfOver();
      hash.update(bytes);
    },
    halfway: () => passFaultPoint('stage.half-written'),
    written(stat) {
      passFaultPoint('stage.written');
      const made = hash.digest('hex');
      if (payload.hash !== undefined && made !== payload.hash) throw damaged();
      staged = { ...change, after: markOf(stat, made) };
      const noted = refine(staged);
      passFaultPoint('stage.recorded');
      return noted;
    },
  });
  return staged;
}

/** Gives a staged file its name, or the first like it that is free; which one is noted before it is given. */
async function nameStaged(
  staged: ChangeOf<'create'>,
  spot: Spot,
  temporary: Spot,
  numbered: boolean,
  refine: Refine,
): Promise<ChangeOf<'create'>> {
  for (let tries = 1; ; tries += 1) {
    const candidate = numbered ? { ...spot, name: freeName(spot) } : spot;
    const named = { ...staged, path: pathOf(candidate) };
    if (named.path !== staged.path) await refine(named);
    try {
      moveFile(temporary, candidate, () => passFaultPoint('create.linked'));
    } catch (thrown) {
      const taken = thrown instanceof HeadgateError && thrown.code === 'name_taken';
      if (numbered && taken && tries < MAX_TRIES) continue;
      throw thrown;
    }
    passFaultPoint('create.named');
    return named;
  }
}

function spots(folders: Folders, change: { grant: Change['grant']; path: string; temporary: string }): [named: Spot, temporary: Spot] {
  const spot = folders.spot(change.grant, change.path);
  return [spot, { folder: spot.folder, name: change.temporary, temporary: true }];
}

function isTrashed(trash: Trash, change: ChangeOf<'trash' | 'untrash'>): boolean {
  return isThing(lookInTrash(trash, change.name), change.thing);
}

/** While a moved file has both names: what has the new one is what was looked at, or it is not moved. */
function hasArrived(point: FaultPoint, arrived: Stats | null, thing: Thing): void {
  passFaultPoint(point);
  if (!isThing(arrived, thing)) throw changedMeanwhile();
}

function changedMeanwhile(): HeadgateError {
  return new HeadgateError('conflict', 'It was changed by someone else in the meantime, and was left as it is.', {
    next: 'Look at it and try again.',
  });
}

function damaged(): HeadgateError {
  return new HeadgateError('state_damaged', 'The version from before is damaged, so your file was left as it is.', {
    next: 'Look at the disk of Headgate’s own folder.',
  });
}

function secondName(): HeadgateError {
  return new HeadgateError(
    'unsupported',
    'This file has a second name elsewhere, and a new version would part the two. It was left as it is.',
  );
}
