// The ledger on the screen: how much left on which day, what it was, and whether the record holds. Read from the host when it
// is looked at, and again when runs go on; kept in the memory of this screen alone.
import { useEffect, useState } from 'preact/hooks';
import { escapeForDisplay } from '../../../shared/gate/names.ts';
import type { Receipt } from '../../../shared/gate/release.ts';
import type { RunId } from '../../../shared/ids.ts';
import { t } from '../../i18n.ts';
import type { ScreenRun } from '../../screen-protocol.ts';
import { useNow } from '../use-now.ts';
import { failureWords, runTitle } from '../words.ts';
import type { Ask } from '../worker.ts';
import { DayBars } from './day-bars.tsx';
import { ReceiptGroupRow } from './receipt-group.tsx';
import { groupReceipts, sumDays } from './receipts.ts';
import { VerifyPart } from './verify-part.tsx';

/** The most that the host tells at once. */
const LIMIT = 500;
const DAYS = 14;
const FIRST_GROUPS = 12;
const MINUTE_MS = 60_000;
/** Runs come in many small steps: the list follows when they pause. */
const REFRESH_AFTER_MS = 400;

export interface LedgerViewProps {
  runs: readonly ScreenRun[];
  ask: Ask;
  /** Only what left in this run. */
  run: RunId | null;
  onRun(run: RunId | null): void;
}

export function LedgerView({ runs, ask, run, onRun }: LedgerViewProps) {
  const [receipts, setReceipts] = useState<readonly Receipt[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const now = useNow(MINUTE_MS);
  const progress = runs.map(({ run, done }) => `${run} ${done}`).join();

  useEffect(() => {
    let here = true;
    const timer = setTimeout(
      () => {
        ask('ledger.list', { limit: LIMIT }).then(
          (answer) => here && setReceipts(answer.receipts),
          (error: unknown) => here && setFailure(failureWords(error)),
        );
      },
      receipts === null ? 0 : REFRESH_AFTER_MS,
    );
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [progress]);

  if (failure !== null)
    return (
      <p class="failure" role="alert">
        {failure}
      </p>
    );
  if (receipts === null) return <p class="muted">{t('ledger_reading')}</p>;
  const titles = new Map(runs.map((each) => [each.run, runTitle(each)]));
  // What another program on this device got is of no run of ours; its receipts name the program.
  const programs = new Map(
    receipts.flatMap(({ run, destination, model }) => (destination === 'client' && model !== null ? [[run, model]] : [])),
  );
  const titleOf = (id: RunId) =>
    titles.get(id) ?? (programs.has(id) ? t('ledger_program', programs.get(id) ?? '') : t('ledger_earlier_run'));
  const chosen = run === null ? receipts : receipts.filter((receipt) => receipt.run === run);
  const groups = groupReceipts(chosen);
  const whole = receipts.length < LIMIT;
  return (
    <>
      <DayBars days={sumDays(receipts, now, DAYS, whole ? 0 : receipts.at(-1)?.at)} />
      <VerifyPart ask={ask} />
      {receipts.length === 0 && run === null ? (
        <p class="empty muted">{t('ledger_none')}</p>
      ) : (
        <>
          <label class="pick">
            <span>{t('ledger_of_run')}</span>
            <select
              value={run ?? ''}
              onChange={({ currentTarget }) => onRun(currentTarget.value === '' ? null : (currentTarget.value as RunId))}
            >
              <option value="">{t('ledger_all_runs')}</option>
              {[...new Set([...(run === null ? [] : [run]), ...receipts.map((receipt) => receipt.run)])].map((id) => (
                <option key={id} value={id}>
                  {escapeForDisplay(titleOf(id))}
                </option>
              ))}
            </select>
          </label>
          {groups.length === 0 && <p class="empty muted">{t('ledger_none_of_run')}</p>}
          <ul class="ledger">
            {groups.slice(0, all ? undefined : FIRST_GROUPS).map((group) => (
              <ReceiptGroupRow key={group.key} group={group} title={titleOf(group.run)} now={now} open={run !== null} />
            ))}
          </ul>
          {!all && groups.length > FIRST_GROUPS && (
            <button type="button" class="quiet" onClick={() => setAll(true)}>
              {t('ledger_earlier')}
            </button>
          )}
          {!whole && <p class="muted">{t('ledger_cut', String(LIMIT))}</p>}
        </>
      )}
    </>
  );
}
