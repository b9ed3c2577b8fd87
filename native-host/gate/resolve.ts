// Every access to the person's files. A path is resolved inside its grant by open folders, segment by segment: no link is
// followed, no other disk is entered, only regular files are opened, protected names do not exist. What comes back is an
// open descriptor, and everything after works on that, never on the path again. What the grant leaves out by its globs gets
// the very answer that the system gives for what is not there. All of it is synchronous: about 10 µs.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, lstatSync, readSync, type Dirent, type Stats } from 'node:fs';
import { HeadgateError } from '../../shared/errors.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import type { FileReference } from '../state/stored-handle.ts';
import { protectedReason } from './protected.ts';
import { errnoOf, fileError, notThere, refusal, type Named } from './resolve/errno.ts';
import { parsePath } from './resolve/path.ts';
import { choosePrimitive, type Place, type Primitive } from './resolve/primitive.ts';
import { isVisible, isWhole } from './visible.ts';

const primitive = choosePrimitive();
const HASH_PIECE_BYTES = 1 << 20;

/** An open folder of a grant. `path` is relative to the grant, empty for the grant's own folder. */
export interface OpenFolder extends Disposable {
  readonly grant: Grant;
  readonly path: string;
  readonly place: Place;
  /** The device of the grant's own folder, to notice when a path leaves its disk. */
  readonly dev: number;
  /** The mount that the grant's own folder lies on; `null` where the system does not tell. */
  readonly mount: string | null;
}

export interface FileFacts {
  size: number;
  mtimeMs: number;
  ctimeMs: number;
  birthtimeMs: number;
  dev: number;
  ino: number;
  /** Names that this file has; with more than one it could belong to a place outside the grant. */
  links: number;
}

/** One name in a folder, with what it is. */
export type FolderEntry = Dirent;

/** A regular file, open for reading. */
export interface OpenFile extends Disposable {
  readonly grant: Grant;
  readonly path: string;
  readonly fd: number;
  readonly facts: FileFacts;
}

/** How paths are resolved on this system, for `doctor`. */
export function describeResolver(platform: NodeJS.Platform = process.platform): Pick<Primitive, 'id' | 'strong' | 'says'> {
  const { id, strong, says } = choosePrimitive(platform);
  return { id, strong, says };
}

/** Opens the grant's own folder. Throws `vanished`, `no_permission`, `not_a_folder` or `path_refused`. */
export function openRoot(grant: Grant): OpenFolder {
  refuseProtected(grant, '');
  const named = naming(grant, '', 'folder');
  const fd = calling(named, () => tellingLinks(grant.folder, () => primitive.openRoot(grant.folder)));
  return guarded(fd, () => {
    const real = calling(named, () => primitive.realPath(fd, grant.folder));
    if (real !== grant.folder)
      throw refusal('path_refused', 'The granted folder is reached through a link now. Grant it again if that is right.', named);
    return new HeldFolder(grant, '', { fd, real }, fstatSync(fd).dev, primitive.mountOfRoot(fd, grant.folder));
  });
}

/** Opens a folder of a grant by its relative path. */
export function openFolder(grant: Grant, path: string): OpenFolder {
  if (path === '') return openRoot(grant);
  using root = openRoot(grant);
  return openFolderIn(root, path);
}

/** Opens a folder below an open one. */
export function openFolderIn(folder: OpenFolder, path: string): OpenFolder {
  const named = naming(folder.grant, join(folder.path, path), 'folder');
  const segments = parsePath(path, named);
  if (segments.length === 0) throw refusal('path_refused', 'The path is empty.', named);
  refuseProtected(folder.grant, named.path);
  const opened = descend(folder, segments);
  return guarded(opened.place.fd, () => {
    refuseOtherMount(folder, opened.place.fd, named);
    return opened;
  });
}

/** Opens a file of a grant by its relative path. */
export function openFile(grant: Grant, path: string): OpenFile {
  using root = openRoot(grant);
  return openFileIn(root, path);
}

/** Opens a file below an open folder. Throws `path_refused` for a link, `not_a_file` for what is no regular file. */
export function openFileIn(folder: OpenFolder, path: string): OpenFile {
  return inParent(folder, path, (parent, last, named) => {
    const fd = calling(named, () => primitive.openFile(parent.place, last));
    return guarded(fd, () => {
      const stat = fstatSync(fd);
      if (!stat.isFile()) throw refusal('not_a_file', 'This is not an ordinary file.', named);
      refuseOtherDisk(parent, fd, stat, named);
      refuseOtherMount(folder, fd, named);
      return new HeldFile(folder.grant, named.path, fd, factsOf(stat));
    });
  });
}

