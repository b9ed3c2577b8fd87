// What the person allowed, as one thing: asked of by everything in the host, changed by the person alone. It is read again
// whenever its file (grants-on-disk.ts) has changed.
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { sep } from 'node:path';
import { HeadgateError, toErrorData } from '../../shared/errors.ts';
import type { CommandGrant } from '../../shared/gate/commands.ts';
import {
  type Grant,
  type GrantView,
  type Names,
  namesOf,
  type Narrowing,
  narrowGrant,
  NEW_GRANT,
  onlyNarrows,
  type Right,
} from '../../shared/gate/grants.ts';
import type { Label } from '../../shared/gate/labels.ts';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import { globProblem, MAX_GLOBS } from '../../shared/gate/visibility.ts';
import { type GrantId, makeId } from '../../shared/ids.ts';
import { checkFolder, nameAmong, refuseGrant } from './check-folder.ts';
import { makeCommand, type NewCommand } from './command-grants.ts';
import type { Allowed } from './grant-reader.ts';
import { type GrantsContent, grantsFile, loadContent, MAX_GRANTS, saveContent, stampOf } from './grants-on-disk.ts';
import { labelOf, leavesOut, looserWithout, namesIn } from './nested-grants.ts';
import { openRoot } from './resolve.ts';

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
  /** Of a folder or of a command. Not by `the person` themselves, it throws `grant_refused` where another grant would give more for it. */
  revoke(id: GrantId, by?: 'anyone' | 'the person'): void;
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
        throw refuseGrant(`There are already ${MAX_GRANTS} grants.`, 'Revoke one: headgate revoke NAME');
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
        throw refuseGrant('Only the person can widen a grant.', 'In a terminal: headgate grant FOLDER with the rights you want');
      const narrowed = narrowGrant(current, change);
      return replace({ ...narrowed, exclude: checkGlobs(narrowed.exclude) });
    },
    revoke(id, by = 'anyone') {
      const { commands } = content();
      if (commands.some((command) => command.id === id))
        return save(
          list(),
          commands.filter((command) => command.id !== id),
        );
      const found = grant(id);
      const looser = looserWithout(list(), found);
      if (looser !== undefined && by !== 'the person')
        throw refuseGrant(
          `${escapeForDisplay(found.name)} says stricter things of its folder than ${escapeForDisplay(looser.name)}, through which more could leave without it.`,
          `Take ${escapeForDisplay(looser.name)} back first, or in a terminal: headgate revoke ${found.id}`,
        );
      save(list().filter((candidate) => candidate.id !== found.id));
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
      if (others.length >= MAX_GRANTS) throw refuseGrant(`There are already ${MAX_GRANTS} commands.`, 'Revoke one: headgate revoke NAME');
      save(list(), [...others, command]);
      return command;
    },
  };
}

/** The globs each once. Throws `grant_refused` for one that is none, and for too many. */
function checkGlobs(globs: readonly string[]): string[] {
  const each = [...new Set(globs)];
  for (const glob of each) {
    const problem = globProblem(glob);
    if (problem !== null)
      throw refuseGrant(
        `The glob “${escapeForDisplay(glob).slice(0, 200)}” cannot be taken: ${problem}.`,
        'Examples: *.key   Taxes   Letters/**/*.{md,txt}',
      );
  }
  if (each.length > MAX_GLOBS) throw refuseGrant(`A grant has at most ${MAX_GLOBS} globs of a kind.`, 'Say several in one: *.{key,pem}');
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
