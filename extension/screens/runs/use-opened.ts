// Which runs of a list are opened to their details.
import { useState } from 'preact/hooks';
import type { RunId } from '../../../shared/ids.ts';
import type { ScreenRun } from '../../screen-protocol.ts';

export interface OpenedRuns {
  opened: ReadonlySet<RunId>;
  onToggle(run: RunId): void;
  /** Opens this one and closes the others, as soon as it is in the list: in one drawing with its row. */
  openOnly(run: RunId): void;
}

interface Opened {
  kept: ReadonlySet<RunId>;
  /** Takes the place of those kept once it is listed. */
  next: RunId | null;
}

export function useOpened(runs: readonly ScreenRun[]): OpenedRuns {
  const [state, setState] = useState<Opened>({ kept: new Set(), next: null });
  const openedIn = ({ kept, next }: Opened): ReadonlySet<RunId> =>
    next !== null && runs.some(({ run }) => run === next) ? new Set([next]) : kept;
  return {
    opened: openedIn(state),
    onToggle: (run) =>
      setState((before) => {
        const open = openedIn(before);
        return { kept: new Set(open.has(run) ? [...open].filter((id) => id !== run) : [...open, run]), next: null };
      }),
    openOnly: (run) => setState((before) => ({ kept: openedIn(before), next: run })),
  };
}