/** Facts about a file without opening it: for lists. */
export function statFileIn(folder: OpenFolder, path: string): FileFacts {
  return inParent(folder, path, (parent, last, named) => {
    if (parent !== folder) refuseOtherMount(folder, parent.place.fd, named);
    const stat = calling(named, () => lstatSync(primitive.at(parent.place, last)));
    if (stat.isSymbolicLink()) throw refusal('path_refused', 'This is a link, and Headgate follows none.', named);
    if (!stat.isFile()) throw refusal('not_a_file', 'This is not an ordinary file.', named);
    // Only an open file can tell whether it lies on another disk, or is itself mounted here: of that a list knows after a moment.
    if (stat.dev !== folder.dev || primitive.holdsMounts(folder.grant.folder)) openFileIn(parent, last)[Symbol.dispose]();
    return factsOf(stat);
  });
}

/** Whether a file can get a name in the other folder without being copied. The same disk mounted at two places counts as two. */
export function onOneDisk(one: OpenFolder, two: OpenFolder): boolean {
  return one.dev === two.dev && (!primitive.strong || primitive.sameMount(one.place.fd, two.place.fd));
}

/** The entries of an open folder that its grant does not leave out: unsorted, links and protected names included. */
export function listFolder({ grant, path, place }: OpenFolder): Dirent[] {
  const entries = calling(naming(grant, path, 'folder'), () => primitive.list(place));
  if (isWhole(grant)) return entries;
  return entries.filter((entry) => isVisible(grant, join(path, entry.name), entry.isDirectory() ? 'folder' : 'file'));
}

/** Throws `too_large` for a file with more bytes than its grant lets be read or written. */
export function refuseLarge(grant: Grant, path: string, bytes: number): void {
  if (grant.maxFileBytes === undefined || bytes <= grant.maxFileBytes) return;
  throw refusal(
    'too_large',
    `The file is larger than the ${Math.round(grant.maxFileBytes / 1e4) / 100} MB that its grant allows.`,
    naming(grant, path, 'file'),
  );
}

/**
 * The whole of an open file. Throws `too_large` above `maxBytes` or the grant's own limit, and `changed_while_reading` when size or times are not
 * after reading what they were when it was opened.
 */
export function readFile(file: OpenFile, maxBytes: number): Buffer {
  const named = naming(file.grant, file.path, 'file');
  refuseLarge(file.grant, file.path, file.facts.size);
  if (file.facts.size > maxBytes)
    throw refusal('too_large', `The file is larger than the ${Math.round(maxBytes / 1e6)} MB that can be read.`, named);
  // Up to its size: that there is no more shows in its size afterwards. A file that says nothing of its size is asked for a byte.
  const bytes = Buffer.allocUnsafe(Math.max(1, file.facts.size));
  let length = 0;
  while (length < bytes.length) {
    const got = calling(named, () => readSync(file.fd, bytes, length, bytes.length - length, length));
    if (got === 0) break;
    length += got;
  }
  const after = fstatSync(file.fd);
  const same = length === file.facts.size && after.size === file.facts.size && after.mtimeMs === file.facts.mtimeMs;
  if (!same) throw refusal('changed_while_reading', 'The file changed while it was read. Try again when nothing writes to it.', named);
  return bytes.subarray(0, length);
}

