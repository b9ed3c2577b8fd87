// How a new file comes into a granted folder: written whole under a name of its own, synced, then given its real name by
// a link, which never replaces anything. At every moment the real name holds the whole file or nothing of ours; what can
// be left behind by a crash is the temporary name, which the caller notes down beforehand.
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { FileReference } from '../../ops/op.ts';
import { calling, factsOf, naming, type OpenFolder, referenceTo, refuseProtected } from '../resolve.ts';
import { errnoOf, refusal } from './errno.ts';
import { segmentProblem } from './path.ts';
import { choosePrimitive } from './primitive.ts';

const primitive = choosePrimitive();

/** A file that is written and synced under its temporary name. Disposing of it takes that name away. */
export interface StagedFile extends Disposable {
  readonly folder: OpenFolder;
  readonly temporary: string;
  readonly dev: number;
  readonly ino: number;
}

/** What a file is known by, whatever its name. */
export interface Identity {
  dev: number;
  ino: number;
  size: number;
}

/** Writes `bytes` under `temporary`, which must be new. On any failure nothing is left. */
export function stageFile(folder: OpenFolder, temporary: string, bytes: Uint8Array): StagedFile {
  const path = pathOf(folder, temporary);
  const named = naming(folder.grant, folder.path, 'folder');
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  const fd = calling(named, () => openSync(path, flags, 0o600));
  try {
    return calling(named, () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      if (process.platform !== 'win32') fchmodSync(fd, 0o666 & ~process.umask());
      fsyncSync(fd);
      const { dev, ino } = fstatSync(fd);
      return { folder, temporary, dev, ino, [Symbol.dispose]: () => removeIfThere(path) };
    });
  } catch (thrown) {
    removeIfThere(path);
    throw thrown;
  } finally {
    closeSync(fd);
  }
}

/** Whether the folder has anything of this name, a dangling link included. */
export function nameTaken(folder: OpenFolder, name: string): boolean {
  const path = pathOf(folder, name);
  return calling(naming(folder.grant, folder.path, 'folder'), () => lstatSync(path, { throwIfNoEntry: false })) !== undefined;
}

/** Gives a staged file its real name. Throws `name_taken` when there is anything of that name, and leaves that alone. */
export function publishFile(staged: StagedFile, name: string): FileReference {
  const { folder } = staged;
  const path = pathOf(folder, name);
  calling(naming(folder.grant, join(folder.path, name), 'file'), () => linkOrRename(pathOf(folder, staged.temporary), path));
  staged[Symbol.dispose]();
  syncFolder(folder);
  const facts = factsOf(calling(naming(folder.grant, join(folder.path, name), 'file'), () => lstatSync(path)));
  return referenceTo({ grant: folder.grant, path: join(folder.path, name), facts });
}

/**
 * After a crash: takes the temporary name away and says what became of the real one. A reference when `name` is the very
 * file that was staged, `null` when it never got there.
 */
export function settleStaged(folder: OpenFolder, temporary: string, name: string | null, staged: Identity | null): FileReference | null {
  const stat = name === null ? undefined : lstatSync(pathOf(folder, name), { throwIfNoEntry: false });
  const isOurs = stat !== undefined && staged !== null && stat.dev === staged.dev && stat.ino === staged.ino && stat.size === staged.size;
  removeIfThere(pathOf(folder, temporary));
  syncFolder(folder);
  return isOurs && name !== null ? referenceTo({ grant: folder.grant, path: join(folder.path, name), facts: factsOf(stat) }) : null;
}

/** Disks without hard links (FAT, some network ones): the name is taken with an empty file of ours, which the rename replaces. */
function linkOrRename(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (thrown) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errnoOf(thrown) ?? '')) throw thrown;
    closeSync(openSync(to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0), 0o600));
    renameSync(from, to);
  }
}

function pathOf(folder: OpenFolder, name: string): string {
  const problem = segmentProblem(name);
  if (problem !== null) throw refusal('path_refused', problem, naming(folder.grant, folder.path, 'folder'));
  refuseProtected(folder.grant, join(folder.path, name));
  return primitive.at(folder.place, name);
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') throw thrown;
  }
}

/** Windows cannot sync a folder; there the file system's own journal has to do. */
function syncFolder(folder: OpenFolder): void {
  try {
    fsyncSync(folder.place.fd);
  } catch (thrown) {
    if (primitive.strong) throw thrown;
  }
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
