// The terms of a question or a yes: what every grant that bears on it said when it was asked or given. Kept with it, and
// compared with what the grants say later: a yes that was given under a looser label covers nothing under a stricter one, and
// a question about what the person has narrowed meanwhile is not theirs any more. Widening ends nothing. Pure.
import * as z from 'zod';
import { GrantId } from '../ids.ts';
import type { CommandGrant } from './commands.ts';
import { foldPath, isInside } from './fold-path.ts';
import { Names, namesOf, Right, type Grant } from './grants.ts';
import { Label, narrowsLabel } from './labels.ts';

const Said = z.object({
  id: GrantId,
  label: Label,
  names: Names,
  rights: z.array(Right),
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  maxFileBytes: z.int().nullable(),
  maxFiles: z.int().nullable(),
});
type Said = z.infer<typeof Said>;

export const Terms = z.object({
  /** The grants that it is about. */
  of: z.array(GrantId),
  /** Where it is about files, folded: what lies around these folders and in them has a say as well. */
  folders: z.array(z.string()),
  said: z.array(Said),
});
export type Terms = z.infer<typeof Terms>;

/** What it is about: grants of this device, and folders that somebody else's grants name. */
export interface About {
  grants: readonly GrantId[];
  folders?: readonly string[] | undefined;
}

/** What the grants say now. A grant of `about` that is not among `all` is simply not there: `isNarrowed` then finds it gone. */
export function termsOf(all: readonly (Grant | CommandGrant)[], about: About): Terms {
  const own = all.filter(({ id }) => about.grants.includes(id));
  const folders = [
    ...new Set([...(about.folders ?? []), ...own.flatMap((grant) => folderOf(placeOf(grant, all)) ?? [])].map(foldPath)),
  ].sort();
  return { of: [...new Set(about.grants)], folders, said: saidAbout(all, { of: about.grants, folders }) };
}

/** Whether anything that these terms were made of has become less: gone, or stricter in any way. */
export function isNarrowed(before: Terms, all: readonly (Grant | CommandGrant)[]): boolean {
  return compare(before, all, (was, is, isOwn) =>
    was === undefined
      ? is.label === 'home' || is.names === 'hidden' || is.exclude.length > 0
      : (was.names === 'shown' && is.names === 'hidden') ||
        lacks(was.exclude, is.exclude) ||
        (isOwn &&
          (lacks(is.rights, was.rights) ||
            shrinksTo(was.maxFileBytes, is.maxFileBytes) ||
            shrinksTo(was.maxFiles, is.maxFiles) ||
            (is.include.length > 0 && (was.include.length === 0 || lacks(is.include, was.include))))),
  );
}

/** Whether a label has become stricter, or a grant is gone. */
export function isTightened(before: Terms, all: readonly (Grant | CommandGrant)[]): boolean {
  return compare(before, all, () => false);
}

function compare(
  before: Terms,
  all: readonly (Grant | CommandGrant)[],
  isLess: (was: Said | undefined, is: Said, isOwn: boolean) => boolean,
): boolean {
  const now = saidAbout(all, before);
  if (before.of.some((id) => !now.some((each) => each.id === id))) return true;
  return now.some((is) => {
    const was = before.said.find(({ id }) => id === is.id);
    // A grant that came since tightens what any of the others left looser.
    const labels = was === undefined ? before.said.map(({ label }) => label) : [was.label];
    return labels.some((label) => !narrowsLabel(is.label, label)) || isLess(was, is, before.of.includes(is.id));
  });
}

function saidAbout(
  all: readonly (Grant | CommandGrant)[],
  { of, folders }: { of: readonly GrantId[]; folders: readonly string[] },
): Said[] {
  return all
    .filter((grant) => {
      if (of.includes(grant.id)) return true;
      const folder = folderOf(grant);
      if (folder === null) return false;
      const folded = foldPath(folder);
      return folders.some((each) => isInside(each, folded) || isInside(folded, each));
    })
    .map(sayingOf);
}

function sayingOf(grant: Grant | CommandGrant): Said {
  const { id, label } = grant;
  const none = { rights: [], include: [], exclude: [], maxFileBytes: null, maxFiles: null };
  if (!('rights' in grant)) return { id, label, names: 'shown', ...none };
  const { rights, include, exclude, maxFileBytes = null, maxFiles = null } = grant;
  return { id, label, names: namesOf(grant), rights, include, exclude, maxFileBytes, maxFiles };
}

/** A command works in a place of another grant, which has its say. */
function placeOf(grant: Grant | CommandGrant, all: readonly (Grant | CommandGrant)[]): Grant | CommandGrant {
  return 'rights' in grant ? grant : (all.find(({ id }) => id === grant.folder?.grant) ?? grant);
}

function folderOf(grant: Grant | CommandGrant): string | null {
  return 'rights' in grant ? grant.folder : null;
}

/** Whether `these` has not all of `those`. */
function lacks<Thing>(these: readonly Thing[], those: readonly Thing[]): boolean {
  return those.some((thing) => !these.includes(thing));
}

function shrinksTo(was: number | null, is: number | null): boolean {
  return is !== null && is < (was ?? Number.POSITIVE_INFINITY);
}
