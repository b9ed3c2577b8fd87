// One run in the list: its state by shape, what it is doing or what came of it, where it ran and when, and the button that
// takes it back; opened, its result and its steps.
import { useEffect, useState } from 'preact/hooks';
import { escapeForDisplay } from '../../../shared/gate/names.ts';
import type { RunId } from '../../../shared/ids.ts';
import type { RunResult } from '../../../shared/protocol/native.ts';
import type { RunView } from '../../../shared/run/view.ts';
import { t, tCount } from '../../i18n.ts';
import type { ScreenRun } from '../../screen-protocol.ts';
import { LeftOfFile } from '../ledger/left-of-file.tsx';
import { BusyIcon, ChevronIcon, DoneIcon, FailIcon, StopIcon, WarnIcon } from '../look/icons.tsx';
import { Name } from '../look/name.tsx';
import { errorWords, failureWords, opWords, runTitle, timeWords } from '../words.ts';
import type { Ask } from '../worker.ts';
import { type OnFile, ResultView } from './result-view.tsx';
import { StepList } from './step-list.tsx';
import { UndoButton, UndoPanel } from './undo-part.tsx';
import { useUndo } from './use-undo.ts';
import { WhereMark } from './where-mark.tsx';

const SHAPES = {
  running: [BusyIcon, 'run_running'],
  waiting: [WarnIcon, 'run_waiting'],
  succeeded: [DoneIcon, 'run_succeeded'],
  failed: [FailIcon, 'run_failed'],
  cancelled: [StopIcon, 'run_cancelled'],
} as const;

export interface RunRowProps {
  run: ScreenRun;
  now: number;
  ask: Ask;
  /** What has come of it, if this screen knows. */
  result: RunResult | undefined;
  /** The words that were searched for, where this screen started the search. */
  query: string;
  open: boolean;
  onToggle(): void;
  onResult(result: RunResult): void;
  onFile: OnFile;
  onLedger?: ((run: RunId) => void) | undefined;
}

export function RunRow({ run, now, ask, result, query, open, onToggle, onResult, onFile, onLedger }: RunRowProps) {
  const [Shape, word] = SHAPES[run.status];
  const active = run.status === 'running' || run.status === 'waiting';
  const title = runTitle(run);
  const undo = useUndo(run.run, ask);
  return (
    <li class="run" data-run={run.run} data-recipe={run.recipe} data-status={run.status}>
      <div class="run-line">
        <span class="state" data-state={run.status}>
          <Shape label={t(word)} />
        </span>
        <div class="run-main">
          <div class="run-head">
            <h3>
              <Name>{title}</Name>
            </h3>
            {run.elsewhere !== true && (
              <button
                type="button"
                class="icon"
                aria-expanded={open}
                aria-label={t('details_of', title)}
                title={t('details')}
                onClick={onToggle}
              >
                <ChevronIcon size={16} />
              </button>
            )}
          </div>
          <div class="run-news">
            <RunNews run={run} onFile={onFile} />
            <span class="run-when muted">
              {run.ran?.map((where) => (
                <WhereMark key={where} where={where} />
              ))}
              {active && run.elsewhere !== true ? (
                <button
                  type="button"
                  class="quiet small"
                  onClick={() => void ask('runs.cancel', { run: run.run }).catch(() => undefined)}
                  aria-label={t('cancel_run', title)}
                >
                  {t('cancel')}
                </button>
              ) : (
                <time dateTime={new Date(run.createdAt).toISOString()}>{timeWords(run.createdAt, now)}</time>
              )}
              {run.undo !== undefined && <UndoButton can={run.undo} undo={undo} title={title} />}
            </span>
          </div>
        </div>
      </div>
      <UndoPanel undo={undo} title={title} />
      {open && <RunDetails run={run} ask={ask} result={result} query={query} onResult={onResult} onFile={onFile} onLedger={onLedger} />}
    </li>
  );
}

function RunNews({ run, onFile }: { run: ScreenRun; onFile: OnFile }) {
  if (run.status === 'running' || run.status === 'waiting') {
    const doing = run.status === 'waiting' ? t('run_waiting_words') : run.now === undefined ? t('op_unknown') : opWords(run.now);
    return (
      <div class="progress">
        <progress max={Math.max(1, run.total)} value={run.done} aria-label={t('progress_label')} />
        <span class="muted">
          {doing} · {t('progress', String(run.done), String(run.total))}
        </span>
      </div>
    );
  }
  if (run.status === 'failed')
    return (
      <div class="failure">
        <p>{run.code === undefined ? t('run_failed') : errorWords(run.code)}</p>
        {run.code !== undefined && run.message !== undefined && <p class="muted">{escapeForDisplay(run.message)}</p>}
      </div>
    );
  if (run.files.length > 0) {
    return (
      <p class="files">
        {run.files.map(({ handle, name }) => (
          <button key={handle} type="button" class="link" onClick={() => onFile('file.open', handle)} title={t('open_file', name)}>
            <Name>{name}</Name>
          </button>
        ))}
      </p>
    );
  }
  return <p class="muted">{run.elsewhere ? t('run_elsewhere') : t(SHAPES[run.status][1])}</p>;
}

function RunDetails({
  run,
  ask,
  result,
  query,
  onResult,
  onFile,
  onLedger,
}: Pick<RunRowProps, 'run' | 'ask' | 'result' | 'query' | 'onResult' | 'onFile' | 'onLedger'>) {
  const [view, setView] = useState<RunView | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [showSteps, setShowSteps] = useState(false);
  const id = run.run;
  const hasResult = result !== undefined && (result.kind === 'hits' || result.kind === 'facts');
  const stepsShown = !hasResult || showSteps;

  useEffect(() => {
    let here = true;
    if (stepsShown)
      ask('runs.get', { run: id }).then(
        (found) => here && setView(found),
        (error) => here && setFailure(failureWords(error)),
      );
    if (result === undefined && run.status === 'succeeded')
      ask('runs.result', { run: id }).then(
        (found) => here && onResult(found),
        () => undefined,
      );
    return () => {
      here = false;
    };
  }, [id, run.done, run.status, stepsShown]);

  return (
    <div class="run-details">
      {run.undo?.state === 'expired' && <p class="muted">{t('undo_expired')}</p>}
      {hasResult && <ResultView result={result} query={query} onFile={onFile} />}
      {failure !== null && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {hasResult && !showSteps && (
        <button type="button" class="quiet small" onClick={() => setShowSteps(true)}>
          {tCount('show_steps', run.total)}
        </button>
      )}
      {stepsShown && view !== null && <StepList view={view} />}
      {onLedger !== undefined && (
        <div class="left-in-run">
          <button type="button" class="quiet small" data-open="ledger" onClick={() => onLedger(id)}>
            {t('run_ledger')}
          </button>
          {run.files.map(({ handle, name }) => (
            <LeftOfFile key={handle} handle={handle} name={escapeForDisplay(name)} ask={ask} />
          ))}
        </div>
      )}
    </div>
  );
}
