// Changes to names in open folders: every call starts at the folder's own descriptor, never at a path that was checked
// before, and none follows a link. Nothing here replaces anything that it was not told to replace, and nothing comes to a
// name that the grant leaves out.
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { HeadgateError } from '../../../shared/errors.ts';
import { foldPath } from '../../../shared/gate/fold-path.ts';
import { unchangedReason } from '../protected.ts';
import { calling, naming, type OpenFolder, realPathOf, refuseLarge, refuseProtected } from '../resolve.ts';
import { syncMeanwhile } from '../../state/write-file.ts';
import { isVisible } from '../visible.ts';
import { errnoOf, fileError, type Named, notThere, refusal } from './errno.ts';
import { isInGitFolder, isMark } from './git-folder.ts';
import { segmentProblem } from './path.ts';
import { choosePrimitive } from './primitive.ts';
import { refuseDivided, refuseProtectedIn } from './whole.ts';

export type { Stats };

const primitive = choosePrimitive();
const NEW_FILE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
const COPY_BYTES = 1 << 20;
const LEAST_COPY_BYTES = 1 << 14;
/** Between two pauses in which the agent answers others. */
const BYTES_AT_A_STRETCH = 16 << 20;
/** A disk without hard links (FAT, some network ones), or a file that the system lets nobody but its owner link. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** One name in an open folder. */
export interface Spot {
  folder: OpenFolder;
  name: string;
  /** A name that the journal gives for a moment: no glob governs it. */
  temporary?: true;
}

/**
 * The path by which the kernel reaches a name in an open folder, for a file unless it is said otherwise. Throws
 * `path_refused` for a name that nobody may use, and for one that the grant leaves out, be it there or not.
 */
export function anchored(spot: Spot, kind: 'file' | 'folder' = 'file'): string {
  const path = anchoredAnyhow(spot);
  if (!isReached(spot, kind))
    throw refusal('path_refused', 'The grant for this folder leaves this name out.', naming(spot.folder.grant, pathOf(spot), kind));
  refuseUnchanging(spot, kind);
  return path;
}

/**
 * Asked when a name was given, by whoever takes it back where this throws: between looking and giving, another of our
 * processes may have given the name that makes a repository of the two.
 */
export function refuseRepositoryMade(spot: Spot, kind: 'file' | 'folder'): void {
  if (isMark(spot.name)) refuseUnchanging(spot, kind);
}

function refuseUnchanging(spot: Spot, kind: 'file' | 'folder'): void {
  const why = unchangedReason(absoluteOf(spot)) ?? (isInGitFolder(spot.folder, spot.name) ? 'a repository of git’s' : null);
  if (why !== null)
    throw refusal('path_refused', `This is ${why}, and Headgate changes nothing there.`, naming(spot.folder.grant, pathOf(spot), kind));
}

function isReached(spot: Spot, kind: 'file' | 'folder'): boolean {
  return spot.temporary === true || isVisible(spot.folder.grant, pathOf(spot), kind);
}

function anchoredAnyhow({ folder, name }: Spot): string {
  const problem = segmentProblem(name);
  if (problem !== null) throw refusal('path_refused', problem, naming(folder.grant, folder.path, 'folder'));
  refuseProtected(folder.grant, pathOf({ folder, name }));
  return primitive.at(folder.place, name);
}

export function pathOf({ folder, name }: Spot): string {
  return folder.path === '' ? name : `${folder.path}/${name}`;
}

/** Where a name is as far as we know. */
export function absoluteOf(spot: Spot): string {
  return `${spot.folder.grant.folder}/${pathOf(spot)}`;
}

/** Everything that the system says of an open file. */
export function statOf({ fd }: { fd: number }): Stats {
  return fstatSync(fd);
}

/** What has this name now, links not followed; `null` when nothing has, or the grant leaves it out. */
export function look(spot: Spot): Stats | null {
  const path = anchoredAnyhow(spot);
  const stat = calling(named(spot), () => lstatSync(path, { throwIfNoEntry: false }));
  return stat === undefined || !isReached(spot, stat.isDirectory() ? 'folder' : 'file') ? null : stat;
}

