// A new version of a file has another number on the disk than the one before, but to the person it is the same file. The
// journal knows which version followed which, so that a file is recognised that was moved, then written, then put back.
import type { Stats } from '../gate/resolve/anchored.ts';
import type { Store } from '../state/database.ts';
import { Change, isThing, type Thing } from './change.ts';

/** Whether this is the thing, or a version that Headgate itself made of it. */
export function isSameFile(store: Store, stat: Stats | null, thing: Thing): boolean {
  if (stat === null || isThing(stat, thing)) return stat !== null;
  if (!stat.isFile()) return false;
  const next = successors(store);
  const seen = new Set<string>();
  for (const open = [keyOf(thing)]; open.length > 0; ) {
    const key = open.pop() ?? '';
    if (key === keyOf({ ino: stat.ino, bornMs: stat.birthtimeMs })) return true;
    if (seen.has(key)) continue;
    seen.add(key);
    open.push(...(next.get(key) ?? []));
  }
  return false;
}

function successors(store: Store): Map<string, string[]> {
  const next = new Map<string, string[]>();
  for (const row of store.all<{ change: string }>(
    `SELECT change FROM changes WHERE pre_image IS NOT NULL AND state IN ('done', 'undone')`,
  )) {
    const change = Change.parse(JSON.parse(row.change));
    if (change.kind !== 'replace' || change.after === null) continue;
    next.set(keyOf(change.before), [...(next.get(keyOf(change.before)) ?? []), keyOf(change.after)]);
  }
  return next;
}

function keyOf({ ino, bornMs }: Thing): string {
  return `${ino} ${bornMs}`;
}

/**
 * Tells of a file every number on the disk under which it was since then, by what Headgate made of it: its versions before and
 * after, and an old one that undo put back or beside it. Numbers are given anew by the disk, so there may be some of others.
 * The journal is gone through once, for however many files.
 */
export function familiesOf(store: Store, since: number): (ino: number) => number[] {
  const near = new Map<number, number[]>();
  const join = (one: number, two: number): void => {
    near.set(one, [...(near.get(one) ?? []), two]);
    near.set(two, [...(near.get(two) ?? []), one]);
  };
  for (const { change, undone } of store.all<{ change: string; undone: string | null }>(
    `SELECT change, (SELECT change FROM changes AS taken WHERE taken.n = changes.undoes) AS undone FROM changes
     WHERE at >= ? AND state <> 'nothing' AND json_extract(change, '$.kind') IN ('create', 'replace')`,
    since,
  )) {
    const made = Change.parse(JSON.parse(change));
    if (made.kind !== 'create' && made.kind !== 'replace') continue;
    const from = undone === null ? null : Change.parse(JSON.parse(undone));
    for (const version of [made, from]) if (version?.kind === 'replace' && made.after !== null) join(made.after.ino, version.before.ino);
  }
  return (ino) => {
    const family = new Set([ino]);
    for (const each of family) for (const other of near.get(each) ?? []) family.add(other);
    return [...family];
  };
}
