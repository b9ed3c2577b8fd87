// Which runs of a list are opened to their details.
import { useState } from 'preact/hooks';
import type { RunId } from '../../../shared/ids.ts';

export interface OpenedRuns {
  opened: ReadonlySet<RunId>;
  onToggle(run: RunId): void;
  /** Opens this one and closes the others. */
  openOnly(run: RunId): void;
}

export function useOpened(): OpenedRuns {
  const [opened, setOpened] = useState<ReadonlySet<RunId>>(new Set());
  return {
    opened,
    onToggle: (run) => setOpened((open) => new Set(open.has(run) ? [...open].filter((id) => id !== run) : [...open, run])),
    openOnly: (run) => setOpened(new Set([run])),
  };
}
