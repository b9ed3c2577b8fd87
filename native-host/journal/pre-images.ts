// The store of old versions: files named by the hash of their bytes, so that the same content is kept once. A version is
// whole and on disk before the change that needs it takes effect; until then the disk may sync it while other things are
// done. Where the disk can share blocks, a copy costs nothing. The caps are hard: what cannot be kept is not changed.
//
// A power cut can leave a version that is named but not whole. Nothing took effect then: the change comes out as nothing at
// the next start, and what no change refers to goes (retention.ts) before anything is kept again.
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import { copyBytes } from '../gate/resolve/anchored.ts';
import { errnoOf, fileError, type Named } from '../gate/resolve/errno.ts';
import type { Store } from '../state/database.ts';
import { pooledRandom } from '../state/random.ts';
import { syncFolderMeanwhile, syncMeanwhile } from '../state/write-file.ts';
import { passFaultPoint } from './fault-points.ts';

/** One file that is kept before it is changed. */
export const MAX_PRE_IMAGE_BYTES = 512_000_000;
/** All that is kept together. */
export const MAX_PRE_IMAGES_BYTES = 2_000_000_000;
const READ_BYTES = 1 << 20;
const BYTES_AT_A_STRETCH = 16 << 20;
/** After this a version goes to the disk that no change asks for. */
const UNASKED_MS = 100;

export interface PreImageLimits {
  fileBytes: number;
  totalBytes: number;
}
export const PRE_IMAGE_LIMITS: PreImageLimits = { fileBytes: MAX_PRE_IMAGE_BYTES, totalBytes: MAX_PRE_IMAGES_BYTES };

export interface PreImages {
  /**
   * Keeps the whole of an open file of `size` bytes before it is changed and gives its hash, without waiting for the disk: the
   * change that needs it waits for `kept`. Throws `too_large` or `disk_full`; nothing is kept then.
   */
  keepSoon(fd: number, size: number, names: Named): Promise<string>;
  /** For taking back, and for what has happened: waits for the disk, and goes above the caps where no room can be made. */
  keep(fd: number, size: number, names: Named): Promise<string>;
  /** Whether a file of so many bytes is kept before it is changed. */
  takes(size: number): boolean;
  /** Throws `too_large` for a file that is not. */
  refuseLarge(size: number): void;
  /** Resolves when a version is on disk. Throws `disk_full` when it did not come there. */
  kept(hash: string): Promise<void>;
  /** Opens a kept version for reading; `null` when it is not kept any more. The caller closes it. */
  open(hash: string): number | null;
  has(hash: string): boolean;
  remove(hash: string): void;
  /** While it is held, no room is made at the cost of these versions. */
  hold(hashes: readonly string[]): Disposable;
  isHeld(hash: string): boolean;
  usage(): { count: number; bytes: number };
}

export function preImagesFolder(home: string): string {
  return join(home, 'pre-images');
}

