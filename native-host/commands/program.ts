// Which program may be granted, and that it still is that one when it is started. It is checked twice, by the same rules:
// when the person allows it, and on the open descriptor before each start.
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, realpathSync, statSync, type Stats } from 'node:fs';
import { basename, dirname, isAbsolute } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import { foldPath, isInside } from '../../shared/gate/fold-path.ts';
import { errnoOf } from '../gate/resolve/errno.ts';

/** A program that is pinned to its bytes is read as a whole. */
const MAX_PINNED_BYTES = 500_000_000;

/**
 * Programs whose arguments say what else is to be run. What a schema leaves open of them is open to a run, so they are
 * granted only when the person says that this is meant.
 */
const INTERPRETERS =
  /^(a?sh|bash|dash|zsh|fish|[akt]?csh|m?ksh|rbash|busybox|toybox|python[\d.]*|pypy[\d.]*|perl[\d.]*|ruby[\d.]*|node|nodejs|deno|bun|lua(jit)?[\d.]*|php[\d.]*|tclsh[\d.]*|wish[\d.]*|guile[\d.]*|racket|sbcl|java|dotnet|mono|wine\d*|osascript|pwsh|powershell|cmd|cscript|wscript|mshta|[gmn]?awk|sed|ed|ex|vi|vim|nvim|emacs|env|xargs|parallel|find|nohup|nice|ionice|timeout|time|setsid|stdbuf|script|strace|ltrace|gdb|watch|entr|make|ninja|git|ssh|scp|rsync|tar|ld(-linux.*)?\.so.*|unshare|nsenter|chroot|bwrap|flatpak|docker|podman|systemd-run|systemctl|at|batch|crontab|npx?|pnpm|yarn|uvx?|pipx?|cargo|go|gcc|g\+\+|cc|clang)(\.exe)?$/;

export interface OpenProgram extends Disposable {
  fd: number;
  path: string;
  /** Begins with `#!`: the system starts another program, which reads this one by its path. */
  script: boolean;
  /** Its bytes, where they had to be looked at. */
  bytes: Buffer | null;
}

/** The real path of a program that may be granted. Throws `grant_refused` with what to do. */
export function checkProgram(wish: string, said: { interpreter: boolean }, folders: readonly Grant[]): string {
  if (!isAbsolute(wish)) throw refuse(`${shown(wish)} is not a whole path.`, 'Name the program by its absolute path.');
  let path: string;
  try {
    path = realpathSync.native(wish);
  } catch (thrown) {
    throw refuse(`There is no program ${shown(wish)}.`, 'Check the path.', thrown);
  }
  openProgram(path, null, folders)[Symbol.dispose]();
  const named = [wish, path].map((each) => basename(each)).find((name) => INTERPRETERS.test(name.toLowerCase()));
  if (named !== undefined && !said.interpreter)
    throw refuse(
      `${named} runs what it is given, so allowing it can allow everything that this user may do.`,
      'Allow the very program that you mean. If you mean this one, say --interpreter, and leave no place in it that a run could fill with code.',
    );
  return path;
}

/** What a program's bytes hash to. */
export function hashProgram(path: string): string {
  using program = openProgram(path, 'any', []);
  return hashOf(program.bytes);
}

/**
 * Opens a granted program. Throws `grant_refused` when it is not what was allowed: gone, another kind of file, open to
 * changes by others or by runs, or, where it is pinned, with other bytes.
 */
export function openProgram(path: string, sha256: string | 'any' | null, folders: readonly Grant[]): OpenProgram {
  const fd = open(path);
  try {
    const stat = fstatSync(fd);
    const why = whyNot(path, stat, folders);
    if (why !== null)
      throw refuse(`${shown(path)} ${why}.`, 'Look at the program; then allow it again if that is right: headgate grant --command');
    const start = Buffer.alloc(2);
    readSync(fd, start, 0, 2, 0);
    const bytes = sha256 === null ? null : readPinned(path, fd, stat);
    if (sha256 !== null && sha256 !== 'any' && hashOf(bytes) !== sha256)
      throw refuse(
        `${shown(path)} is not the program that was allowed: its bytes are others.`,
        'If it was updated, allow it again: headgate grant --command',
      );
    return { fd, path, script: start.toString('latin1') === '#!', bytes, [Symbol.dispose]: () => closeSync(fd) };
  } catch (thrown) {
    closeSync(fd);
    throw thrown;
  }
}

function open(path: string): number {
  try {
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    if (realpathSync.native(path) === path) return fd;
    closeSync(fd);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'ELOOP')
      throw refuse(`The program ${shown(path)} cannot be opened.`, 'Check whether it is still there.', thrown);
  }
  throw refuse(`${shown(path)} is reached through a link now.`, 'Allow it again if that is right: headgate grant --command');
}

function whyNot(path: string, stat: Stats, folders: readonly Grant[]): string | null {
  if (!stat.isFile()) return 'is no file';
  const within = folders.find((grant) => grant.rights.includes('write') && isInside(foldPath(grant.folder), foldPath(path)));
  if (within !== undefined)
    return `lies in “${escapeForDisplay(within.name)}”, where runs may write: what a run can write, it must not start`;
  if (process.platform === 'win32') return null;
  if ((stat.mode & 0o111) === 0) return 'is not executable';
  if ((stat.mode & 0o6000) !== 0) return 'takes another user’s rights when it starts (setuid)';
  return whoElseMayChange(path, stat);
}

/** It, and each folder on the way, is root's or this user's, and nobody else's to change. */
function whoElseMayChange(path: string, stat: Stats): string | null {
  const user = process.getuid?.();
  for (let at = path, facts = stat; ; at = dirname(at), facts = statSync(at)) {
    const where = at === path ? '' : `lies in ${shown(at)}, which `;
    if (facts.uid !== 0 && facts.uid !== user) return `${where}belongs to another user`;
    // In a sticky folder nobody can replace what is another's.
    const sticky = at !== path && (facts.mode & 0o1000) !== 0;
    if (!sticky && ((facts.mode & 0o002) !== 0 || ((facts.mode & 0o020) !== 0 && facts.gid !== 0 && facts.gid !== process.getgid?.())))
      return `${where}can be changed by other users`;
    if (at === dirname(at)) return null;
  }
}

function readPinned(path: string, fd: number, stat: Stats): Buffer {
  if (stat.size > MAX_PINNED_BYTES) throw refuse(`${shown(path)} is too large to be pinned to its bytes.`, 'Allow it without --hash.');
  return readFileSync(fd);
}

function hashOf(bytes: Buffer | null): string {
  return createHash('sha256')
    .update(bytes ?? '')
    .digest('hex');
}

function shown(path: string): string {
  return escapeForDisplay(path);
}

function refuse(message: string, next: string, cause?: unknown): HeadgateError {
  return new HeadgateError('grant_refused', message, { next, cause });
}
