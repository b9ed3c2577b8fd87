// The file that says what the person allowed. It lies in Headgate's own folder, belongs to this user alone, and is taken
// whole or not at all: a file that is damaged or that others could have written stops everything with `grants_damaged`
// until the person mends it. Only a missing file means "nothing granted yet". It is read again whenever it changed on disk.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, sep } from 'node:path';
import * as z from 'zod';
import { HeadgateError, toErrorData } from '../../shared/errors.ts';
import { CommandGrant } from '../../shared/gate/commands.ts';
import { foldFolder, foldPath, isInside } from '../../shared/gate/fold-path.ts';
import {
  Grant,
  type GrantView,
  type Names,
  namesOf,
  type Narrowing,
  narrowGrant,
  NEW_GRANT,
  onlyNarrows,
  type Right,
} from '../../shared/gate/grants.ts';
import { type Label, strictest } from '../../shared/gate/labels.ts';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import { globProblem, MAX_GLOBS } from '../../shared/gate/visibility.ts';
import { type GrantId, makeId } from '../../shared/ids.ts';
import type { Allowed } from './grant-reader.ts';
import { makeCommand, type NewCommand } from './command-grants.ts';
import { protectedReason } from './protected.ts';
import { errnoOf, fileError } from './resolve/errno.ts';
import { openRoot } from './resolve.ts';
import { isVisible, leaveOutBy } from './visible.ts';

const MAX_GRANTS = 200;
const MAX_FILE_BYTES = 2_000_000;

const GrantsContent = z.strictObject({
  version: z.literal(1),
  grants: z.array(Grant).max(MAX_GRANTS),
  commands: z.array(CommandGrant).max(MAX_GRANTS).default([]),
});
type GrantsContent = z.infer<typeof GrantsContent>;

export interface NewGrant {
  folder: string;
  name?: string | undefined;
  rights?: readonly Right[] | undefined;
  label?: Label | undefined;
  include?: readonly string[] | undefined;
  exclude?: readonly string[] | undefined;
  /** `null` takes the limit away. */
  maxFileBytes?: number | null | undefined;
  maxFiles?: number | null | undefined;
  names?: Names | undefined;
}

export interface GrantsFile extends Allowed {
  readonly file: string;
  /** Every grant. Throws `grants_damaged`. */
  list(): readonly Grant[];
  /** When the file was last written; `null` where there is none. */
  changedAt(): number | null;
  /** The person's own act. The same folder again changes what is named of its grant and keeps the rest. Throws `grant_refused`. */
  add(wish: NewGrant): Grant;
  /** Takes away: rights, names, files by more excludes or smaller limits; makes the label stricter. Throws `grant_refused` for anything that widens. */
  narrow(id: GrantId, change: Narrowing): Grant;
  /** Of a folder or of a command. */
  revoke(id: GrantId): void;
  commands(): readonly CommandGrant[];
  /** The person's own act, in a terminal. A command of the same name gives way. Throws `grant_refused`. */
  addCommand(wish: NewCommand): CommandGrant;
}