/** Gives the file a second name. Throws `name_taken`. */
export function linkTo(from: Spot, to: Spot): void {
  const [source, target] = [anchored(from), anchored(to)];
  calling(named(to), () => linkSync(source, target));
}

/** Puts `from` in the place of `to`, whatever that is. */
export function replaceBy(from: Spot, to: Spot): void {
  const [source, target] = [anchored(from), anchored(to)];
  refuseMoved(to);
  calling(named(to), () => renameSync(source, target));
}

/** Gives a file another name, never one that is taken. `between` is called while it has both, and stops it when it throws. Throws `name_taken`, or `unsupported` across disks. */
export function moveFile(from: Spot, to: Spot, between: () => void = () => {}): void {
  const [source, target] = [anchored(from), anchored(to)];
  refuseMoved(to);
  calling(named(to), () => {
    try {
      linkSync(source, target);
    } catch (thrown) {
      if (errnoOf(thrown) === 'EXDEV') throw otherDisk();
      if (!NO_LINKS.has(errnoOf(thrown) ?? '')) throw thrown;
      return renameToFree(source, target, () => refuseRepositoryMade(to, 'file'));
    }
    try {
      between();
      refuseRepositoryMade(to, 'file');
      unlinkSync(source);
    } catch (thrown) {
      unlinkSync(target);
      throw thrown;
    }
  });
}

/** Gives a folder another name, never one that is taken. */
export function moveFolder(from: Spot, to: Spot): void {
  for (const { folder } of [from, to]) refuseDivided(folder);
  const [source, target] = [anchored(from, 'folder'), anchored(to, 'folder')];
  refuseMoved(to);
  refuseProtectedIn(source, absoluteOf(from), absoluteOf(to), named(from));
  calling(named(to), () => {
    try {
      renameToFree(source, target, () => refuseRepositoryMade(to, 'folder'));
    } catch (thrown) {
      if (errnoOf(thrown) === 'EXDEV') throw otherDisk();
      if (errnoOf(thrown) === 'EINVAL') throw new HeadgateError('path_refused', 'A folder cannot be moved into itself.');
      throw errnoOf(thrown) === 'ENOTEMPTY' || errnoOf(thrown) === 'ENOTDIR' ? taken() : thrown;
    }
  });
}

export function makeFolder(spot: Spot): Stats {
  const path = anchored(spot, 'folder');
  return calling(named(spot), () => {
    mkdirSync(path, 0o777);
    try {
      refuseRepositoryMade(spot, 'folder');
      return lstatSync(path);
    } catch (thrown) {
      rmdirSync(path);
      throw thrown;
    }
  });
}

/** Takes an empty folder away. `false` when it is not empty. */
export function removeFolder(spot: Spot): boolean {
  const path = anchored(spot, 'folder');
  return calling(named(spot), () => {
    try {
      rmdirSync(path);
      return true;
    } catch (thrown) {
      if (errnoOf(thrown) === 'ENOTEMPTY' || errnoOf(thrown) === 'EEXIST') return false;
      throw thrown;
    }
  });
}

export function removeName(spot: Spot): void {
  const path = anchored(spot);
  calling(named(spot), () => {
    try {
      unlinkSync(path);
    } catch (thrown) {
      if (errnoOf(thrown) !== 'ENOENT') throw thrown;
    }
  });
}

/** Windows cannot sync a folder; there the file system's own journal has to do. */
export function syncFolder(folder: OpenFolder): void {
  try {
    fsyncSync(folder.place.fd);
  } catch (thrown) {
    if (primitive.strong) throw thrown;
  }
}

/** What a new file is made of: bytes, or an open file, with more bytes after it; or what is still on its way here. */
export interface Content {
  fd?: number;
  bytes?: Uint8Array;
  stream?: AsyncIterable<Uint8Array>;
}

export interface Looks {
  mode?: number;
  uid?: number;
  gid?: number;
  mtimeMs?: number;
}

/** What a new file's maker wants to know on the way. */
export interface Staging {
  onBytes(bytes: Uint8Array): void;
  /** A part of it is written. */
  halfway(): void;
  /** All of it is. Notes that, and resolves when the note is on disk, which syncs the file meanwhile. */
  written(stat: Stats): Promise<void>;
}

