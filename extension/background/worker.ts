// The worker put together: one native port, one store of what is known, and around it menus, badge, notices, cloud
// reader and screens. Every listener is registered in the first turn of the event loop, as MV3 needs it to be woken by events.
import browser, { type Menus, type Tabs } from 'webextension-polyfill';
import type { HostStatus, RunSummary } from '../../shared/protocol/native.ts';
import { badgeFor, createBadgeKeeper } from './badge.ts';
import { createCloudReader } from './cloud-reader.ts';
import { createKnown } from './known.ts';
import { createMenuKeeper, parseMenuId } from './menus.ts';
import { createNativePort } from './native-port.ts';
import { createNotices, serveNoticeClicks } from './notices.ts';
import { loadProblem, save, setProblem, tabInFront } from './save.ts';
import { createSignedIn } from './signed-in.ts';
import { serveScreens } from './screen-port.ts';

/** How long the badge says that something was saved. */
const SAVED_MS = 4_000;
const RUNS_SHOWN = 50;

export function startWorker(): void {
  const showBadge = createBadgeKeeper();
  const menus = createMenuKeeper();
  const notices = createNotices({ isWatched: async () => screens.showQuestions() && (await browser.windows.getLastFocused()).focused });
  let justSaved = false;

  const known = createKnown((snapshot) => {
    screens.push(snapshot);
    showBadge(badgeFor(snapshot, justSaved));
  });
  const native = createNativePort({
    onState(host, status) {
      known.set(status ? { host, status } : { host });
      if (host.state === 'ready') refresh();
      updateReader();
    },
    onRunChanged(run) {
      celebrate(run);
      known.setRun(run);
      signedIn.onRun(run);
    },
    onRunResult: ({ run, result }) => screens.give(run, result),
    onStatusChanged(status) {
      const before = known.snapshot().status;
      known.set({ status });
      if (isOtherThan(before, status)) refreshAllowed();
      updateReader();
    },
    onApprovalsChanged(count) {
      const { status } = known.snapshot();
      if (status !== null) known.set({ status: { ...status, approvals: count } });
      void refreshApprovals();
    },
  });
  const cloud = createCloudReader({ askSession: () => native.ask('session.token', {}), onRun: known.setElsewhere });
  const signedIn = createSignedIn(native, known);
  const screens = serveScreens({
    snapshot: known.snapshot,
    pass: async (method, params) => {
      const result = await native.ask(method, params as never);
      afterPassed(method, result);
      return result;
    },
    own: {
      'page.save': async ({ grant }) => {
        const run = await save({ action: 'save-page', grant }, await tabInFront(), native, known);
        // With a grant named, `save` asks nothing, so there is always a run.
        return { run: run as NonNullable<typeof run> };
      },
      'download.signedIn': async ({ run }) => {
        await signedIn.download(run);
        return {};
      },
      'host.connect': async () => {
        await native.connect();
        if (known.snapshot().host.state === 'ready') known.set({ status: await native.ask('cloud.connect', {}) });
        return {};
      },
      'problem.dismiss': async () => {
        await setProblem(known, null);
        return {};
      },
    },
    askResult: (run) => native.ask('runs.result', { run }),
    onScreens(open) {
      if (open > 0 && known.snapshot().host.state === 'ready') refresh();
      else if (open > 0) void native.connect();
      updateReader();
    },
  });

  function refresh(): void {
    refreshAllowed();
    for (const part of [refreshRuns, refreshApprovals]) void part();
  }
  function refreshAllowed(): void {
    for (const part of [refreshGrants, refreshCommands, refreshWarrants]) void part();
  }
  const refreshGrants = quiet(async () => {
    const { grants } = await native.ask('grants.list', {});
    known.set({ grants });
    await menus.show(grants);
  });
  const refreshCommands = quiet(async () => known.set({ commands: (await native.ask('commands.list', {})).commands }));
  const refreshWarrants = quiet(async () => known.set({ warrants: (await native.ask('warrants.list', {})).warrants }));
  const refreshRuns = quiet(async () => known.setRuns((await native.ask('runs.list', { limit: RUNS_SHOWN })).runs));
  const refreshApprovals = quiet(async () => {
    const { approvals } = await native.ask('approvals.list', {});
    known.set({ approvals });
    notices.show(approvals);
  });

  function afterPassed(method: string, result: unknown): void {
    if (method.startsWith('grants.')) refreshAllowed();
    if (method === 'approvals.answer' || method === 'approvals.chooseAlways') void refreshApprovals();
    if (method.startsWith('pair.')) known.set({ status: result as HostStatus });
    if (method === 'pair.end') known.clearElsewhere();
    updateReader();
  }

  function updateReader(): void {
    const { host, status } = known.snapshot();
    cloud.want(screens.count() > 0 && host.state === 'ready' && status?.cloud.state === 'connected');
  }

  function celebrate(run: RunSummary): void {
    if (run.status !== 'succeeded' || known.run(run.run)?.status !== 'running' || !run.recipe.endsWith('.save')) return;
    justSaved = true;
    setTimeout(() => {
      justSaved = false;
      showBadge(badgeFor(known.snapshot(), false));
    }, SAVED_MS);
  }

  function onMenuClick(info: Menus.OnClickData, tab?: Tabs.Tab): void {
    const choice = parseMenuId(info.menuItemId);
    if (choice === null || tab?.id === undefined) return;
    const text = info.selectionText;
    const selection =
      text === undefined ? undefined : { text, url: info.frameUrl ?? info.pageUrl ?? tab.url ?? '', title: tab.title ?? '' };
    // A failure is kept as the problem that badge and popup show.
    const address = choice.action === 'save-link' ? info.linkUrl : info.srcUrl;
    void save(choice, { tabId: tab.id, frameId: info.frameId, selection, address }, native, known, signedIn.remember).catch(
      () => undefined,
    );
  }

  browser.contextMenus.onClicked.addListener(onMenuClick);
  serveNoticeClicks();
  // Menus outlive the worker; after an install they must be there before the first host answer.
  browser.runtime.onInstalled.addListener(() => void menus.show([]).then(() => native.connect()));
  browser.runtime.onStartup.addListener(() => void native.connect());
  void loadProblem(known).catch(() => undefined);
}

/** Whether anything that is allowed may have changed; an older host does not say when it did. */
function isOtherThan(before: HostStatus | null, { grants: now, warrants }: HostStatus): boolean {
  const grants = before?.grants;
  return (
    grants?.changedAt !== now.changedAt ||
    grants?.count !== now.count ||
    grants?.problem?.code !== now.problem?.code ||
    before?.warrants !== warrants
  );
}

/** What could not be refreshed stays as it was: the port's own state says that the host is down. */
function quiet(work: () => Promise<void>): () => Promise<void> {
  return () => work().catch(() => undefined);
}
