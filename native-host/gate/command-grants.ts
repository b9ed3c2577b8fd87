// What the person allows of a command, from their wish to a grant: the program is looked at, the command line read, the
// folder bound. And a command as clients on this machine see it. The file that keeps it is grants-file.ts.
import { homedir } from 'node:os';
import { basename, relative, sep } from 'node:path';
import { HeadgateError, toErrorData } from '../../shared/errors.ts';
import { type CommandArgument, CommandGrant, CommandLimits, commandProblems, type CommandView } from '../../shared/gate/commands.ts';
import { showCommandTemplate } from '../../shared/gate/command-template.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import type { Label } from '../../shared/gate/labels.ts';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import type { GrantId } from '../../shared/ids.ts';
import { firstProblem, IN_WORDS } from '../../shared/issue-words.ts';
import { checkProgram, hashProgram, openProgram } from '../commands/program.ts';
import { openFolder } from './resolve.ts';

/** What is not said is the safe choice. */
export interface NewCommand {
  program: string;
  name?: string | undefined;
  arguments: readonly CommandArgument[];
  doubleDash?: boolean | undefined;
  /** A granted folder, or one in it, by its absolute path. */
  folder?: string | undefined;
  write?: boolean | undefined;
  sees?: readonly string[] | undefined;
  network?: 'none' | 'yes' | undefined;
  isolation?: 'wanted' | 'none-accepted' | undefined;
  interpreter?: boolean | undefined;
  /** Whether the program is pinned to the bytes that it has now. */
  hash?: boolean | undefined;
  label?: Label | undefined;
  limits?: Partial<CommandLimits> | undefined;
}

export interface CommandContext {
  folders: readonly Grant[];
  /** The real path of a folder that may be granted; throws `grant_refused` for one that may not. */
  checkFolder(wish: string): string;
  id: GrantId;
  now: number;
}

/** The grant that a wish becomes. Throws `grant_refused` with what to do. */
export function makeCommand(wish: NewCommand, { folders, checkFolder, id, now }: CommandContext): CommandGrant {
  const program = checkProgram(wish.program, { interpreter: wish.interpreter === true }, folders);
  const folder = wish.folder === undefined ? null : bindFolder(checkFolder(wish.folder), folders, wish.write === true);
  const command: CommandGrant = {
    id,
    name: (wish.name ?? escapeForDisplay(basename(program))).slice(0, 80),
    program,
    sha256: wish.hash === true ? hashProgram(program) : null,
    arguments: [...wish.arguments],
    doubleDash: wish.doubleDash ?? true,
    folder,
    write: wish.write ?? false,
    sees: (wish.sees ?? []).map(checkFolder),
    network: wish.network ?? 'none',
    isolation: wish.isolation ?? 'wanted',
    interpreter: wish.interpreter ?? false,
    label: wish.label ?? 'home',
    limits: limitsOf(wish.limits ?? {}),
    createdAt: now,
  };
  const [problem] = commandProblems(command);
  if (problem !== undefined) throw refuse(problem, 'headgate grant --help shows how a command is allowed.');
  const parsed = CommandGrant.safeParse(command, IN_WORDS);
  if (parsed.success) return parsed.data;
  throw refuse(
    `This command cannot be taken: ${firstProblem(parsed.error, 'the whole')}.`,
    'headgate grant --help shows how a command is allowed.',
  );
}

/** What is not said is the default. */
function limitsOf(wish: Partial<CommandLimits>): CommandLimits {
  const parsed = CommandLimits.safeParse(wish, IN_WORDS);
  if (parsed.success) return parsed.data;
  throw refuse(
    `These limits cannot be taken: ${firstProblem(parsed.error, 'the whole')}.`,
    'headgate grant --help shows how a command is allowed.',
  );
}

function bindFolder(path: string, folders: readonly Grant[], write: boolean): { grant: GrantId; path: string } {
  const [grant] = folders
    .filter(({ folder }) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep))
    .sort((a, b) => b.folder.length - a.folder.length);
  if (grant === undefined)
    throw refuse(`${escapeForDisplay(path)} lies in no granted folder.`, `Allow it first: headgate grant ${JSON.stringify(path)}`);
  const needed = write ? 'write' : 'read';
  if (!grant.rights.includes(needed))
    throw refuse(
      `The grant “${escapeForDisplay(grant.name)}” does not give the right to ${needed}.`,
      'Give it first: headgate grant FOLDER:read,write',
    );
  return { grant: grant.id, path: relative(grant.folder, path).split(sep).join('/') };
}

/** A command as clients on this machine see it. */
export function viewCommand(command: CommandGrant, folders: readonly Grant[], personHome: string = homedir()): CommandView {
  const { id, name, program, write, network, isolation, interpreter, sha256, label, limits, folder } = command;
  const bound = folder === null ? undefined : folders.find((grant) => grant.id === folder.grant);
  const problem = problemOf(command, folders);
  return {
    id,
    name: escapeForDisplay(name).slice(0, 80),
    display: short(program, personHome),
    usage: escapeForDisplay(showCommandTemplate(command.arguments).join(' ')).slice(0, 4000),
    places: command.arguments.flatMap(placeOf),
    folder:
      bound === undefined || folder === null
        ? null
        : short(folder.path === '' ? bound.folder : `${bound.folder}/${folder.path}`, personHome),
    write,
    network,
    isolation,
    interpreter,
    pinned: sha256 !== null,
    label,
    limits,
    state: problem === null ? 'ready' : 'refused',
    ...(problem !== null && { problem }),
  };
}

function placeOf(argument: CommandArgument): CommandView['places'] {
  if (argument.kind === 'literal') return [];
  if (argument.kind === 'switch') return [{ kind: 'switch', name: argument.name, option: true, optional: true, most: 1 }];
  const { kind, name, option, optional, most } = argument;
  return [{ kind, name, option: option !== undefined, optional, most }];
}

/** Why it cannot be started now, but for the hash of a pinned one: that is looked at when it starts. */
function problemOf({ program, folder }: CommandGrant, folders: readonly Grant[]): string | null {
  try {
    openProgram(program, null, folders)[Symbol.dispose]();
    if (folder === null) return null;
    const grant = folders.find(({ id }) => id === folder.grant);
    if (grant === undefined) return 'Its folder is not granted any more.';
    openFolder(grant, folder.path)[Symbol.dispose]();
    return null;
  } catch (thrown) {
    return toErrorData(thrown).message.slice(0, 600);
  }
}

function short(path: string, personHome: string): string {
  const shown = path === personHome ? '~' : path.startsWith(personHome + sep) ? `~${path.slice(personHome.length)}` : path;
  return escapeForDisplay(shown).slice(0, 4096);
}

function refuse(message: string, next: string): HeadgateError {
  return new HeadgateError('grant_refused', message, { next });
}