/** The store of this home. `makeRoom` is asked to let go of so many bytes of the oldest, and says how many it could. */
export function createPreImages(
  store: Store,
  now: () => number,
  makeRoom: (bytes: number) => number,
  limits: PreImageLimits = PRE_IMAGE_LIMITS,
): PreImages {
  const folder = preImagesFolder(store.home);
  const fileOf = (hash: string) => join(folder, hash);
  const usage = () =>
    store.get<{ count: number; bytes: number }>('SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM pre_images') ?? {
      count: 0,
      bytes: 0,
    };
  /** What `usage` says of bytes or more: counted anew only where it matters. */
  let atMost: number | null = null;

  /** Of versions that are being copied: no row tells of them yet. */
  let underWay = 0;
  const takes = (size: number): boolean => size <= limits.fileBytes;
  const refuseLarge = (size: number): void => {
    if (!takes(size))
      throw tooLarge(`The file is larger than the ${readable(limits.fileBytes)} that can be kept for undo, so it was left as it is.`);
  };

  const takeRoom = (size: number, isHard: boolean): void => {
    if (isHard) refuseLarge(size);
    if (atMost === null || atMost + size > limits.totalBytes) atMost = usage().bytes + underWay;
    const over = atMost + size - limits.totalBytes;
    if (over > 0 && makeRoom(over) < over && isHard)
      throw tooLarge(
        `Old versions already take up the ${readable(limits.totalBytes)} that Headgate may use, so the file was left as it is.`,
      );
    atMost += size;
  };

  /** How often each is held. */
  const held = new Map<string, number>();
  const letGo = (hash: string): void => {
    const left = (held.get(hash) ?? 0) - 1;
    if (left > 0) held.set(hash, left);
    else held.delete(hash);
  };

  /** Versions that are not known to be on disk, each with what brings it there. */
  const unsynced = new Map<string, () => Promise<void>>();
  const isKept = (hash: string): boolean => store.get('SELECT 1 FROM pre_images WHERE hash = ?', hash) !== undefined;
  const isThere = (hash: string, bytes: number): boolean =>
    isKept(hash) && statSync(fileOf(hash), { throwIfNoEntry: false })?.size === bytes;
  const remove = (hash: string): void => {
    store.run('DELETE FROM pre_images WHERE hash = ?', hash);
    rmSync(fileOf(hash), { force: true });
  };
  /** Brings a new version and its name to disk. What cannot come there is not kept. */
  const sync = async (hash: string, copy: number): Promise<void> => {
    const all = await Promise.allSettled([syncMeanwhile(copy), syncFolderMeanwhile(folder)]);
    closeSync(copy);
    unsynced.delete(hash);
    if (all.some(({ status }) => status === 'rejected')) remove(hash);
  };

  const keepWithin = async (fd: number, size: number, names: Named, isHard: boolean): Promise<string> => {
    takeRoom(size, isHard);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const temporary = join(folder, `${pooledRandom(12).toString('hex')}.tmp`);
    let copy: number | null = null;
    let isNamed = false;
    underWay += size;
    try {
      copy = openCopy(fd, temporary);
      const { hash, bytes } = await fillCopy(fd, copy, names);
      if (isThere(hash, bytes)) {
        store.unsynced(() => store.run('UPDATE pre_images SET kept_at = ? WHERE hash = ?', now(), hash));
        return hash;
      }
      passFaultPoint('pre-image.written');
      renameSync(temporary, fileOf(hash));
      isNamed = true;
      passFaultPoint('pre-image.named');
      store.unsynced(() =>
        store.run(
          'INSERT INTO pre_images (hash, size, kept_at) VALUES (?, ?, ?) ON CONFLICT (hash) DO UPDATE SET kept_at = excluded.kept_at',
          hash,
          bytes,
          now(),
        ),
      );
      const opened = copy;
      copy = null;
      unsynced.set(
        hash,
        atOnceOrSoon(() => sync(hash, opened)),
      );
      return hash;
    } catch (thrown) {
      throw fileError(thrown, OWN_FOLDER);
    } finally {
      underWay -= size;
      if (copy !== null) closeSync(copy);
      if (!isNamed) rmSync(temporary, { force: true });
    }
  };
  const kept: PreImages['kept'] = async (hash) => {
    await unsynced.get(hash)?.();
    if (!isKept(hash))
      throw new HeadgateError('disk_full', 'The old version could not be kept, so the file was left as it is.', {
        next: 'Make room on the disk of Headgate’s own folder.',
      });
  };

  return {
    usage,
    takes,
    refuseLarge,
    has: (hash) => existsSync(fileOf(hash)),
    keepSoon: (fd, size, names) => keepWithin(fd, size, names, true),
    kept,
    async keep(fd, size, names) {
      const hash = await keepWithin(fd, size, names, false);
      await kept(hash);
      return hash;
    },
    remove,
    hold(hashes) {
      for (const hash of hashes) held.set(hash, (held.get(hash) ?? 0) + 1);
      return { [Symbol.dispose]: () => hashes.forEach(letGo) };
    },
    isHeld: (hash) => held.has(hash),
    open(hash) {
      try {
        return openSync(fileOf(hash), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      } catch (thrown) {
        if (errnoOf(thrown) === 'ENOENT') return null;
        throw thrown;
      }
    },
  };
}

/** Does it once: when it is asked for, so that it goes to the disk together with what is asked for then, or by itself when nobody asks. */
function atOnceOrSoon(act: () => Promise<void>): () => Promise<void> {
  let under: Promise<void> | null = null;
  const start = (): Promise<void> => {
    clearTimeout(later);
    under ??= act();
    return under;
  };
  // What goes wrong then is for the next start to find: nothing refers to it.
  const later = setTimeout(() => void start().catch(() => {}), UNASKED_MS).unref();
  return start;
}

const OWN_FOLDER: Named = { what: 'folder', path: '', grantName: 'Headgate’s own folder' };

/** Closes what `open` gave. */
export function closePreImage(fd: number): void {
  closeSync(fd);
}

/** Files of the store that nothing refers to: what a crash left between a copy and its row. Returns how many went. */
export function removeStrays(store: Store): number {
  const folder = preImagesFolder(store.home);
  if (!existsSync(folder)) return 0;
  const known = new Set(store.all<{ hash: string }>('SELECT hash FROM pre_images').map(({ hash }) => hash));
  const strays = readdirSync(folder).filter((name) => !known.has(name));
  for (const name of strays) rmSync(join(folder, name), { force: true });
  return strays.length;
}

/** A new file of the store: with the blocks of the open file, where the disk can share them, else empty. */
function openCopy(fd: number, temporary: string): number {
  return cloned(fd, temporary) ? openSync(temporary, 'r+') : openSync(temporary, 'wx', 0o600);
}

/** Copies what is not there yet, and hashes it. */
async function fillCopy(fd: number, copy: number, names: Named): Promise<{ hash: string; bytes: number }> {
  const hash = createHash('sha256');
  if (fstatSync(copy).size > 0) {
    const bytes = await hashFile(copy, hash);
    passFaultPoint('pre-image.half-written');
    return { hash: hash.digest('hex'), bytes };
  }
  const bytes = await copyBytes(
    fd,
    copy,
    (part) => {
      hash.update(part);
      passFaultPoint('pre-image.half-written');
    },
    names,
  );
  return { hash: hash.digest('hex'), bytes };
}

/** Disks that share no blocks with the store's: they are not asked again. */
const sharesNothing = new Set<number>();

/** Whether the disk could share the blocks of the open file (Linux; Btrfs, XFS, bcachefs). */
function cloned(fd: number, temporary: string): boolean {
  if (process.platform !== 'linux') return false;
  const { dev } = fstatSync(fd);
  if (sharesNothing.has(dev)) return false;
  try {
    copyFileSync(`/proc/self/fd/${fd}`, temporary, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return true;
  } catch (thrown) {
    if (CANNOT_SHARE.has(errnoOf(thrown) ?? '')) sharesNothing.add(dev);
    rmSync(temporary, { force: true });
    return false;
  }
}

const CANNOT_SHARE = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'ENOTTY', 'ENOSYS']);

/** Reads a whole open file into a hash. */
export async function hashFile(fd: number, hash: ReturnType<typeof createHash>): Promise<number> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let at = 0;
  for (let pause = BYTES_AT_A_STRETCH; ; ) {
    const got = readSync(fd, buffer, 0, buffer.length, at);
    if (got === 0) return at;
    hash.update(buffer.subarray(0, got));
    at += got;
    if (at < pause) continue;
    pause = at + BYTES_AT_A_STRETCH;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function readable(bytes: number): string {
  return bytes >= 1e9 ? `${Math.round(bytes / 1e8) / 10} GB` : `${Math.round(bytes / 1e6)} MB`;
}

function tooLarge(message: string): HeadgateError {
  return new HeadgateError('too_large', message, { next: 'Change it in its own program.' });
}