/** Writes and syncs a new file. Throws `too_large` above the grant's limit. On any failure nothing is left. */
export async function stage(spot: Spot, content: Content, looks: Looks, { onBytes, halfway, written }: Staging): Promise<void> {
  const path = anchored(spot);
  refuseLarge(
    spot.folder.grant,
    spot.folder.path,
    (content.fd === undefined ? 0 : fstatSync(content.fd).size) + (content.bytes?.length ?? 0),
  );
  const fd = calling(named(spot), () => openSync(path, NEW_FILE, 0o600));
  try {
    if (content.fd !== undefined) await copyBytes(content.fd, fd, onBytes, named(spot));
    let parts = 0;
    for await (const part of content.stream ?? []) {
      calling(named(spot), () => writeAll(fd, part));
      onBytes(part);
      parts += 1;
      if (parts === 1) halfway();
    }
    if (parts === 0) halfway();
    const stat = calling(named(spot), () => {
      if (content.bytes !== undefined) writeAll(fd, content.bytes);
      if (content.bytes !== undefined) onBytes(content.bytes);
      dress(fd, looks);
      return fstatSync(fd);
    });
    // Noted first: what the disk is asked to keep while it is at it, it keeps only after that.
    const note = written(stat);
    // Not closed before both are there: the number could by then be another file's.
    const [synced, noted] = await Promise.allSettled([syncMeanwhile(fd), note]);
    if (synced.status === 'rejected') throw fileError(synced.reason, named(spot));
    if (noted.status === 'rejected') throw noted.reason;
  } catch (thrown) {
    removeName(spot);
    throw thrown;
  } finally {
    closeSync(fd);
  }
}

/** Appends everything of one open file to another, without keeping anyone waiting long. */
export async function copyBytes(from: number, to: number, onBytes: (bytes: Uint8Array) => void, names: Named): Promise<number> {
  // One byte more than there seem to be, so that the end is met with the first piece of a small file.
  const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, Math.max(LEAST_COPY_BYTES, fstatSync(from).size + 1)));
  let at = 0;
  for (let pause = BYTES_AT_A_STRETCH; ; ) {
    const got = calling(names, () => readSync(from, buffer, 0, buffer.length, at));
    if (got === 0) return at;
    const part = buffer.subarray(0, got);
    calling(names, () => writeAll(to, part));
    onBytes(part);
    at += got;
    if (at < pause) continue;
    pause = at + BYTES_AT_A_STRETCH;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

function dress(fd: number, { mode, uid, gid, mtimeMs }: Looks): void {
  if (process.platform !== 'win32') {
    const stat = fstatSync(fd);
    const owner = uid ?? stat.uid;
    const group = gid ?? stat.gid;
    if (owner !== stat.uid || group !== stat.gid) fchownSync(fd, owner, group);
    fchmodSync(fd, mode ?? 0o666 & ~process.umask());
  }
  if (mtimeMs !== undefined) futimesSync(fd, mtimeMs / 1000, mtimeMs / 1000);
}

/**
 * Throws `vanished` when the open folder is not where it was when it was opened: what it holds by now may be protected, or
 * labelled otherwise, and the journal would look for the file in vain.
 */
export function refuseMoved({ folder }: Spot): void {
  if (!primitive.strong) return;
  const [now, then] = [realPathOf(folder), folder.path === '' ? folder.grant.folder : `${folder.grant.folder}/${folder.path}`];
  if (now !== then && foldPath(now) !== foldPath(then)) throw notThere(naming(folder.grant, folder.path, 'folder'));
}

/** The system has no rename to free names only that Node could reach: the name is looked at just before. What `stays` throws for goes back. */
export function renameToFree(source: string, target: string, stays: () => void): void {
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw taken();
  renameSync(source, target);
  try {
    stays();
  } catch (thrown) {
    renameSync(target, source);
    throw thrown;
  }
}

function taken(): HeadgateError {
  return new HeadgateError('name_taken', 'There is already something of that name.');
}

function otherDisk(): HeadgateError {
  return new HeadgateError('unsupported', 'That folder lies on another disk. Copy the file there instead.');
}

function named(spot: Spot): Named {
  return naming(spot.folder.grant, pathOf(spot), 'file');
}
