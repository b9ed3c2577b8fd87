// The last runs. Opening a file is a run as well, but no news: it is listed only when it failed.
import { useState } from 'preact/hooks';
import type { RunId } from '../../../shared/ids.ts';
import { t } from '../../i18n.ts';
import type { ScreenRun } from '../../screen-protocol.ts';
import { useNow } from '../use-now.ts';
import type { WorkerView } from '../use-worker.ts';
import type { OnFile } from './result-view.tsx';
import { RunRow } from './run-row.tsx';

const FIRST_RUNS = 6;
const MINUTE_MS = 60_000;
const QUIET_RECIPES = new Set(['file.open', 'file.reveal']);

export interface RunListProps {
  runs: readonly ScreenRun[];
  /** The host has told its runs; before that an empty list says nothing. */
  told: boolean;
  worker: Pick<WorkerView, 'ask' | 'results' | 'keepResult'>;
  queries: ReadonlyMap<RunId, string>;
  opened: ReadonlySet<RunId>;
  onToggle(run: RunId): void;
  onFile: OnFile;
  /** Shows what left in a run, where the screen can. */
  onLedger?: ((run: RunId) => void) | undefined;
}

export function RunList({ runs, told, worker, queries, opened, onToggle, onFile, onLedger }: RunListProps) {
  const [all, setAll] = useState(false);
  const now = useNow(MINUTE_MS);
  const news = runs.filter((run) => !QUIET_RECIPES.has(run.recipe) || run.status === 'failed');
  if (news.length === 0 && !told) return null;
  const shown = all ? news : news.slice(0, FIRST_RUNS);
  return (
    <section aria-labelledby="runs-title" class="runs">
      <h2 id="runs-title">{t('runs_title')}</h2>
      {news.length === 0 ? (
        <p class="empty muted">{t('runs_none')}</p>
      ) : (
        <ul>
          {shown.map((run) => (
            <RunRow
              key={run.run}
              run={run}
              now={now}
              ask={worker.ask}
              result={worker.results.get(run.run)}
              query={queries.get(run.run) ?? ''}
              open={opened.has(run.run)}
              onToggle={() => onToggle(run.run)}
              onResult={(result) => worker.keepResult(run.run, result)}
              onFile={onFile}
              onLedger={onLedger}
            />
          ))}
        </ul>
      )}
      {!all && news.length > FIRST_RUNS && (
        <button type="button" class="quiet" onClick={() => setAll(true)}>
          {t('runs_all')}
        </button>
      )}
    </section>
  );
}
