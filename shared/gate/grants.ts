// Grants: what the person allowed. The schema of one grant and the pure decisions about it; the file that holds them is
// the host's (native-host/gate/grants-file.ts).
//
// Globs and limits say what is reached through this grant (visibility.ts). Labels and names reach further: where grants
// meet, the strictest holds, whichever of them is asked.
import * as z from 'zod';
import { GrantId } from '../ids.ts';
import { Label, narrowsLabel, strictest } from './labels.ts';
import { Glob, MAX_GLOBS } from './visibility.ts';

export const Right = z.enum(['read', 'write', 'trash']);
export type Right = z.infer<typeof Right>;

/** Whether the cloud may know what files are called. A grant labelled `home` hides names, whatever it says here. */
export const Names = z.enum(['shown', 'hidden']);
export type Names = z.infer<typeof Names>;

/** What a grant may leave out and limit. All of it came later than grants did: a grant without it has none. */
const Limits = {
  /** Only what fits one of these is there; with none, everything. */
  include: z.array(Glob).max(MAX_GLOBS).default([]),
  /** What fits one of these is not there. */
  exclude: z.array(Glob).max(MAX_GLOBS).default([]),
  /** Files with more bytes are neither read nor written; they are listed. */
  maxFileBytes: z.int().min(1).optional(),
  /** Files that one run may take up from a listing, a search and the like. */
  maxFiles: z.int().min(1).optional(),
  names: Names.default('shown'),
};

/** A folder grant as the host keeps it. `folder` is absolute and never leaves the device. */
export const Grant = z.strictObject({
  id: GrantId,
  name: z.string().min(1).max(80),
  folder: z.string().min(1).max(4096),
  rights: z.array(Right).min(1).max(3),
  label: Label,
  ...Limits,
  createdAt: z.int().min(0),
});
export type Grant = z.infer<typeof Grant>;

/** A grant as clients on this machine see it. `display` is the folder in short form ("~/Documents"), for the eyes only. */
export const GrantView = z.object({
  id: GrantId,
  name: z.string().max(80),
  display: z.string().max(4096),
  rights: z.array(Right).max(3),
  label: Label,
  ...Limits,
  state: z.enum(['ready', 'gone', 'no_permission']),
});
export type GrantView = z.infer<typeof GrantView>;

/** A new grant when the person says nothing else. */
export const NEW_GRANT = { rights: ['read'], label: 'ask', include: [], exclude: [], names: 'shown' } as const satisfies Pick<
  z.input<typeof Grant>,
  'rights' | 'label' | 'include' | 'exclude' | 'names'
>;

/** What anyone may ask for, because it only takes away. Excludes are added to those that there are. */
export const Narrowing = z.object({
  rights: z.array(Right).min(1).max(3).optional(),
  label: Label.optional(),
  exclude: z.array(Glob).max(MAX_GLOBS).optional(),
  maxFileBytes: z.int().min(1).optional(),
  maxFiles: z.int().min(1).optional(),
  names: z.literal('hidden').optional(),
});
export type Narrowing = z.infer<typeof Narrowing>;

type Narrowable = Pick<Grant, 'rights' | 'label' | 'exclude' | 'maxFileBytes' | 'maxFiles' | 'names'>;

/** Whether a change asks for nothing that is not there. Anything else is the person's alone, in the terminal or the host's chooser. */
export function onlyNarrows(now: Narrowable, change: Narrowing): boolean {
  if (change.rights !== undefined && (change.rights.length === 0 || change.rights.some((right) => !now.rights.includes(right))))
    return false;
  if (change.label !== undefined && !narrowsLabel(now.label, change.label)) return false;
  return shrinks(now.maxFileBytes, change.maxFileBytes) && shrinks(now.maxFiles, change.maxFiles);
}

/**
 * The grant as a change leaves it, were it to ask for more or not: of rights those that both have, the strictest label, all
 * excludes, the smaller limits. So it cannot widen, and the order in which changes come makes no difference.
 */
export function narrowGrant<Now extends Narrowable>(now: Now, change: Narrowing): Now {
  const label = strictest([now.label, change.label ?? now.label]);
  const bytes = smaller(now.maxFileBytes, change.maxFileBytes);
  const files = smaller(now.maxFiles, change.maxFiles);
  return {
    ...now,
    rights: change.rights === undefined ? now.rights : now.rights.filter((right) => change.rights?.includes(right)),
    label,
    exclude: [...new Set([...now.exclude, ...(change.exclude ?? [])])].sort(),
    ...(bytes !== undefined && { maxFileBytes: bytes }),
    ...(files !== undefined && { maxFiles: files }),
    names: namesOf({ label, names: change.names ?? now.names }),
  };
}

/** Whether names of a grant may be shown: `home` beats everything. */
export function namesOf({ label, names }: Pick<Grant, 'label' | 'names'>): Names {
  return label === 'home' ? 'hidden' : names;
}

function shrinks(now: number | undefined, next: number | undefined): boolean {
  return next === undefined || next <= (now ?? Number.POSITIVE_INFINITY);
}

function smaller(one: number | undefined, two: number | undefined): number | undefined {
  return one === undefined || two === undefined ? (one ?? two) : Math.min(one, two);
}
