// The button that takes a run back, and below the run's line what that would do, or did: no dialog, so nothing is trapped.
// The focus goes to the words when they come, and when they go back to the button, or to what stands in its place.
import { useEffect, useRef } from 'preact/hooks';
import type { RunUndo, UndoReport } from '../../../shared/protocol/native.ts';
import { type MessageKey, t, tCount } from '../../i18n.ts';
import { DoneIcon, FailIcon, PlusIcon, StopIcon, UndoIcon } from '../look/icons.tsx';
import { Name } from '../look/name.tsx';
import type { Undo } from './use-undo.ts';

/** Lines shown of what did not simply go back, and of what did. */
const SHOWN_SPECIAL = 20;
const SHOWN_PLAIN = 5;

const SIGNS = {
  undone: [DoneIcon, 'undo_item_undone', 'done'],
  beside: [PlusIcon, 'undo_item_beside', 'wait'],
  left: [StopIcon, 'undo_item_left', 'skipped'],
  failed: [FailIcon, 'undo_item_failed', 'failed'],
} as const satisfies Record<UndoReport['items'][number]['result'], readonly [unknown, MessageKey, string]>;

/** What a run's line says of its undo: the button while it can be taken back, else that it was. */
export function UndoButton({ can, undo, title }: { can: RunUndo; undo: Undo; title: string }) {
  const place = useRef<HTMLElement | null>(null);
  const keep = (element: HTMLElement | null) => {
    place.current = element;
  };
  const was = useRef(undo.state.at);
  useEffect(() => {
    if (was.current !== 'idle' && undo.state.at === 'idle') place.current?.focus();
    was.current = undo.state.at;
  }, [undo.state.at]);
  if (can.state === 'done')
    return (
      <span ref={keep} class="taken-back" tabIndex={-1}>
        <UndoIcon size={13} /> {t('undo_done')}
      </span>
    );
  if (can.state === 'expired') return null;
  return (
    <button
      ref={keep}
      type="button"
      class="quiet small undo"
      aria-expanded={undo.state.at !== 'idle'}
      aria-label={t('undo_run', title)}
      onClick={() => (undo.state.at === 'idle' ? undo.look() : undo.close())}
    >
      <UndoIcon size={14} />
      {t('undo')}
    </button>
  );
}

export function UndoPanel({ undo, title }: { undo: Undo; title: string }) {
  const words = useRef<HTMLParagraphElement>(null);
  const { state } = undo;
  useEffect(() => words.current?.focus(), [state.at]);
  if (state.at === 'idle') return null;
  const close = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    // The browser would close a whole popup.
    event.preventDefault();
    undo.close();
  };
  return (
    <section class="undo-panel" aria-label={t('undo_run', title)} data-undo={state.at} onKeyDown={close}>
      <p ref={words} tabIndex={-1} role={state.at === 'failed' ? 'alert' : undefined} class={state.at === 'failed' ? 'failure' : undefined}>
        {wordsOf(undo)}
      </p>
      {'report' in state && <Items report={state.report} />}
      <div class="answers">
        {state.at === 'preview' && canGoBack(state.report) && (
          <button type="button" class="primary" data-undo-go onClick={undo.go}>
            {t('undo_go')}
          </button>
        )}
        {state.at !== 'undoing' && state.at !== 'looking' && (
          <button type="button" class="plain" onClick={undo.close}>
            {t(state.at === 'preview' && canGoBack(state.report) ? 'undo_keep' : 'close')}
          </button>
        )}
      </div>
    </section>
  );
}

function canGoBack({ undone, beside }: UndoReport): boolean {
  return undone + beside > 0;
}

function wordsOf({ state }: Undo): string {
  switch (state.at) {
    case 'idle':
      return '';
    case 'looking':
      return t('undo_looking');
    case 'undoing':
      return t('undo_busy');
    case 'failed':
      return state.words;
    case 'preview':
      return canGoBack(state.report) ? countWords(state.report, 'would') : t('undo_nothing');
    case 'outcome':
      return countWords(state.report, 'did');
  }
}

/** `3 changes go back. 1 old version is put beside yours.` */
function countWords({ undone, beside, left, failed }: UndoReport, tense: 'would' | 'did'): string {
  const parts = [
    undone > 0 && tCount(tense === 'would' ? 'undo_would_undone' : 'undo_did_undone', undone),
    beside > 0 && tCount(tense === 'would' ? 'undo_would_beside' : 'undo_did_beside', beside),
    left > 0 && tCount('undo_left', left),
    failed > 0 && tCount('undo_failed', failed),
  ].filter((words) => words !== false);
  return parts.length === 0 ? t('undo_nothing') : parts.join(' ');
}

/** What the person has to know of comes first; the host orders it so. */
function Items({ report }: { report: UndoReport }) {
  const special = report.items.filter(({ result }) => result !== 'undone');
  const plain = report.items.filter(({ result }) => result === 'undone');
  const shown = [...special.slice(0, SHOWN_SPECIAL), ...plain.slice(0, SHOWN_PLAIN)];
  const hidden = report.more + report.items.length - shown.length;
  return (
    <ul class="undo-items">
      {shown.map(({ change, result, says }) => {
        const [Shape, word, state] = SIGNS[result];
        return (
          <li key={change} data-result={result}>
            <span class="state" data-state={state}>
              <Shape size={14} label={t(word)} />
            </span>
            <Name>{says}</Name>
          </li>
        );
      })}
      {hidden > 0 && <li class="muted">{tCount('approval_more', hidden)}</li>}
    </ul>
  );
}
