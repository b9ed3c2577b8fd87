// The journal: one row a change, in the agent's own store, on disk before the change begins. A row's state is
//   intended  noted; whether it happened is not known until its outcome is noted or, after a crash, seen on the disk
//   done      it happened and stands
//   nothing   it did not happen, or was taken back at once
//   undone    it happened and was taken back later; `says` tells how that went
// A row that takes another back is a change like any other, with `undoes`. Both rows' states change in one transaction.
import { HeadgateError } from '../../shared/errors.ts';
import type { RunId, StepId } from '../../shared/ids.ts';
import type { Store } from '../state/database.ts';
import { Change, type ChangeKind, preImageOf } from './change.ts';
import { passFaultPoint } from './fault-points.ts';
import { createPreImages, PRE_IMAGE_LIMITS, type PreImageLimits, type PreImages } from './pre-images.ts';
import { makeRoom } from './retention.ts';

export type ChangeState = 'intended' | 'done' | 'nothing' | 'undone';

export interface ChangeRow {
  n: number;
  run: RunId;
  step: StepId;
  at: number;
  /** Changes of the whole step: fewer rows that are done mean that it is not finished. */
  total: number;
  state: ChangeState;
  change: Change;
  undoes: number | null;
  says: string | null;
}

export interface Scope {
  run: RunId;
  step: StepId;
  total: number;
  /** Changes that the run's warrant allows; `null` for what takes changes back. */
  maxChanges: number | null;
}

export interface Outcome {
  n: number;
  /** As it came out; `null`: it did not happen. */
  change: Change | null;
  undoes: number | null;
}

/** A change to be noted; one that takes another back says in plain words how. */
export interface Entry {
  change: Change;
  undoes?: number | undefined;
  says?: string | undefined;
}

export interface Journal {
  readonly store: Store;
  readonly preImages: PreImages;
  /**
   * Notes changes before they are done, in one transaction, and spends the warrant's changes. What is staged says more of
   * itself (`refine`) before it takes effect, and that brings the note to disk; of all else it is there when this returns.
   * Throws `warrant_refused`.
   */
  intend(scope: Scope, entries: readonly Entry[]): number[];
  /** Says more of a change that was noted; resolves when that is on disk, and all that was noted before. */
  refine(n: number, change: Change): Promise<void>;
  /** Notes how changes came out, together with what `also` writes; with `soon` without waiting for the disk. */
  settle<Result>(outcomes: readonly Outcome[], also?: () => Result, soon?: boolean): Result | undefined;
  row(n: number): ChangeRow | null;
  ofRun(run: RunId): ChangeRow[];
  ofStep(run: RunId, step: StepId): ChangeRow[];
  intended(): ChangeRow[];
  /** The last changes that happened, newest first, over all runs; no taking back. */
  recent(limit: number): ChangeRow[];
  /** The last change that stands. */
  lastDone(): ChangeRow | null;
  /** Notes that a change counts as taken back though nothing had to be done. */
  close(n: number, says: string): void;
  /** Gives a run its changes back that were taken back while it went on. */
  refund(run: RunId, count: number): void;
}

/** Kinds that are written under a temporary name before they take effect. */
const STAGED: ReadonlySet<ChangeKind> = new Set(['create', 'replace']);

interface StoredRow extends Omit<ChangeRow, 'change'> {
  change: string;
}

