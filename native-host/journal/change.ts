// What a change is, as the journal keeps it: enough to see after a crash whether it happened, and to take it back. Paths
// are relative to their grant. Things are recognised by what a name cannot fake: their number on the disk and their times.
// Device numbers are not kept, because they may differ after a restart of the system.
import * as z from 'zod';
import type { Stats } from '../gate/resolve/anchored.ts';
import { GrantId } from '../../shared/ids.ts';
import { GrantPath } from '../../shared/ops/args.ts';

/** A file's content at one moment. `hash` is of its bytes, where they were at hand. */
export const Mark = z.object({ ino: z.number(), bornMs: z.number(), size: z.number(), mtimeMs: z.number(), hash: z.string().nullable() });
export type Mark = z.infer<typeof Mark>;

/** A thing whatever its content. `bornMs` is 0 on disks that do not know it. */
export const Thing = z.object({ ino: z.number(), bornMs: z.number() });
export type Thing = z.infer<typeof Thing>;

/** What a pre-image does not hold: how the file was kept. */
export const Kept = z.object({ mode: z.number(), uid: z.number(), gid: z.number() });
export type Kept = z.infer<typeof Kept>;

const Temporary = z.string().regex(/^\.headgate-[0-9a-f]{24}\.tmp$/);
const At = { grant: GrantId, path: GrantPath };
const InTrash = { ...At, trash: z.string(), top: z.string().nullable(), name: z.string(), thing: Thing, folder: z.boolean() };

export const Change = z.discriminatedUnion('kind', [
  /** A new file under a free name. `after` is known once it is written under its temporary name. */
  z.object({ kind: z.literal('create'), ...At, temporary: Temporary, copy: z.boolean(), after: Mark.nullable() }),
  /** A new version in the place of the one that `before` describes, which is in the store by its hash. */
  z.object({
    kind: z.literal('replace'),
    ...At,
    temporary: Temporary,
    before: Mark.extend({ hash: z.string() }),
    kept: Kept,
    after: Mark.nullable(),
  }),
  z.object({ kind: z.literal('move'), ...At, toGrant: GrantId, toPath: GrantPath, thing: Thing, folder: z.boolean() }),
  z.object({ kind: z.literal('mkdir'), ...At, thing: Thing.nullable() }),
  z.object({ kind: z.literal('trash'), ...InTrash }),
  z.object({ kind: z.literal('untrash'), ...InTrash }),
  /** Takes an empty folder of ours back. */
  z.object({ kind: z.literal('rmdir'), ...At, thing: Thing }),
  /** Takes a file of ours back; its content is in the store by its hash. */
  z.object({ kind: z.literal('remove'), ...At, temporary: Temporary, before: Mark.extend({ hash: z.string() }), kept: Kept }),
]);
export type Change = z.infer<typeof Change>;
export type ChangeKind = Change['kind'];
export type ChangeOf<Kind extends ChangeKind> = Extract<Change, { kind: Kind }>;

export function markOf(stat: Stats, hash: string | null): Mark {
  return { ino: stat.ino, bornMs: stat.birthtimeMs, size: stat.size, mtimeMs: stat.mtimeMs, hash };
}

/** Whether this is still the version that was marked, untouched. */
export function isMarked(stat: Stats | null, mark: Mark | null): boolean {
  return (
    stat !== null && mark !== null && stat.isFile() && stat.ino === mark.ino && stat.size === mark.size && stat.mtimeMs === mark.mtimeMs
  );
}

export function thingOf(stat: Stats): Thing {
  return { ino: stat.ino, bornMs: stat.birthtimeMs };
}

export function isThing(stat: Stats | null, thing: Thing | null): boolean {
  return stat !== null && thing !== null && stat.ino === thing.ino && (thing.bornMs === 0 || stat.birthtimeMs === thing.bornMs);
}

export function keptOf(stat: Stats): Kept {
  return { mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
}

/** The hash of the content that a change may need again, or `null`. */
export function preImageOf(change: Change): string | null {
  return change.kind === 'replace' || change.kind === 'remove' ? change.before.hash : null;
}

/** Where the thing is once the change is done; `null` when it is nowhere in a grant. */
export function placeAfter(change: Change): { grant: GrantId; path: string } | null {
  switch (change.kind) {
    case 'create':
    case 'replace':
    case 'mkdir':
    case 'untrash':
      return { grant: change.grant, path: change.path };
    case 'move':
      return { grant: change.toGrant, path: change.toPath };
    case 'trash':
    case 'rmdir':
    case 'remove':
      return null;
    default:
      return change satisfies never;
  }
}
