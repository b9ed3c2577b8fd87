// Where an MCP client may go: the grants of its command line, narrowed by the roots that it names. A path as clients send
// it (absolute, `~/…`, or relative to a grant) becomes a grant and a relative path here, by text alone; whether that is
// there, and no link, is for the gate to see when it opens it. Roots are a client's wish and no authority: those inside a
// grant narrow it, those that meet no grant count for nothing, and where none meets one the grants stand as they are.
import { homedir } from 'node:os';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HeadgateError } from '../../shared/errors.ts';
import { foldPath, isInside } from '../../shared/gate/fold-path.ts';
import type { Grant, Names, Right } from '../../shared/gate/grants.ts';
import type { Label } from '../../shared/gate/labels.ts';
import { isTightened, type Terms, termsOf } from '../../shared/gate/terms.ts';
import { escapeForDisplay } from '../../shared/gate/names.ts';
import { saidOf } from '../gate/nested-grants.ts';
import { leaveOutBy } from '../gate/visible.ts';

const MAX_PATH_CHARS = 4096;

/** A place in a grant: `path` is relative to it, empty for its own folder. */
export interface Place {
  grant: Grant;
  path: string;
}

/** One folder in which the client may move; `spellings` are the absolute paths by which it may call it. */
export interface Area extends Place {
  spellings: readonly string[];
}

export interface Areas {
  /** Absolute paths of the folders, as the person or the client wrote them first. */
  directories(): string[];
  /** The place that a client's path names, in a grant with this right. Throws `path_refused` and `grant_refused`. */
  locate(path: string, right: Right): Place;
  absoluteOf(place: Place): string;
  /** The strictest label over every grant that holds this place, those that the person gave Headgate elsewhere included. */
  labelOf(place: Place): Label;
  /** Whether a client may have names here: not where any of these grants hides them. */
  namesOf(place: Place): Names;
  /** Whether labels can differ within a grant, so that each file must be asked for its own. */
  mixed(grant: Grant): boolean;
  /** Whether a folder of this place is granted by itself, or holds one that is. */
  holdsGrant(place: Place): boolean;
  /** What all grants say now of everything that the client may reach, to be compared with later. */
  terms(): Terms;
  isTightened(since: Terms): boolean;
  /** Takes the client's roots, as `file://` URIs. Says how many of them narrow. */
  narrow(roots: readonly string[]): number;
}

/** `given` are the command line's grants with the path as it was written; `elsewhere` lists the person's other grants. */
export function createAreas(given: readonly { grant: Grant; written: string }[], elsewhere: () => readonly Grant[]): Areas {
  const all = given.map(({ grant, written }): Area => ({ grant, path: '', spellings: [...new Set([grant.folder, resolve(written)])] }));
  let areas: readonly Area[] = all;
  const grants = given.map(({ grant }) => grant);
  const said = createSaying(grants, elsewhere);
  // Who writes a client's configuration cannot reach what the person left out of a grant of their own.
  for (const grant of grants) leaveOutBy(grant, overlapping(grant, elsewhere));

  return {
    directories: () => areas.map(({ spellings }) => spellings[0] ?? ''),
    locate(path, right) {
      const place = find(areas, expand(path));
      if (place === null) throw outside(path, areas);
      if (!place.grant.rights.includes(right)) throw lacking(place.grant, right);
      return place;
    },
    absoluteOf: ({ grant, path }) => (path === '' ? grant.folder : join(grant.folder, path)),
    labelOf: (place) => said.of(place).label,
    namesOf: (place) => said.of(place).names,
    mixed: (grant) => said.every().some((other) => other.folder.startsWith(`${grant.folder}${sep}`)),
    holdsGrant: ({ grant, path }) => said.every().some((other) => isInside(foldPath(`${grant.folder}/${path}`), foldPath(other.folder))),
    terms: () => termsOf(said.every(), { grants: [], folders: grants.map(({ folder }) => folder) }),
    isTightened: (since) => isTightened(since, said.every()),
    narrow(roots) {
      const narrowed = roots.flatMap((root) => narrowBy(all, folderOf(root)));
      areas = narrowed.length === 0 ? all : unique(narrowed);
      return narrowed.length;
    },
  };
}

/** What all grants together say of a place. One call asks several times for the same: the last answer stands until a grant changes. */
function createSaying(grants: readonly Grant[], elsewhere: () => readonly Grant[]) {
  let others: readonly Grant[] | null = null;
  let all: readonly Grant[] = grants;
  let last: { grant: Grant; path: string; said: ReturnType<typeof saidOf> } | null = null;
  const every = (): readonly Grant[] => {
    const now = elsewhere();
    if (now !== others) [others, all, last] = [now, [...grants, ...now], null];
    return all;
  };
  return {
    every,
    of({ grant, path }: Place) {
      const now = every();
      if (last?.grant !== grant || last.path !== path) last = { grant, path, said: saidOf(now, grant, path) };
      return last.said;
    },
  };
}

