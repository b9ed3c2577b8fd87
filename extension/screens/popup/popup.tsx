// The popup: the state of the three layers, the next step where one is down, questions that wait for a yes, the box that
// starts runs, and the last runs. Usable from the worker's first word on; `data-usable` on <html> says when that was.
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import browser from 'webextension-polyfill';
import type { RunId } from '../../../shared/ids.ts';
import { t } from '../../i18n.ts';
import { NOTHING_YET } from '../../nothing-yet.ts';
import { ApprovalList } from '../approvals/approval-list.tsx';
import { Channel } from '../layers/channel.tsx';
import { FixCard } from '../layers/fix-card.tsx';
import { findTrouble, lampsFor, type PageState } from '../layers/trouble.ts';
import { Head } from '../layers/head.tsx';
import { GearIcon, PanelIcon } from '../look/icons.tsx';
import { useOpenPanel } from '../open-panel.ts';
import { RunList } from '../runs/run-list.tsx';
import { useFiles } from '../runs/use-files.ts';
import { useOpened } from '../runs/use-opened.ts';
import { useWorker } from '../use-worker.ts';
import { errorWords, failureWords, problemWords } from '../words.ts';
import { Box } from './box.tsx';
import { SignInCard } from './sign-in-card.tsx';
import { type Command, commandsFor } from './commands.ts';
import { pageInFront } from './page-in-front.ts';

export function Popup() {
  const worker = useWorker();
  const [page, setPage] = useState<PageState>('unknown');
  const [failure, setFailure] = useState<string | null>(null);
  const [queries, setQueries] = useState<ReadonlyMap<RunId, string>>(new Map());
  const files = useFiles(worker.ask);
  const openPanel = useOpenPanel();
  const snapshot = worker.snapshot ?? NOTHING_YET;
  const { host, status, grants, runs, approvals, problem, saving } = snapshot;
  const { opened, onToggle, openOnly } = useOpened(runs);
  const trouble = findTrouble(snapshot);
  const fix = trouble !== null && <FixCard trouble={trouble} ask={worker.ask} cloud={status?.cloud.url} />;
  // Also during another try: the box takes the focus when it opens, and the person has just pressed the card's button.
  const hostDown = host.state !== 'ready' && trouble !== null;

  useEffect(() => void pageInFront().then(setPage, () => setPage('closed')), []);
  useMarkUsable(worker.snapshot !== null);

  const start = async (command: Command) => {
    setFailure(null);
    try {
      await startCommand(command, worker.ask, (run) => {
        if (command.kind === 'find') setQueries((known) => new Map(known).set(run, command.query));
        if (command.kind === 'find' || command.kind === 'info') openOnly(run);
      });
    } catch (error) {
      // A page that could not be saved is told as the problem that the worker keeps.
      if (command.kind !== 'save') setFailure(failureWords(error));
    }
  };

  return (
    <main>
      <Head status={status}>
        <Channel lamps={lampsFor(snapshot, page)} />
      </Head>
      <div class="content">
        <ApprovalList approvals={approvals} runs={runs} status={status} ask={worker.ask} />
        {trouble?.lamp === 'down' && fix}
        {problem !== null && (
          <section class="card problem" role="alert">
            <p>
              <strong>{problemWords(problem.action)}</strong> {errorWords(problem.code)}
            </p>
            <button type="button" class="quiet small" onClick={() => void worker.ask('problem.dismiss', {})}>
              {t('dismiss')}
            </button>
          </section>
        )}
        {snapshot.signIn != null && <SignInCard run={snapshot.signIn} ask={worker.ask} onFailure={setFailure} />}
        <Box commandsFor={(typed) => commandsFor(typed, grants ?? [], page)} onRun={(command) => void start(command)} disabled={hostDown} />
        {(failure ?? files.failure) !== null && (
          <p class="failure" role="alert">
            {failure ?? files.failure}
          </p>
        )}
        <p role="status" class={saving ? 'saving' : 'hidden'}>
          {saving ? t('saving') : ''}
        </p>
        {/* Work goes on: the box comes before what could be better. */}
        {trouble?.lamp === 'warn' && fix}
        <RunList
          runs={runs}
          told={host.state === 'ready' && grants !== null}
          worker={worker}
          queries={queries}
          opened={opened}
          onToggle={onToggle}
          onFile={files.onFile}
        />
      </div>
      <footer>
        <button type="button" class="quiet" onClick={() => void browser.runtime.openOptionsPage()}>
          <GearIcon size={16} />
          {t('open_options')}
        </button>
        {openPanel !== null && (
          <button
            type="button"
            class="quiet"
            data-open="panel"
            onClick={() =>
              void openPanel().then(
                () => window.close(),
                (error: unknown) => setFailure(failureWords(error)),
              )
            }
          >
            <PanelIcon size={16} />
            {t('open_panel')}
          </button>
        )}
      </footer>
    </main>
  );
}

/** Starts what was chosen; `onRun` hears of the run, where there is one. */
async function startCommand(command: Command, ask: ReturnType<typeof useWorker>['ask'], onRun: (run: RunId) => void): Promise<void> {
  switch (command.kind) {
    case 'find':
      return onRun((await ask('runs.start', { recipe: 'files.find', input: { query: command.query } })).run);
    case 'digest':
      return onRun((await ask('runs.start', { recipe: 'folder.digest', input: { grant: command.grant } })).run);
    case 'info':
      return onRun((await ask('runs.start', { recipe: 'device.info', input: {} })).run);
    case 'save':
      return onRun((await ask('page.save', { grant: command.grant })).run);
    case 'choose':
      await ask('grants.choose', { write: true });
  }
}

/** Milliseconds from the document's start until the box can be used and the worker's first word is on the screen. */
function useMarkUsable(usable: boolean): void {
  useLayoutEffect(() => {
    const { dataset } = document.documentElement;
    if (usable && dataset.usable === undefined) dataset.usable = String(performance.now());
  }, [usable]);
}
