// The side panel: what the popup shows at a glance, at length, and beside the page for as long as the person wants it. Runs
// with undo, questions that wait, the ledger, and the folders.
import { useState } from 'preact/hooks';
import type { RunId } from '../../../shared/ids.ts';
import { t, tCount } from '../../i18n.ts';
import { ApprovalList } from '../approvals/approval-list.tsx';
import { GrantList } from '../grants/grant-list.tsx';
import { FixCard } from '../layers/fix-card.tsx';
import { Head } from '../layers/head.tsx';
import { findTrouble } from '../layers/trouble.ts';
import { LedgerView } from '../ledger/ledger-view.tsx';
import { FolderIcon, QuestionIcon, ReceiptIcon, RunsIcon } from '../look/icons.tsx';
import { RunList } from '../runs/run-list.tsx';
import { useFiles } from '../runs/use-files.ts';
import { useOpened } from '../runs/use-opened.ts';
import { useWorker } from '../use-worker.ts';
import { type Tab, Tabs } from './tabs.tsx';

type TabId = 'runs' | 'approvals' | 'ledger' | 'folders';
const NO_QUERIES: ReadonlyMap<RunId, string> = new Map();

export function Panel() {
  const worker = useWorker();
  const [picked, setPicked] = useState<TabId | null>(null);
  const { opened, onToggle } = useOpened(worker.snapshot?.runs ?? []);
  const [ledgerRun, setLedgerRun] = useState<RunId | null>(null);
  const { failure, onFile } = useFiles(worker.ask);
  const { snapshot, ask } = worker;
  if (snapshot === null) return <main aria-busy="true" />;
  const { host, status, runs, grants, approvals } = snapshot;
  const trouble = findTrouble(snapshot);
  // Until the person picks a tab, what needs them comes first.
  const chosen = picked ?? (approvals.length > 0 ? 'approvals' : 'runs');
  const tabs: Tab<TabId>[] = [
    { id: 'runs', label: t('tab_runs'), Picture: RunsIcon },
    {
      id: 'approvals',
      label: t('tab_approvals'),
      Picture: QuestionIcon,
      count: { value: approvals.length, label: tCount('approvals_wait', approvals.length) },
    },
    { id: 'ledger', label: t('tab_ledger'), Picture: ReceiptIcon },
    { id: 'folders', label: t('folders_title'), Picture: FolderIcon },
  ];

  return (
    <main>
      <Head status={status} />
      <Tabs label={t('tabs_label')} tabs={tabs} chosen={chosen} onChoose={(id: TabId) => setPicked(id)}>
        {trouble !== null && trouble.step !== 'choose' && <FixCard trouble={trouble} ask={ask} cloud={status?.cloud.url} />}
        {failure !== null && (
          <p class="failure" role="alert">
            {failure}
          </p>
        )}
        {chosen === 'runs' && (
          <RunList
            runs={runs}
            told={host.state === 'ready' && grants !== null}
            worker={worker}
            queries={NO_QUERIES}
            opened={opened}
            onToggle={onToggle}
            onFile={onFile}
            onLedger={(run) => {
              setLedgerRun(run);
              setPicked('ledger');
            }}
          />
        )}
        {chosen === 'approvals' &&
          (approvals.length > 0 ? (
            <ApprovalList approvals={approvals} runs={runs} status={status} ask={ask} />
          ) : (
            <p class="empty muted">{t('approvals_none')}</p>
          ))}
        {chosen === 'ledger' && host.state === 'ready' && <LedgerView runs={runs} ask={ask} run={ledgerRun} onRun={setLedgerRun} />}
        {chosen === 'folders' && <GrantList snapshot={snapshot} ask={ask} />}
      </Tabs>
    </main>
  );
}
