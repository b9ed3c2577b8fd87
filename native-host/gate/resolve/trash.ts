// The desktop's trash on Linux, as freedesktop.org's Trash specification 1.0 has it: the home trash for files on its disk,
// `.Trash/$uid` or `.Trash-$uid` at the top of any other. Its folders are opened once, checked on their descriptors and
// used by these. The info file comes first, newly made, so that two programs never take the same name.
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  type Stats,
  statSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HeadgateError } from '../../../shared/errors.ts';
import { trashHome } from '../../config.ts';
import { realPathOf, type OpenFolder } from '../resolve.ts';
import { absoluteOf, anchored, refuseMoved, refuseRepositoryMade, renameToFree, type Spot, writeAll } from './anchored.ts';
import { errnoOf, fileError, type Named } from './errno.ts';
import { segmentProblem } from './path.ts';
import { refuseDivided, refuseProtectedIn } from './whole.ts';

const MAX_NAMES = 2_000;
const FOLDER = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

const THE_TRASH: Named = { what: 'folder', path: '', grantName: 'the trash' };

/** The open trash of one disk. */
export interface Trash extends Disposable {
  readonly place: string;
  readonly files: number;
  readonly info: number;
  /** The top folder of its disk, to which its paths are relative; `null` for the home trash. */
  readonly top: string | null;
}

/** The trash that things in this folder go to, made where there is none. Throws `unsupported` where Headgate knows no trash. */
export function trashFor(folder: OpenFolder): Trash {
  refuseElsewhere();
  const home = trashHome();
  if (deviceOf(home) === folder.dev) return openTrash(home, null);
  const top = topOf(realPathOf(folder), folder.dev);
  const uid = process.getuid?.() ?? 0;
  const shared = lstatSync(join(top, '.Trash'), { throwIfNoEntry: false });
  const place =
    shared?.isDirectory() === true && (shared.mode & 0o1000) !== 0 ? join(top, '.Trash', String(uid)) : join(top, `.Trash-${uid}`);
  return openTrash(place, top);
}

/** Opens a trash by the place that was noted down. */
export function openTrash(place: string, top: string | null): Trash {
  refuseElsewhere();
  const opened: number[] = [];
  try {
    if (top === null) mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    const open = (path: string) => {
      const fd = openOwn(path);
      opened.push(fd);
      return fd;
    };
    const folder = open(place);
    const [files, info] = [open(`/proc/self/fd/${folder}/files`), open(`/proc/self/fd/${folder}/info`)];
    return { place, files, info, top, [Symbol.dispose]: () => opened.forEach(closeSync) };
  } catch (thrown) {
    opened.forEach(closeSync);
    throw fileError(thrown, THE_TRASH);
  }
}

/** A name that is free in this trash. `planned` are names that will be taken. */
export function freeTrashName(trash: Trash, wish: string, planned: ReadonlySet<string> = new Set()): string {
  const dot = wish.lastIndexOf('.');
  const [stem, extension] = dot > 0 && wish.length - dot <= 12 ? [wish.slice(0, dot), wish.slice(dot)] : [wish, ''];
  for (let attempt = 1; attempt <= MAX_NAMES; attempt += 1) {
    const name = `${attempt === 1 ? stem : `${stem} ${attempt}`}${extension}`;
    if (segmentProblem(`${name}.trashinfo`) !== null) break;
    if (!planned.has(name) && lookIn(trash.info, `${name}.trashinfo`) === null && lookIn(trash.files, name) === null) return name;
  }
  const name = `trashed-${process.hrtime.bigint().toString(36)}${extension}`;
  return planned.has(name) ? freeTrashName(trash, `${name}-`, planned) : name;
}

