// The store of old versions: files named by the hash of their bytes, so that the same content is kept once. A version is
// whole and on disk before the change that needs it begins. Where the disk can share blocks, a copy costs nothing. The
// caps are hard: what cannot be kept is not changed.
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import { copyBytes } from '../gate/resolve/anchored.ts';
import { errnoOf, fileError, type Named } from '../gate/resolve/errno.ts';
import type { Store } from '../state/database.ts';
import { syncFolder } from '../state/write-file.ts';
import { passFaultPoint } from './fault-points.ts';

/** One file that is kept before it is changed. */
export const MAX_PRE_IMAGE_BYTES = 512_000_000;
/** All that is kept together. */
export const MAX_PRE_IMAGES_BYTES = 2_000_000_000;
const READ_BYTES = 1 << 20;
const BYTES_AT_A_STRETCH = 16 << 20;

export interface PreImageLimits {
  fileBytes: number;
  totalBytes: number;
}
export const PRE_IMAGE_LIMITS: PreImageLimits = { fileBytes: MAX_PRE_IMAGE_BYTES, totalBytes: MAX_PRE_IMAGES_BYTES };

export interface PreImages {
  /** Keeps the whole of an open file of `size` bytes and gives its hash. Throws `too_large` or `disk_full`; nothing is kept then. */
  keep(fd: number, size: number, names: Named): Promise<string>;
  /** Opens a kept version for reading; `null` when it is not kept any more. The caller closes it. */
  open(hash: string): number | null;
  has(hash: string): boolean;
  remove(hash: string): void;
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

  const refuseTooMuch = (size: number): void => {
    if (size > limits.fileBytes)
      throw tooLarge(`The file is larger than the ${readable(limits.fileBytes)} that can be kept for undo, so it was left as it is.`);
    const over = usage().bytes + size - limits.totalBytes;
    if (over > 0 && makeRoom(over) < over)
      throw tooLarge(
        `Old versions already take up the ${readable(limits.totalBytes)} that Headgate may use, so the file was left as it is.`,
      );
  };

  return {
    usage,
    has: (hash) => existsSync(fileOf(hash)),
    async keep(fd, size, names) {
      refuseTooMuch(size);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const temporary = join(folder, `${randomBytes(12).toString('hex')}.tmp`);
      try {
        const { hash, bytes } = await copyInto(fd, temporary, names);
        if (store.get('SELECT 1 FROM pre_images WHERE hash = ?', hash) !== undefined && existsSync(fileOf(hash))) {
          store.run('UPDATE pre_images SET kept_at = ? WHERE hash = ?', now(), hash);
          return hash;
        }
        passFaultPoint('pre-image.synced');
        renameSync(temporary, fileOf(hash));
        syncFolder(folder);
        passFaultPoint('pre-image.named');
        store.run(
          'INSERT INTO pre_images (hash, size, kept_at) VALUES (?, ?, ?) ON CONFLICT (hash) DO UPDATE SET kept_at = excluded.kept_at',
          hash,
          bytes,
          now(),
        );
        return hash;
      } catch (thrown) {
        throw fileError(thrown, { what: 'folder', path: '', grantName: 'Headgate’s own folder' });
      } finally {
        rmSync(temporary, { force: true });
      }
    },
    open(hash) {
      try {
        return openSync(fileOf(hash), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      } catch (thrown) {
        if (errnoOf(thrown) === 'ENOENT') return null;
        throw thrown;
      }
    },
    remove(hash) {
      store.run('DELETE FROM pre_images WHERE hash = ?', hash);
      rmSync(fileOf(hash), { force: true });
    },
  };
}

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

async function copyInto(fd: number, temporary: string, names: Named): Promise<{ hash: string; bytes: number }> {
  const hash = createHash('sha256');
  if (cloned(fd, temporary)) {
    const copy = openSync(temporary, 'r+');
    try {
      const bytes = await hashFile(copy, hash);
      passFaultPoint('pre-image.half-written');
      fsyncSync(copy);
      return { hash: hash.digest('hex'), bytes };
    } finally {
      closeSync(copy);
    }
  }
  const copy = openSync(temporary, 'wx', 0o600);
  try {
    const bytes = await copyBytes(
      fd,
      copy,
      (part) => {
        hash.update(part);
        passFaultPoint('pre-image.half-written');
      },
      names,
    );
    fsyncSync(copy);
    return { hash: hash.digest('hex'), bytes };
  } finally {
    closeSync(copy);
  }
}

/** Whether the disk could share the blocks of the open file (Linux; Btrfs, XFS, bcachefs). */
function cloned(fd: number, temporary: string): boolean {
  if (process.platform !== 'linux') return false;
  try {
    copyFileSync(`/proc/self/fd/${fd}`, temporary, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return true;
  } catch {
    rmSync(temporary, { force: true });
    return false;
  }
}

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