/** The grants of the Headgate folder `home`. Nothing is read before it is asked for. */
export function createGrantsFile(home: string, now: () => number = Date.now): GrantsFile {
  const file = grantsFile(home);
  let known: { stamp: string; content: GrantsContent } | null = null;

  const content = (): GrantsContent => {
    const stamp = stampOf(file);
    if (known === null || known.stamp !== stamp) known = { stamp, content: loadContent(home) };
    return known.content;
  };
  const list = (): readonly Grant[] => content().grants;
  const grant = (id: GrantId, grants = list()): Grant => {
    const found = grants.find((candidate) => candidate.id === id);
    if (found === undefined)
      throw new HeadgateError('grant_not_found', 'This folder is not granted any more.', { next: 'Grant it again: headgate grant FOLDER' });
    return found;
  };
  const save = (grants: readonly Grant[], commands: readonly CommandGrant[] = content().commands): void => {
    saveContent(home, { version: 1, grants: [...grants], commands: [...commands] });
    known = null;
  };
  const replace = (changed: Grant): Grant => {
    const isThere = list().some((candidate) => candidate.id === changed.id);
    save(isThere ? list().map((candidate) => (candidate.id === changed.id ? changed : candidate)) : [...list(), changed]);
    return grant(changed.id);
  };

  return {
    file,
    list,
    changedAt: () => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? null : Math.floor(stat.mtimeMs);
    },
    grant: (id) => grant(id),
    // What a grant leaves out by now is `home` and has no name: what was made of it before leaves no more.
    labelOf(id, path) {
      const grants = list();
      const found = grant(id, grants);
      return leavesOut(found, path) ? 'home' : labelOf(grants, found, path);
    },
    namesOf(id, path) {
      const grants = list();
      const found = grant(id, grants);
      return leavesOut(found, path) ? 'hidden' : namesIn(grants, found, path);
    },
    add(wish) {
      const folder = checkFolder(wish.folder, home);
      const existing = list().find((candidate) => candidate.folder === folder);
      if (existing === undefined && list().length >= MAX_GRANTS)
        throw refuse(`There are already ${MAX_GRANTS} grants.`, 'Revoke one: headgate revoke NAME');
      const before = existing ?? NEW_GRANT;
      const maxFileBytes = wish.maxFileBytes === undefined ? existing?.maxFileBytes : (wish.maxFileBytes ?? undefined);
      const maxFiles = wish.maxFiles === undefined ? existing?.maxFiles : (wish.maxFiles ?? undefined);
      const label = wish.label ?? before.label;
      const added: Grant = {
        id: existing?.id ?? makeId('g', randomBytes),
        name: (wish.name ?? existing?.name ?? nameAmong(folder, list())).slice(0, 80),
        folder,
        rights: [...new Set(wish.rights ?? before.rights)],
        label,
        include: checkGlobs(wish.include ?? before.include),
        exclude: checkGlobs(wish.exclude ?? before.exclude),
        ...(maxFileBytes !== undefined && { maxFileBytes }),
        ...(maxFiles !== undefined && { maxFiles }),
        // Names that `home` has hidden stay hidden when the label is loosened and nothing is said of names.
        names: namesOf({ label, names: wish.names ?? namesOf(before) }),
        createdAt: existing?.createdAt ?? now(),
      };
      return replace(added);
    },
    narrow(id, change) {
      const current = grant(id);
      if (!onlyNarrows(current, change))
        throw refuse('Only the person can widen a grant.', 'In a terminal: headgate grant FOLDER with the rights you want');
      const narrowed = narrowGrant(current, change);
      return replace({ ...narrowed, exclude: checkGlobs(narrowed.exclude) });
    },
    revoke(id) {
      const { commands } = content();
      if (commands.some((command) => command.id === id))
        return save(
          list(),
          commands.filter((command) => command.id !== id),
        );
      const { id: found } = grant(id);
      save(list().filter((candidate) => candidate.id !== found));
    },
    commands: () => content().commands,
    command(id) {
      const found = content().commands.find((candidate) => candidate.id === id);
      if (found === undefined)
        throw new HeadgateError('grant_not_found', 'This command is not allowed any more.', {
          next: 'Allow it again: headgate grant --command PROGRAM',
        });
      return found;
    },
    addCommand(wish) {
      const command = makeCommand(wish, {
        folders: list(),
        checkFolder: (folder) => checkFolder(folder, home),
        id: makeId('g', randomBytes),
        now: now(),
      });
      const others = content().commands.filter((candidate) => candidate.name !== command.name);
      if (others.length >= MAX_GRANTS) throw refuse(`There are already ${MAX_GRANTS} commands.`, 'Revoke one: headgate revoke NAME');
      save(list(), [...others, command]);
      return command;
    },
  };
}

export function grantsFile(home: string): string {
  return join(home, 'grants.json');
}

/** Reads the grants of `home`; none when there is no file. Throws `grants_damaged` when the file cannot be trusted whole. */
export function loadGrants(home: string): readonly Grant[] {
  return loadContent(home).grants;
}

