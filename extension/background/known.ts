// What the worker knows and screens show: one owner, in memory only. Changes are told once per turn of the event loop,
// however many there were, and not at all when they come to the same.
import type { RunView } from '../../shared/run/view.ts';
import type { RunId } from '../../shared/ids.ts';
import { OP_NAMES, OPS } from '../../shared/ops/catalogue.ts';
import type { RunSummary } from '../../shared/protocol/native.ts';
import { NOTHING_YET } from '../nothing-yet.ts';
import type { ScreenRun, Snapshot } from '../screen-protocol.ts';

/** Runs kept for screens. */
export const MAX_RUNS = 100;

type Told = Omit<RunView, 'steps'>;

export interface Known {
  snapshot(): Snapshot;
  set(change: Partial<Omit<Snapshot, 'runs'>>): void;
  /** The host's whole list, newest first. */
  setRuns(runs: readonly RunSummary[]): void;
  setRun(run: RunSummary): void;
  /** A run as the cloud tells it. This device's own word on a run wins. */
  setElsewhere(run: Told): void;
  clearElsewhere(): void;
  run(id: RunId): ScreenRun | undefined;
}

export function createKnown(onChange: (snapshot: Snapshot) => void): Known {
  let { runs: _none, ...rest } = NOTHING_YET;
  let own = new Map<RunId, RunSummary>();
  const elsewhere = new Map<RunId, Told>();
  let telling = false;
  let told = '';

  const changed = () => {
    if (telling) return;
    telling = true;
    queueMicrotask(() => {
      telling = false;
      const snapshot = known.snapshot();
      const wish = JSON.stringify(snapshot);
      if (wish === told) return;
      told = wish;
      onChange(snapshot);
    });
  };
  const listRuns = (): ScreenRun[] => {
    const others = [...elsewhere.values()]
      .filter((run) => !own.has(run.run))
      .map((run) => ({ ...run, files: [], elsewhere: true as const }));
    // Each has its own cap: however many a cloud tells of, none of this device's own goes for one.
    return [...own.values(), ...others].sort((a, b) => b.createdAt - a.createdAt);
  };
  const known: Known = {
    snapshot: () => ({ ...rest, runs: listRuns() }),
    set(change) {
      rest = { ...rest, ...change };
      changed();
    },
    setRuns(runs) {
      own = new Map(runs.map((run) => [run.run, withOp(run)]));
      changed();
    },
    setRun(run) {
      own.set(run.run, withOp(run));
      trim(own);
      changed();
    },
    setElsewhere(run) {
      // Nor does it stand before them for ever.
      elsewhere.set(run.run, { ...run, createdAt: Math.min(run.createdAt, Date.now()) });
      trim(elsewhere);
      if (!own.has(run.run)) changed();
    },
    clearElsewhere() {
      elsewhere.clear();
      changed();
    },
    run: (id) => own.get(id),
  };
  return known;
}

/** The host tells the step at work in its own words; screens have theirs, so they get the op. */
function withOp({ now, ...run }: RunSummary): RunSummary {
  const op = OP_NAMES.find((name) => name === now || OPS[name].says === now);
  return op === undefined ? run : { ...run, now: op };
}

function trim<Run extends { createdAt: number }>(runs: Map<RunId, Run>): void {
  if (runs.size <= MAX_RUNS) return;
  const oldest = [...runs].reduce((old, candidate) => (candidate[1].createdAt < old[1].createdAt ? candidate : old));
  runs.delete(oldest[0]);
}