/** Writes down where the thing was. Throws `name_taken`. */
export function writeTrashInfo(trash: Trash, name: string, original: string, now: Date): void {
  calling(() => {
    const fd = openSync(at(trash.info, `${name}.trashinfo`), NEW_FILE, 0o600);
    try {
      writeAll(fd, Buffer.from(trashInfo(trash.top === null ? original : original.slice(trash.top.length).replace(/^\//, ''), now)));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  });
}

export function trashInfo(path: string, now: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
  return `[Trash Info]\nPath=${path.split('/').map(encodeURIComponent).join('/')}\nDeletionDate=${day}T${time}\n`;
}

export function removeTrashInfo(trash: Trash, name: string): void {
  unlinkIfThere(at(trash.info, `${name}.trashinfo`));
}

/** What has this name among the trashed things; `null` when the trash was emptied. */
export function lookInTrash(trash: Trash, name: string): Stats | null {
  return lookIn(trash.files, name);
}

/** Moves a thing into the trash under a free name. `between` is called while a file has both. */
export function moveToTrash(from: Spot, trash: Trash, name: string, folder: boolean, between: () => void): void {
  const source = anchored(from, folder ? 'folder' : 'file');
  if (folder) {
    refuseDivided(from.folder);
    refuseProtectedIn(source, absoluteOf(from), inTrash(trash, name), THE_TRASH);
  }
  moveName(source, at(trash.files, name), folder, between, () => {});
}

/** Moves a thing out of the trash to a free name. */
export function moveFromTrash(trash: Trash, name: string, to: Spot, folder: boolean, between: () => void): void {
  const [source, target] = [at(trash.files, name), anchored(to, folder ? 'folder' : 'file')];
  refuseMoved(to);
  if (folder) {
    refuseDivided(to.folder);
    refuseProtectedIn(source, inTrash(trash, name), absoluteOf(to), THE_TRASH);
  }
  moveName(source, target, folder, between, () => refuseRepositoryMade(to, folder ? 'folder' : 'file'));
}

export function removeFromTrash(trash: Trash, name: string): void {
  unlinkIfThere(at(trash.files, name));
}

export function syncTrash(trash: Trash): void {
  fsyncSync(trash.files);
  fsyncSync(trash.info);
}

function moveName(source: string, target: string, folder: boolean, between: () => void, stays: () => void): void {
  calling(() => {
    if (!folder) {
      try {
        linkSync(source, target);
        return finishMove(source, target, () => {
          between();
          stays();
        });
      } catch (thrown) {
        if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errnoOf(thrown) ?? '')) throw thrown;
      }
    }
    renameToFree(source, target, stays);
  });
}

function finishMove(source: string, target: string, between: () => void): void {
  try {
    between();
    unlinkSync(source);
  } catch (thrown) {
    unlinkSync(target);
    throw thrown;
  }
}

function openOwn(path: string): number {
  try {
    mkdirSync(path, 0o700);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') throw thrown;
  }
  const fd = openSync(path, FOLDER);
  const stat = fstatSync(fd);
  if (stat.uid === process.getuid?.()) return fd;
  closeSync(fd);
  throw new HeadgateError('no_permission', 'The trash on that disk belongs to another user.');
}

/** The device that this folder is on or, while it is not there, would be on. */
function deviceOf(folder: string): number {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat === undefined && dirname(folder) !== folder ? deviceOf(dirname(folder)) : (stat?.dev ?? -1);
}

function topOf(folder: string, dev: number): string {
  const parent = dirname(folder);
  return parent === folder || statSync(parent).dev !== dev ? folder : topOf(parent, dev);
}

function at(fd: number, name: string): string {
  const problem = segmentProblem(name);
  if (problem !== null || basename(name) !== name) throw new HeadgateError('path_refused', problem ?? 'That is no name.');
  return `/proc/self/fd/${fd}/${name}`;
}

function inTrash({ place }: Trash, name: string): string {
  return join(place, 'files', name);
}

function lookIn(fd: number, name: string): Stats | null {
  return lstatSync(at(fd, name), { throwIfNoEntry: false }) ?? null;
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ENOENT') throw thrown;
  }
}

function calling<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (thrown) {
    throw fileError(thrown, { ...THE_TRASH, what: 'file' });
  }
}

function refuseElsewhere(): void {
  if (process.platform === 'linux') return;
  throw new HeadgateError('unsupported', 'Headgate does not know the trash of this system yet. Nothing was changed.', {
    next: 'Move the files to a folder instead.',
  });
}