function loadContent(home: string): GrantsContent {
  const file = grantsFile(home);
  const text = readTrusted(file);
  if (text === null) return { version: 1, grants: [], commands: [] };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw damaged(file, 'it is not valid JSON', cause);
  }
  const parsed = GrantsContent.safeParse(json);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw damaged(file, `it does not have the form that Headgate writes${where === '' ? '' : ` (at ${where})`}`, parsed.error);
  }
  const ids = [...parsed.data.grants, ...parsed.data.commands].map(({ id }) => id);
  if (new Set(ids).size < ids.length) throw damaged(file, 'two grants have the same id');
  for (const grant of parsed.data.grants) leaveOutNested(grant, parsed.data.grants);
  return parsed.data;
}

/**
 * What a grant of a folder further down leaves out is left out for those as well who come by this one: a nested grant can
 * tighten, never loosen. Not the other way round: the person granted the folder further down for itself.
 */
function leaveOutNested(grant: Grant, grants: readonly Grant[]): void {
  const folder = foldFolder(grant);
  const nested = grants.filter((other) => other !== grant && other.exclude.length > 0 && isInside(folder, foldFolder(other)));
  if (nested.length > 0) leaveOutBy(grant, () => nested);
}

function leavesOut(grant: Grant, path: string): boolean {
  return path !== '' && !isVisible(grant, path, 'file');
}

/**
 * What all grants that contain this file of `grant` say of it: the strictest label, as a nested grant can tighten, never
 * loosen; and whether others may know what it is called, which any of them can hide.
 */
export function saidOf(grants: readonly Grant[], grant: Grant, path: string): { label: Label; names: Names } {
  const all = [grant, ...containing(grants, grant, path)];
  const label = strictest(all.map((each) => each.label));
  return { label, names: label === 'home' || all.some((each) => namesOf(each) === 'hidden') ? 'hidden' : 'shown' };
}

export function labelOf(grants: readonly Grant[], grant: Grant, path: string): Label {
  return saidOf(grants, grant, path).label;
}

export function namesIn(grants: readonly Grant[], grant: Grant, path: string): Names {
  return saidOf(grants, grant, path).names;
}

function containing(grants: readonly Grant[], grant: Grant, path: string): Grant[] {
  const target = foldPath(`${grant.folder}/${path}`);
  return grants.filter((candidate) => isInside(foldFolder(candidate), target));
}

/** The globs each once. Throws `grant_refused` for one that is none, and for too many. */
function checkGlobs(globs: readonly string[]): string[] {
  const each = [...new Set(globs)];
  for (const glob of each) {
    const problem = globProblem(glob);
    if (problem !== null)
      throw refuse(
        `The glob “${escapeForDisplay(glob).slice(0, 200)}” cannot be taken: ${problem}.`,
        'Examples: *.key   Taxes   Letters/**/*.{md,txt}',
      );
  }
  if (each.length > MAX_GLOBS) throw refuse(`A grant has at most ${MAX_GLOBS} globs of a kind.`, 'Say several in one: *.{key,pem}');
  return each;
}

/** A grant as clients on this machine see it. */
export function viewGrant(grant: Grant, personHome: string = homedir()): GrantView {
  const { id, name, rights, label, folder, include, exclude, maxFileBytes, maxFiles } = grant;
  const short = folder === personHome ? '~' : folder.startsWith(personHome + sep) ? `~${folder.slice(personHome.length)}` : folder;
  return {
    id,
    name,
    rights,
    label,
    display: escapeForDisplay(short).slice(0, 4096),
    include,
    exclude,
    ...(maxFileBytes !== undefined && { maxFileBytes }),
    ...(maxFiles !== undefined && { maxFiles }),
    names: namesOf(grant),
    state: stateOf(grant),
  };
}

function stateOf(grant: Grant): GrantView['state'] {
  try {
    openRoot(grant)[Symbol.dispose]();
    return 'ready';
  } catch (thrown) {
    return toErrorData(thrown).code === 'no_permission' ? 'no_permission' : 'gone';
  }
}

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  // The time of change covers mode and owner as well.
  return stat === undefined ? 'none' : `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`;
}