export function createJournal(store: Store, now: () => number, limits: PreImageLimits = PRE_IMAGE_LIMITS): Journal {
  const preImages: PreImages = createPreImages(store, now, (bytes) => makeRoom(store, preImages, bytes), limits);
  const all = (where: string, ...values: (string | number)[]) =>
    store.all<StoredRow>(`SELECT * FROM changes WHERE ${where} ORDER BY n`, ...values).map(parseRow);

  return {
    store,
    preImages,
    intend(scope, entries) {
      passFaultPoint('intent.before');
      const note = entries.every(({ change }) => STAGED.has(change.kind)) ? store.unsynced : store.transaction;
      const ns = note(() => {
        if (scope.maxChanges !== null) spend(store, scope, entries.length);
        return entries.map(({ change, undoes, says }) => {
          const image = preImageOf(change);
          if (image !== null) requireImage(store, image);
          return store.run(
            `INSERT INTO changes (run, step, at, total, state, change, pre_image, undoes, says) VALUES (?, ?, ?, ?, 'intended', ?, ?, ?, ?)`,
            scope.run,
            scope.step,
            now(),
            scope.total,
            JSON.stringify(change),
            image,
            undoes ?? null,
            says ?? null,
          ).lastInsertRowid;
        });
      });
      passFaultPoint('intent.recorded');
      return ns;
    },
    refine(n, change) {
      store.unsynced(() =>
        store.run('UPDATE changes SET change = ?, pre_image = ? WHERE n = ?', JSON.stringify(change), preImageOf(change), n),
      );
      return store.synced();
    },
    settle(outcomes, also, soon = false) {
      const note = soon ? store.unsynced : store.transaction;
      const result = note(() => {
        for (const { n, change, undoes } of outcomes) {
          if (change === null) {
            store.run(`UPDATE changes SET state = 'nothing', pre_image = NULL WHERE n = ?`, n);
            if (undoes === null) refund(store, n);
          } else {
            store.run(
              `UPDATE changes SET state = 'done', change = ?, pre_image = ? WHERE n = ?`,
              JSON.stringify(change),
              preImageOf(change),
              n,
            );
            if (undoes !== null)
              store.run(`UPDATE changes SET state = 'undone', says = (SELECT says FROM changes WHERE n = ?) WHERE n = ?`, n, undoes);
          }
        }
        return also?.();
      });
      passFaultPoint('outcome.recorded');
      return result;
    },
    row(n) {
      return all('n = ?', n)[0] ?? null;
    },
    ofRun: (run) => all('run = ?', run),
    ofStep: (run, step) => all('run = ? AND step = ?', run, step),
    intended: () => all(`state = 'intended'`),
    recent: (limit) =>
      store
        .all<StoredRow>(`SELECT * FROM changes WHERE undoes IS NULL AND state IN ('done', 'undone') ORDER BY n DESC LIMIT ?`, limit)
        .map(parseRow),
    lastDone() {
      const row = store.get<StoredRow>(`SELECT * FROM changes WHERE undoes IS NULL AND state = 'done' ORDER BY n DESC LIMIT 1`);
      return row === undefined ? null : parseRow(row);
    },
    close(n, says) {
      store.run(`UPDATE changes SET state = 'undone', says = ? WHERE n = ?`, says, n);
    },
    refund(run, count) {
      store.run('UPDATE runs SET changed = max(0, changed - ?) WHERE id = ?', count, run);
    },
  };
}

function parseRow(row: StoredRow): ChangeRow {
  return { ...row, change: Change.parse(JSON.parse(row.change)) };
}

/** A run that is not kept here (a terminal's or another program's own) is counted by what the journal has of it. */
function spend(store: Store, { run, maxChanges }: Scope, count: number): void {
  if (store.run('UPDATE runs SET changed = changed + ? WHERE id = ? AND changed + ? <= ?', count, run, count, maxChanges).changes === 1)
    return;
  const kept = store.get('SELECT 1 FROM runs WHERE id = ?', run) !== undefined;
  const used =
    store.get<{ used: number }>(
      `SELECT count(*) AS used FROM changes WHERE run = ? AND undoes IS NULL AND state IN ('intended', 'done')`,
      run,
    )?.used ?? 0;
  if (!kept && used + count <= (maxChanges ?? 0)) return;
  throw new HeadgateError('warrant_refused', 'the warrant allows no more changes');
}

function refund(store: Store, n: number): void {
  store.run('UPDATE runs SET changed = max(0, changed - 1) WHERE id = (SELECT run FROM changes WHERE n = ?)', n);
}

function requireImage(store: Store, hash: string): void {
  if (store.get('SELECT 1 FROM pre_images WHERE hash = ?', hash) !== undefined) return;
  throw new HeadgateError('too_large', 'There is no more room to keep the old version, so the file was left as it is.', {
    next: 'Change it in its own program.',
  });
}
