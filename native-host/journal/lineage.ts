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