/** The hash of all that an open file holds, read in stretches between which others are answered. */
export async function hashFile(file: OpenFile): Promise<string> {
  const named = naming(file.grant, file.path, 'file');
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(HASH_PIECE_BYTES);
  for (let at = 0; ; ) {
    const got = calling(named, () => readSync(file.fd, piece, 0, piece.length, at));
    if (got === 0) return hash.digest('hex');
    hash.update(piece.subarray(0, got));
    at += got;
    if (at % (16 * HASH_PIECE_BYTES) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The first bytes of an open file. */
export function readStart(file: OpenFile, maxBytes: number): Buffer {
  const bytes = Buffer.alloc(maxBytes);
  return bytes.subarray(
    0,
    calling(naming(file.grant, file.path, 'file'), () => readSync(file.fd, bytes, 0, maxBytes, 0)),
  );
}

/** The absolute path that an open file or folder has now, for programs that take only paths. */
export function realPathOf(open: OpenFile | OpenFolder): string {
  const believed = `${open.grant.folder}${open.path === '' ? '' : `/${open.path}`}`;
  const fd = 'fd' in open ? open.fd : open.place.fd;
  return calling(naming(open.grant, open.path, 'file'), () => primitive.realPath(fd, believed));
}

/** What a handle keeps of a file. */
export function referenceTo(file: { grant: Grant; path: string; facts: FileFacts }): FileReference {
  const { size, mtimeMs, dev, ino } = file.facts;
  return { grant: file.grant.id, path: file.path, size, mtimeMs, dev, ino };
}

/** Runs a call on the person's files; what the system refuses comes out as a HeadgateError. */
export function calling<Result>(named: Named, call: () => Result): Result {
  try {
    return call();
  } catch (thrown) {
    if (thrown instanceof HeadgateError && thrown.next === undefined) throw refusal(thrown.code, thrown.message, named);
    throw fileError(thrown, named);
  }
}

export function naming(grant: Grant, path: string, what: Named['what']): Named {
  return { what, path, grantName: grant.name };
}

/** Throws `path_refused` when the path is, lies in or would be something protected. */
export function refuseProtected(grant: Grant, path: string): void {
  const why = protectedReason(path === '' ? grant.folder : `${grant.folder}/${path}`);
  if (why !== null) throw refusal('path_refused', `This is protected (${why}), and no grant opens it.`, naming(grant, path, 'file'));
}

export function factsOf(stat: Stats): FileFacts {
  const { size, mtimeMs, ctimeMs, birthtimeMs, dev, ino, nlink } = stat;
  return { size, mtimeMs, ctimeMs, birthtimeMs, dev, ino, links: nlink };
}

/** Opens one folder after the other, and closes those on the way. */
function descend(folder: OpenFolder, segments: readonly string[]): OpenFolder {
  let current = folder;
  try {
    for (const segment of segments) {
      const next = openSegment(current, segment);
      if (current !== folder) current[Symbol.dispose]();
      current = next;
    }
    return current;
  } catch (thrown) {
    if (current !== folder) current[Symbol.dispose]();
    throw thrown;
  }
}

function openSegment(folder: OpenFolder, segment: string): OpenFolder {
  const path = join(folder.path, segment);
  const named = naming(folder.grant, path, 'folder');
  if (!isVisible(folder.grant, path, 'folder')) throw notThere(named);
  const fd = calling(named, () => tellingLinks(primitive.at(folder.place, segment), () => primitive.openFolder(folder.place, segment)));
  return guarded(fd, () => {
    refuseOtherDisk(folder, fd, fstatSync(fd), named);
    return new HeldFolder(folder.grant, path, { fd, real: `${folder.place.real}/${segment}` }, folder.dev, folder.mount);
  });
}

/** A link that is asked for as a folder says ENOTDIR; which of the two it is only matters for the words. */
function tellingLinks(path: string, open: () => number): number {
  try {
    return open();
  } catch (thrown) {
    const isLink = errnoOf(thrown) === 'ENOTDIR' && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    throw isLink ? new HeadgateError('path_refused', 'There is a link on the way, and Headgate follows none.') : thrown;
  }
}

/** Resolves all but the last segment, and gives the act the open parent and the last name. */
function inParent<Result>(folder: OpenFolder, path: string, act: (parent: OpenFolder, last: string, named: Named) => Result): Result {
  const named = naming(folder.grant, join(folder.path, path), 'file');
  const segments = parsePath(path, named);
  const last = segments.pop();
  if (last === undefined) throw refusal('not_a_file', 'This is a folder, not a file.', named);
  refuseProtected(folder.grant, named.path);
  const actIn = (parent: OpenFolder): Result => {
    if (!isVisible(folder.grant, named.path, 'file')) throw notThere(named);
    return act(parent, last, named);
  };
  if (segments.length === 0) return actIn(folder);
  using parent = descend(folder, segments);
  return actIn(parent);
}

/** On the way down the number of the disk is enough; what it cannot tell, the last look does. */
function refuseOtherDisk(folder: OpenFolder, fd: number, stat: Stats, named: Named): void {
  if (stat.dev !== folder.dev && !primitive.sameMount(folder.place.fd, fd)) throw elsewhere(named);
}

/** Whoever goes down into a mount is on it to the end, so that the last descriptor of a path tells of all before it. */
function refuseOtherMount(folder: OpenFolder, fd: number, named: Named): void {
  if (folder.mount !== null && primitive.mountOf(fd) !== folder.mount) throw elsewhere(named);
}

function elsewhere(named: Named): HeadgateError {
  return refusal(
    'path_refused',
    'This lies on another disk or folder that is mounted inside the granted one. Grant that folder itself.',
    named,
  );
}

class HeldFolder implements OpenFolder {
  readonly grant: Grant;
  readonly path: string;
  readonly place: Place;
  readonly dev: number;
  readonly mount: string | null;
  constructor(grant: Grant, path: string, place: Place, dev: number, mount: string | null) {
    this.grant = grant;
    this.path = path;
    this.place = place;
    this.dev = dev;
    this.mount = mount;
  }
  [Symbol.dispose](): void {
    closeSync(this.place.fd);
  }
}

class HeldFile implements OpenFile {
  readonly grant: Grant;
  readonly path: string;
  readonly fd: number;
  readonly facts: FileFacts;
  constructor(grant: Grant, path: string, fd: number, facts: FileFacts) {
    this.grant = grant;
    this.path = path;
    this.fd = fd;
    this.facts = facts;
  }
  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

function guarded<Result>(fd: number, act: () => Result): Result {
  try {
    return act();
  } catch (thrown) {
    closeSync(fd);
    throw thrown;
  }
}

function join(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`;
}