/** Those of the other grants that say something of this one's folder; picked out again when they change. */
function overlapping(grant: Grant, elsewhere: () => readonly Grant[]): () => readonly Grant[] {
  let known: { all: readonly Grant[]; picked: readonly Grant[] } | null = null;
  return () => {
    const all = elsewhere();
    if (known?.all !== all) known = { all, picked: all.filter((other) => overlap(other, grant)) };
    return known.picked;
  };
}

function overlap(one: Grant, two: Grant): boolean {
  const [a, b] = [foldPath(one.folder), foldPath(two.folder)];
  return isInside(a, b) || isInside(b, a);
}

/** The deepest area that holds the path: a grant within a grant has its own rights. */
function find(areas: readonly Area[], path: string): Place | null {
  if (!isAbsolute(path)) return findRelative(areas, path);
  const absolute = resolve(path);
  let best: { place: Place; depth: number } | null = null;
  for (const area of areas) {
    for (const spelling of area.spellings) {
      const inner = within(spelling, absolute);
      if (inner === null) continue;
      if (best === null || area.grant.folder.length > best.depth)
        best = { place: { grant: area.grant, path: joinPath(area.path, inner) }, depth: area.grant.folder.length };
    }
  }
  return best?.place ?? null;
}

/** A relative path starts in the first area, as with the reference server. */
function findRelative(areas: readonly Area[], path: string): Place | null {
  const [first] = areas;
  if (first === undefined) return null;
  const base = first.spellings[0] ?? first.grant.folder;
  return find(areas, resolve(base, path));
}

/** What is left of `absolute` below `folder`, with `/` between segments; `null` when it lies elsewhere. */
function within(folder: string, absolute: string): string | null {
  const [outer, inner] = process.platform === 'win32' ? [folder.toLowerCase(), absolute.toLowerCase()] : [folder, absolute];
  if (inner === outer) return '';
  if (!inner.startsWith(outer.endsWith(sep) ? outer : outer + sep)) return null;
  const rest = absolute.slice(outer.endsWith(sep) ? folder.length : folder.length + 1);
  return sep === '/' ? rest : rest.split(sep).join('/');
}

function expand(path: string): string {
  if (path.length > MAX_PATH_CHARS) throw new HeadgateError('path_refused', 'The path is too long.');
  if (path === '' || path.includes('\0')) throw new HeadgateError('path_refused', 'The path is empty or contains a NUL character.');
  if (process.platform !== 'win32' && /^[A-Za-z]:(?:[\\/]|$)/.test(path))
    throw new HeadgateError('path_refused', `This machine has no drives: ${escapeForDisplay(path)}`);
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}

function folderOf(root: string): string | null {
  try {
    return root.startsWith('file:') ? resolve(fileURLToPath(root)) : isAbsolute(root) ? resolve(root) : null;
  } catch {
    return null;
  }
}

/** The areas that are left of `all` under one root: itself inside a grant, and the whole grants inside it, whose rights are their own. */
function narrowBy(all: readonly Area[], root: string | null): Area[] {
  if (root === null) return [];
  const inside = all.filter(({ spellings }) => spellings.some((spelling) => within(root, spelling) !== null));
  const place = find(all, root);
  if (place === null) return inside;
  const real = place.path === '' ? place.grant.folder : join(place.grant.folder, place.path);
  const itself = { ...place, spellings: [...new Set([root, real])] };
  return [itself, ...inside.filter(({ grant }) => grant.id !== place.grant.id)];
}

function unique(areas: readonly Area[]): Area[] {
  return [...new Map(areas.map((area) => [`${area.grant.id}/${area.path}`, area])).values()];
}

function joinPath(folder: string, path: string): string {
  return folder === '' ? path : path === '' ? folder : `${folder}/${path}`;
}

function outside(path: string, areas: readonly Area[]): HeadgateError {
  const where = areas.map(({ spellings }) => escapeForDisplay(spellings[0] ?? '')).join(', ');
  return new HeadgateError('path_refused', `Access denied - path outside allowed directories: ${escapeForDisplay(path)} not in ${where}`);
}

function lacking(grant: Grant, right: Right): HeadgateError {
  const wanted = [...new Set([...grant.rights, right])].join(',');
  return new HeadgateError('grant_refused', `Access denied - the folder “${escapeForDisplay(grant.name)}” was not granted to ${right}.`, {
    next: `The person can give it in this server's configuration: --grant ${escapeForDisplay(grant.folder)}:${wanted}:${grant.label}`,
  });
}
