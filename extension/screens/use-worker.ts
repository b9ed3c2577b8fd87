// The worker as a hook: the latest snapshot, the results that came for this screen, and how to ask.
import browser from 'webextension-polyfill';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RunId } from '../../shared/ids.ts';
import type { RunResult } from '../../shared/protocol/native.ts';
import type { RunOutcome, Snapshot } from '../screen-protocol.ts';
import { type Ask, connectWorker } from './worker.ts';

export interface WorkerView {
  /** `null` until the worker's first word. */
  snapshot: Snapshot | null;
  /** In the memory of this screen alone; gone with it. */
  results: ReadonlyMap<RunId, RunResult>;
  keepResult(run: RunId, result: RunResult): void;
  ask: Ask;
}

export function useWorker(connect: typeof connectWorker = connectWorker): WorkerView {
  const [snapshot, setSnapshot] = useState<Snapshot | null>(null);
  const [results, setResults] = useState<ReadonlyMap<RunId, RunResult>>(new Map());
  const keepResult = (run: RunId, result: RunResult) => setResults((kept) => new Map(kept).set(run, result));
  const onSnapshot = (told: Snapshot, outcomes: readonly RunOutcome[]) => {
    setSnapshot(told);
    for (const { run, result } of outcomes) keepResult(run, result);
  };
  const ask = useMemo(() => connect({ onSnapshot }), [connect]);
  useEffect(() => {
    document.documentElement.lang = browser.i18n.getUILanguage();
  }, []);
  return { snapshot, results, keepResult, ask };
}
