// Doing changes: noted together, done one after the other, synced once, outcomes noted together. The changes of one batch
// must not depend on each other; `batches` sees to that.
import { HeadgateError } from '../../shared/errors.ts';
import type { Grant } from '../../shared/gate/grants.ts';
import type { GrantId } from '../../shared/ids.ts';
import { wholeGrant } from '../gate/visible.ts';
import type { GrantReader } from '../gate/grant-reader.ts';
import type { Change } from './change.ts';
import { actOut, type Bench, type Payload, settleOne } from './effects.ts';
import { passFaultPoint } from './fault-points.ts';
import { createFolders, type Folders } from './folders.ts';
import type { Entry, Journal, Outcome, Scope } from './journal.ts';

/** Changes that share their syncs: the more, the fewer, and the longer a cancel has to wait. */
export const BATCH = 2_000;
/** Changes between two pauses in which the agent answers others. */
const STRETCH = 250;

export interface Prepared extends Entry {
  payload?: Payload;
}

export interface Performed {
  n: number;
  change: Change | null;
  error: unknown;
}

export interface Hands {
  journal: Journal;
  grants: GrantReader;
  now(): number;
  /** Asked on the way: throws when no more is to be done. What is half written goes, and what is done stays. */
  stopIfOver?(): void;
  /** Outcomes are not waited for: what is not on disk yet when the power goes, the next start sees on the files themselves. */
  outcomesSoon?: boolean;
}

/** Hands for taking back and settling: what was done while a grant let it be done goes back, whatever it leaves out by now. */
export function handsForUndoing(hands: Hands): Hands {
  const whole = new Map<GrantId, Grant>();
  const grant = (id: GrantId): Grant => {
    const known = whole.get(id) ?? wholeGrant(hands.grants.grant(id));
    whole.set(id, known);
    return known;
  };
  return { ...hands, grants: { ...hands.grants, grant } };
}

/**
 * Does one batch. With `goOn` each change stands for itself; else the first that fails is the last that was tried. `also`
 * writes to the store in the same transaction as the outcomes, and gets those that happened. `opened`: the folders that
 * planning has opened, to go on with.
 */
export async function performBatch<Result>(
  hands: Hands,
  scope: Scope,
  entries: readonly Prepared[],
  goOn: boolean,
  also?: (done: Change[]) => Result,
  opened?: Folders,
): Promise<{ performed: Performed[]; result: Result | undefined }> {
  const { journal, grants, now, stopIfOver = () => {}, outcomesSoon = false } = hands;
  const ns = journal.intend(scope, entries);
  using folders = opened ?? createFolders(grants);
  const bench: Bench = { folders, now, stopIfOver, kept: journal.preImages.kept };
  const performed: Performed[] = [];
  let failed = false;
  for (const [index, entry] of entries.entries()) {
    const n = ns[index] ?? 0;
    if (failed && !goOn) {
      performed.push({ n, change: null, error: null });
      continue;
    }
    const isPause = index % STRETCH === STRETCH - 1;
    if (isPause) await new Promise((resolve) => setImmediate(resolve));
    const one = await performOne(journal, bench, entry, n, isPause);
    failed ||= one.error !== null;
    performed.push(one);
  }
  folders.sync();
  passFaultPoint('effect.synced');
  const outcomes: Outcome[] = performed.flatMap(({ n, change, error }, index) =>
    error instanceof Unsettled ? [] : { n, change, undoes: entries[index]?.undoes ?? null },
  );
  const result = journal.settle(
    outcomes,
    also === undefined ? undefined : () => also(performed.flatMap(({ change }) => change ?? [])),
    outcomesSoon,
  );
  return { performed, result };
}

/** What failed in a way that leaves open what became of it: its row stays, and the next start of the agent settles it. */
class Unsettled extends Error {}

async function performOne(
  journal: Journal,
  bench: Bench,
  { change, payload }: Prepared,
  n: number,
  isAfterPause: boolean,
): Promise<Performed> {
  let latest = change;
  try {
    if (isAfterPause) bench.stopIfOver();
    const acted = actOut(change, bench, payload, (refined) => {
      latest = refined;
      return journal.refine(n, refined);
    });
    return { n, change: acted instanceof Promise ? await acted : acted, error: null };
  } catch (error) {
    if (error instanceof HeadgateError) return { n, change: null, error };
    try {
      return { n, change: settleOne(latest, bench), error };
    } catch {
      return { n, change: null, error: new Unsettled('a change is neither done nor undone', { cause: error }) };
    }
  }
}

/** Groups entries in their order: changes of single files whose places have nothing in common go together. */
export function batches<Item extends { change: Change }>(items: readonly Item[]): Item[][] {
  const all: Item[][] = [];
  let batch: Item[] = [];
  let places = new Set<string>();
  for (const item of items) {
    const own = placesOf(item.change);
    const apart = isAlone(item.change) || batch.length >= BATCH || own.some((place) => places.has(place));
    if (apart && batch.length > 0) {
      all.push(batch);
      batch = [];
      places = new Set();
    }
    batch.push(item);
    for (const place of own) places.add(place);
    if (isAlone(item.change)) {
      all.push(batch);
      batch = [];
      places = new Set();
    }
  }
  if (batch.length > 0) all.push(batch);
  return all;
}

/** A change of a whole folder bears on every path below it. */
export function isAlone(change: Change): boolean {
  return change.kind === 'mkdir' || change.kind === 'rmdir' || ('folder' in change && change.folder);
}

export function placesOf(change: Change): string[] {
  const own = `${change.grant} ${change.path}`;
  return change.kind === 'move' ? [own, `${change.toGrant} ${change.toPath}`] : [own];
}
