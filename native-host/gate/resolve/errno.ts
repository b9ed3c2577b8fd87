// The one place where what the system says about the person's files becomes a code and plain words. The message names no
// file: a failed step's message goes into the run's log, which the cloud keeps. The name is in `next`, which stays at home.
import { type ErrorCode, HeadgateError } from '../../../shared/errors.ts';
import { escapeForDisplay } from '../../../shared/gate/names.ts';

type Words = readonly [code: ErrorCode, says: (what: string) => string];

const gone: Words = ['vanished', (what) => `The ${what} is gone: it was moved, renamed or deleted.`];
const noPermission: Words = ['no_permission', (what) => `The system does not let Headgate into this ${what}.`];
const diskFull: Words = ['disk_full', () => 'The disk is full or your quota is used up. Nothing was written.'];
const busy: Words = ['file_busy', (what) => `Another program holds this ${what}. Close it there and try again.`];
const link: Words = ['path_refused', (what) => `There is a link on the way to this ${what}, and Headgate follows none.`];
const notAFile: Words = ['not_a_file', () => 'This is not an ordinary file.'];

/** errno → code and words. A case more is a row more. */
const ERRNO: Readonly<Record<string, Words>> = {
  ENOENT: gone,
  ESTALE: gone,
  EACCES: noPermission,
  EPERM: noPermission,
  EROFS: ['no_permission', (what) => `This ${what} lies on a disk that can only be read.`],
  ENOSPC: diskFull,
  EDQUOT: diskFull,
  EFBIG: diskFull,
  EBUSY: busy,
  ETXTBSY: busy,
  EAGAIN: busy,
  ELOOP: link,
  ENAMETOOLONG: ['path_refused', () => 'The name is too long for this disk.'],
  EILSEQ: ['path_refused', () => 'This disk does not take the name.'],
  EINVAL: ['path_refused', () => 'This disk does not take the name.'],
  EEXIST: ['name_taken', () => 'There is already something of that name.'],
  EXDEV: ['unsupported', (what) => `This ${what} lies on another disk than the place it was to go to.`],
  EISDIR: ['not_a_file', () => 'This is a folder, not a file.'],
  ENOTDIR: ['not_a_folder', () => 'A part of the path is not a folder.'],
  ENXIO: notAFile,
  ENODEV: notAFile,
  EMFILE: ['busy', () => 'Too many files are open at the moment. Try again.'],
  ENFILE: ['busy', () => 'Too many files are open at the moment. Try again.'],
  EIO: ['unavailable', (what) => `The disk reports an error on this ${what}.`],
};

export interface Named {
  what: 'file' | 'folder';
  path: string;
  grantName: string;
}

/** What was thrown by a call on the person's files, as a HeadgateError where its errno is known; else as it was. */
export function fileError(thrown: unknown, named: Named): unknown {
  const words = ERRNO[errnoOf(thrown) ?? ''];
  if (words === undefined) return thrown;
  return new HeadgateError(words[0], words[1](named.what), { cause: thrown, next: words === diskFull ? roomFor(named) : nextFor(named) });
}

/** What the system says when there is nothing of that name: also what is said of something that a grant leaves out. */
export function notThere(named: Named): HeadgateError {
  return new HeadgateError(gone[0], gone[1](named.what), { next: nextFor(named) });
}

export function refusal(code: ErrorCode, message: string, named: Named): HeadgateError {
  return new HeadgateError(code, message, { next: nextFor(named) });
}

export function errnoOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** The file is one that was being made, and is not there to be looked at. */
function roomFor({ grantName }: Named): string {
  return `Make room on the disk of the folder “${escapeForDisplay(grantName)}”.`;
}

function nextFor({ path, grantName }: Named): string {
  const where = escapeForDisplay(grantName);
  return path === '' ? `Look at the folder “${where}”.` : `Look at “${escapeForDisplay(path)}” in “${where}”.`;
}
