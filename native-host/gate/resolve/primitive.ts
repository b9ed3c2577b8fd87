// The platform's way to open one name in one open folder without following a link: the piece that differs between
// systems. On Linux `/proc/self/fd/<folder>/<name>` makes the kernel start at the open folder itself, so nothing that is
// renamed or swapped on the way there can lead elsewhere. Node offers nothing like it on other systems; there the name is
// opened without following it and its real path compared afterwards, which leaves a narrow race. `doctor` says which.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Dirent,
} from 'node:fs';
import { join } from 'node:path';
import { HeadgateError } from '../../../shared/errors.ts';

/** An open folder: its descriptor, and the real path that it had when it was opened. */
export interface Place {
  fd: number;
  real: string;
}

export interface Primitive {
  id: 'linux-proc-fd' | 'open-then-realpath';
  /** Safe by construction against names swapped while they are resolved. */
  strong: boolean;
  says: string;
  /** Path by which the kernel reaches a name in an open folder; for calls that follow no last link (lstat, link, unlink). */
  at(place: Place, name: string): string;
  openRoot(folder: string): number;
  openFolder(place: Place, name: string): number;
  /** Opens a regular file for reading. Throws `path_refused` for a link, `not_a_file` for anything else, without touching it. */
  openFile(place: Place, name: string): number;
  list(place: Place): Dirent[];
  /** The path that this descriptor has now. */
  realPath(fd: number, believed: string): string;
  /** Whether two descriptors lie on the same mount although their device numbers differ, or on two though they are the same. */
  sameMount(a: number, b: number): boolean;
  /** The mount that an open file or folder lies on, `null` where the system does not tell. The same disk at two places is two mounts. */
  mountOf(fd: number): string | null;
  /** The same of a granted folder that was just opened, known for a moment: should it be another by then, the first look below it refuses. */
  mountOfRoot(fd: number, folder: string): string | null;
  /** Whether anything is mounted below this folder, the same disk at another place included, as of a moment ago. */
  holdsMounts(folder: string): boolean;
}

const { O_RDONLY } = constants;
// Windows has none of these; 0 leaves them out.
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const O_DIRECTORY = constants.O_DIRECTORY ?? 0;
const O_NONBLOCK = constants.O_NONBLOCK ?? 0;
const O_NOCTTY = constants.O_NOCTTY ?? 0;
/** Linux only: names a file without opening it, so that not even a device notices. Node has no constant for it. */
const O_PATH = 0o10000000;

const linux: Primitive = {
  id: 'linux-proc-fd',
  strong: true,
  says: 'Paths are walked by open folders (/proc/self/fd), and no link is followed.',
  at: (place, name) => `/proc/self/fd/${place.fd}/${name}`,
  openRoot: (folder) => openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
  openFolder(place, name) {
    return openSync(linux.at(place, name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  },
  openFile(place, name) {
    const probe = openSync(linux.at(place, name), O_PATH | O_NOFOLLOW);
    try {
      refuseUnlessFile(fstatSync(probe));
      return openSync(`/proc/self/fd/${probe}`, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    } finally {
      closeSync(probe);
    }
  },
  list: (place) => readdirSync(`/proc/self/fd/${place.fd}`, { withFileTypes: true }),
  realPath: (fd) => readlinkSync(`/proc/self/fd/${fd}`),
  sameMount: (a, b) => mountOf(a) === mountOf(b),
  mountOf,
  mountOfRoot,
  holdsMounts,
};

const portable: Primitive = {
  id: 'open-then-realpath',
  strong: false,
  says: 'paths are opened without following a last link, then their real path is compared; a folder swapped at that very moment could be missed',
  at: (place, name) => join(place.real, name),
  openRoot: (folder) => openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
  openFolder: (place, name) => openChecked(place, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
  openFile(place, name) {
    refuseUnlessFile(lstatSync(portable.at(place, name)));
    return openChecked(place, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
  },
  list: (place) => readdirSync(place.real, { withFileTypes: true }),
  realPath: (_fd, believed) => realpathSync.native(believed),
  sameMount: () => false,
  mountOf: () => null,
  mountOfRoot: () => null,
  holdsMounts: () => false,
};

/** The primitive in force on this system. */
export function choosePrimitive(platform: NodeJS.Platform = process.platform): Primitive {
  return platform === 'linux' ? linux : portable;
}

function openChecked(place: Place, name: string, flags: number): number {
  const path = portable.at(place, name);
  const fd = openSync(path, flags);
  try {
    const [opened, named] = [fstatSync(fd), lstatSync(path)];
    const real = realpathSync.native(path);
    const same =
      opened.dev === named.dev && opened.ino === named.ino && real.toLowerCase().normalize('NFC') === path.toLowerCase().normalize('NFC');
    if (!same) throw new HeadgateError('path_refused', 'There is a link on the way, and Headgate follows none.');
    return fd;
  } catch (thrown) {
    closeSync(fd);
    throw thrown;
  }
}

function refuseUnlessFile(stat: { isFile(): boolean; isSymbolicLink(): boolean; isDirectory(): boolean }): void {
  if (stat.isFile()) return;
  if (stat.isSymbolicLink()) throw new HeadgateError('path_refused', 'This is a link, and Headgate follows none.');
  if (stat.isDirectory()) throw new HeadgateError('not_a_file', 'This is a folder, not a file.');
  throw new HeadgateError('not_a_file', 'This is not an ordinary file but a device, a pipe or a socket.');
}

/** Overlay file systems number files and folders differently; the mount's id tells whether it is really another place. */
function mountOf(fd: number): string | null {
  const about = openSync(`/proc/self/fdinfo/${fd}`, O_RDONLY);
  try {
    const length = readSync(about, FD_INFO, 0, FD_INFO.length, 0);
    return /^mnt_id:\s*(\d+)/m.exec(FD_INFO.toString('latin1', 0, length))?.[1] ?? null;
  } finally {
    closeSync(about);
  }
}

/** What is asked for comes in its first lines. */
const FD_INFO = Buffer.alloc(512);
const roots = new Map<string, { mount: string | null; until: number }>();
const MAX_ROOTS = 500;

function mountOfRoot(fd: number, folder: string): string | null {
  const now = performance.now();
  const known = roots.get(folder);
  if (known !== undefined && now < known.until) return known.mount;
  const mount = mountOf(fd);
  if (roots.size >= MAX_ROOTS) roots.clear();
  roots.set(folder, { mount, until: now + MOUNTS_LIFE_MS });
  return mount;
}

const MOUNTS_LIFE_MS = 1_000;
/** `holding`: the folders that were asked for since, each of which a grant names. */
let mounts: { points: readonly string[]; holding: Map<string, boolean>; until: number } = { points: [], holding: new Map(), until: 0 };

function holdsMounts(folder: string): boolean {
  const { points, holding } = currentMounts();
  const known = holding.get(folder);
  if (known !== undefined) return known;
  const found = points.some((point) => point.startsWith(folder === '/' ? '/' : `${folder}/`));
  holding.set(folder, found);
  return found;
}

/** Where something is mounted, looked at anew after a second: mounting is root's act and seldom. */
function currentMounts(): typeof mounts {
  const now = performance.now();
  if (now < mounts.until) return mounts;
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const points = lines.flatMap((line) => line.split(' ')[4] ?? []);
  mounts = { points: points.filter((point) => point !== '/').map(unescapeOctal), holding: new Map(), until: now + MOUNTS_LIFE_MS };
  return mounts;
}

/** The kernel writes blanks and backslashes of a path as `\040`. Bytes that are no UTF-8 stay what Node made of them. */
function unescapeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
