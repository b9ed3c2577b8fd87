// From words in a terminal to the values of a command: `--set` by name, the rest in the order of the line. A file may be
// named from where the person is; in the command's folder it becomes a path there, elsewhere a file of the grant that it is in.
import { homedir } from 'node:os';
import { relative, resolve, sep } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import type { CommandValues } from '../../shared/gate/command-arguments.ts';
import type { CommandView } from '../../shared/gate/commands.ts';
import type { GrantView } from '../../shared/gate/grants.ts';
import type { Source } from '../../shared/ops/args.ts';
import { UsageError } from './arguments.ts';
import { expandHome } from './grants-lookup.ts';
import { nearest } from './suggest.ts';

type Place = CommandView['places'][number];

export interface CommandWish {
  words: readonly string[];
  sets: readonly string[];
  command: CommandView;
  grants: readonly GrantView[];
  cwd: string;
  home?: string;
}

/** The command that `word` names. Throws `grant_not_found` with what to do. */
export function findAllowed(commands: readonly CommandView[], word: string): CommandView {
  const found = commands.find(({ id, name }) => id === word || name === word);
  if (found !== undefined) return found;
  const meant = nearest(
    word,
    commands.map(({ name }) => name),
  );
  throw new HeadgateError('grant_not_found', `There is no command "${word}".${meant === null ? '' : ` Did you mean "${meant}"?`}`, {
    next: '"headgate grants" lists them; "headgate grant --command PROGRAM" allows one.',
  });
}

/** Throws UsageError where words and places do not go together. */
export function readCommandValues(wish: CommandWish): { values: CommandValues; target: Source[] } {
  const { words, sets, command } = wish;
  const given = new Map<string, string[]>();
  const values: CommandValues = {};
  for (const set of sets) {
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(set) ?? [];
    const place = command.places.find((each) => each.name === name);
    if (place === undefined) throw new UsageError(`${command.name} has no argument "${name}". It is run as: ${command.usage}`);
    if (place.kind === 'switch') values[name] = value === undefined || value === 'yes';
    else if (value === undefined) throw new UsageError(`--set ${name}=VALUE: it needs a value.`);
    else given.set(name, [...(given.get(name) ?? []), value]);
  }
  for (const [name, own] of spread(words, command, given)) given.set(name, own);
  const target: Source[] = [];
  for (const place of command.places) {
    const own = given.get(place.name);
    if (own === undefined || own.length === 0) continue;
    const each = own.map((word) => (place.kind === 'file' ? readFile(word, wish, target) : word));
    values[place.name] = place.most > 1 ? each : (each.length === 1 && each[0]) || each;
  }
  return { values, target };
}

/** Words go to the places that need one, in order; what is over goes to the first free ones that take it. */
function spread(
  words: readonly string[],
  { name, places, usage }: CommandView,
  given: ReadonlyMap<string, string[]>,
): [string, string[]][] {
  const open = places.filter((place) => place.kind !== 'switch' && !given.has(place.name) && (!place.optional || !place.option));
  const needed = (from: number) => open.slice(from).filter(({ optional }) => !optional).length;
  const result: [string, string[]][] = [];
  let at = 0;
  for (const [index, place] of open.entries()) {
    const spare = words.length - at - needed(index + 1);
    const take = Math.min(takes(place), Math.max(spare, place.optional ? 0 : 1));
    result.push([place.name, words.slice(at, at + take)]);
    at += take;
  }
  if (at < words.length) throw new UsageError(`${words.slice(at).join(' ')}: ${name} takes no more. It is run as: ${usage}`);
  const missing = open.find((place) => !place.optional && (result.find(([each]) => each === place.name)?.[1].length ?? 0) === 0);
  if (missing !== undefined) throw new UsageError(`${missing.name} is missing. It is run as: ${usage}`);
  return result;
}

function takes(place: Place): number {
  return place.option ? 1 : place.most;
}

function readFile(word: string, { command, grants, cwd, home = homedir() }: CommandWish, target: Source[]): string | { target: number } {
  const absolute = resolve(cwd, expandHome(word, home));
  const inFolder = command.folder === null ? null : below(expandHome(command.folder, home), absolute);
  if (inFolder !== null) return inFolder;
  const [grant] = grants
    .map((each) => ({ id: each.id, root: expandHome(each.display, home) }))
    .filter(({ root }) => below(root, absolute) !== null)
    .sort((a, b) => b.root.length - a.root.length);
  // Named from the command's own folder.
  if (grant === undefined) return word;
  return { target: target.push({ grant: grant.id, path: below(grant.root, absolute) ?? '' }) - 1 };
}

/** Where in the folder, or `null` when it is not below it. */
function below(folder: string, path: string): string | null {
  const inside = relative(folder, path);
  return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside
    ? null
    : inside.split(sep).join('/');
}