/** The file's text, checked on the open descriptor; `null` when there is no file. */
function readTrusted(file: string): string | null {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return null;
    throw damaged(file, errnoOf(thrown) === 'ELOOP' ? 'it is a link' : 'it cannot be opened', thrown);
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw damaged(file, 'it is not an ordinary file');
    if (stat.size > MAX_FILE_BYTES) throw damaged(file, 'it is far too large');
    const user = process.getuid?.();
    if (user !== undefined && stat.uid !== user) throw damaged(file, 'it belongs to another user');
    if (user !== undefined && (stat.mode & 0o022) !== 0) throw damaged(file, 'other users can write to it');
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function saveContent(home: string, content: GrantsContent): void {
  const file = grantsFile(home);
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  const text = `${JSON.stringify(GrantsContent.parse(content), null, 2)}\n`;
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    writeSynced(temporary, text);
    renameSync(temporary, file);
    syncFolder(home);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw fileError(thrown, { what: 'folder', path: '', grantName: home });
  }
}

function writeSynced(path: string, text: string): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0), 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The real path of a folder that may be granted. Throws `grant_refused`. */
export function checkFolder(wish: string, home: string): string {
  let folder: string;
  try {
    folder = realpathSync.native(wish);
  } catch (thrown) {
    const gone = errnoOf(thrown) === 'ENOENT';
    throw refuse(
      gone ? `There is no folder ${shown(wish)}.` : `The folder ${shown(wish)} cannot be reached.`,
      /.:/.test(wish)
        ? 'Check the path. After it come rights, or rights and a label: FOLDER:read,write or FOLDER:read,write:ask'
        : 'Check the path and try again.',
      thrown,
    );
  }
  if (!statSync(folder).isDirectory())
    throw refuse(`${shown(wish)} is a file, and only folders are granted.`, `Grant its folder: ${shown(dirname(folder))}`);
  if (folder.length > 4096 || folder.includes('\uFFFD'))
    throw refuse(`The path of ${shown(wish)} cannot be kept as text.`, 'Rename the folder and try again.');
  const folded = foldPath(folder);
  const state = foldPath(realHome(home));
  if (folder === dirname(folder)) throw refuse('A whole disk is not granted.', 'Choose a folder on it.');
  if (/^\/(proc|sys|boot|etc|dev(?!\/shm\/))(\/|$)/.test(folded))
    throw refuse(`${shown(folder)} belongs to the system.`, 'Choose a folder with your own files.');
  if (isInside(folded, state))
    throw refuse(`${shown(folder)} contains Headgate’s own state (${shown(home)}).`, 'Choose a folder inside it that holds your files.');
  const why = isInside(state, folded) ? 'Headgate’s own state' : protectedReason(folder);
  if (why !== null) throw refuse(`${shown(folder)} is protected: ${why}.`, 'Choose another folder.');
  return folder;
}

/** The state folder as the disk knows it, also before it is there. */
function realHome(home: string): string {
  try {
    return realpathSync.native(home);
  } catch {
    return dirname(home) === home ? home : join(realHome(dirname(home)), basename(home));
  }
}

export function nameFor(folder: string): string {
  return escapeForDisplay(basename(folder)) || 'Folder';
}

/** The folder's own name; where another grant has that, also what it lies in, so that menus and lists tell them apart. */
function nameAmong(folder: string, grants: readonly Grant[]): string {
  const taken = new Set(grants.map(({ name }) => name));
  const name = nameFor(folder);
  const parents = dirname(folder)
    .split(sep)
    .filter((part) => part !== '');
  for (let depth = 0; depth <= parents.length; depth += 1) {
    const inside = parents.slice(parents.length - depth).join('/');
    const wish = depth === 0 ? name : `${name} (${escapeForDisplay(inside)})`;
    if (!taken.has(wish)) return wish;
  }
  return name;
}

function shown(path: string): string {
  return escapeForDisplay(path);
}

function refuse(message: string, next: string, cause?: unknown): HeadgateError {
  return new HeadgateError('grant_refused', message, { next, cause });
}

/** The path is in `next` alone: a message may reach the log of a run, which leaves the device. */
function damaged(file: string, why: string, cause?: unknown): HeadgateError {
  return new HeadgateError(
    'grants_damaged',
    `The file of grants (grants.json) cannot be trusted: ${why}. Nothing is allowed until it is mended.`,
    {
      cause,
      next: `Mend ${file}, or move it away and grant your folders again with: headgate grant FOLDER`,
    },
  );
}
