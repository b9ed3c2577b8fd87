// The main job, done with the real parts as a person does it: the toolbar button and the context menu in the browser for
// saving a page, the terminal's way in for digesting a folder.
import { followRun } from '../cli/follow-run.ts';
import type { Output } from '../cli/output.ts';
import type { Terminal } from '../cli/terminal.ts';
import { EXTENSION_ID } from '../install/manifest.ts';
import type { GrantId, RunId } from '../../shared/ids.ts';
import type { RunView } from '../../shared/run/view.ts';
import type { OpenedBrowser } from './open-browser.ts';

const PAGE_DEADLINE_MS = 45_000;
const RUN_APPEARS_MS = 30_000;
const LOOK_EVERY_MS = 100;

export interface DoneRun {
  view: RunView;
  /** Absolute paths of what it wrote. */
  files: string[];
}

/** Opens `url`, clicks the toolbar button, picks "Save page to…" the grant, and waits for the run. */
export async function savePage(opened: OpenedBrowser, terminal: Terminal, url: string, grant: GrantId, out: Output): Promise<DoneRun> {
  const before = new Set((await terminal.call('runs.list', { limit: 100 })).runs.map(({ run }) => run));
  const page = await opened.browser.newPage();
  try {
    const response = await page.goto(url, { waitUntil: 'load', timeout: PAGE_DEADLINE_MS }).catch((cause: unknown) => {
      const reason = /ERR_\w+/.exec(String(cause))?.[0] ?? 'no answer in time';
      throw new Error(`The page ${url} cannot be opened (${reason}).`, { cause });
    });
    if (response !== null && !response.ok()) throw new Error(`The page ${url} answered ${response.status()}.`);
    await page.bringToFront();
    const extension = (await opened.browser.extensions()).get(EXTENSION_ID);
    if (extension === undefined) throw new Error('The extension is not in the browser any more.');
    // The click on the toolbar button is what opens this tab to the extension.
    await page.triggerExtensionAction(extension);
    const problem = await opened.worker.evaluate(pickFromMenu(`save-page:${grant}`, page.url()));
    if (problem !== null) throw new Error(String(problem));
    const run = await newRun(terminal, before, 'page.save', opened);
    return await finishRun(terminal, run, out);
  } finally {
    await closePopups(opened);
    await page.close().catch(() => {});
  }
}

/** Digests a granted folder. */
export async function digestFolder(terminal: Terminal, grant: GrantId, out: Output): Promise<DoneRun> {
  const { run } = await terminal.call('runs.start', { recipe: 'folder.digest', input: { grant } });
  return finishRun(terminal, run, out);
}

/** Code for the extension's worker: what the browser itself does when the person picks that menu entry. */
function pickFromMenu(menuItemId: string, pageUrl: string): string {
  const info = { menuItemId, pageUrl, editable: false, frameId: 0 };
  return `(async () => {
    const tabs = await chrome.tabs.query({ active: true });
    const tab = tabs.find((each) => each.url === ${JSON.stringify(pageUrl)});
    if (tab === undefined) return 'The page is not open to the extension.';
    chrome.contextMenus.onClicked.dispatch(${JSON.stringify(info)}, tab);
    return null;
  })()`;
}

/** What the extension kept of a save that failed before its run began. */
const PROBLEM = "chrome.storage.session.get('settings').then(({ settings }) => settings?.problem?.code ?? null)";
const PROBLEM_SAYS: Readonly<Record<string, string>> = {
  no_text: 'it has no readable text',
  too_large: 'it is too large',
  unsupported: 'it is no HTML page',
  forbidden: 'the browser lets no extension read it',
  timeout: 'it did not answer in time',
};

async function newRun(terminal: Terminal, before: ReadonlySet<RunId>, recipe: string, opened: OpenedBrowser): Promise<RunId> {
  for (const deadline = Date.now() + RUN_APPEARS_MS; Date.now() < deadline; ) {
    const { runs } = await terminal.call('runs.list', { limit: 20 });
    const found = runs.find((summary) => summary.recipe === recipe && !before.has(summary.run));
    if (found !== undefined) return found.run;
    const code = await opened.worker.evaluate(PROBLEM).catch(() => null);
    if (typeof code === 'string') throw new Error(`The page could not be saved: ${PROBLEM_SAYS[code] ?? code}.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error('The extension started no run for this page.');
}

async function finishRun(terminal: Terminal, run: RunId, out: Output): Promise<DoneRun> {
  const view = await followRun(terminal, run, out);
  if (view.status !== 'succeeded') return { view, files: [] };
  const result = await terminal.call('runs.result', { run });
  const handles = result.kind === 'files' ? result.files.map(({ handle }) => handle) : [];
  const { paths } = handles.length === 0 ? { paths: [] } : await terminal.call('files.locate', { handles });
  return { view, files: paths.filter((path) => path !== null) };
}

async function closePopups({ browser }: OpenedBrowser): Promise<void> {
  for (const target of browser.targets()) {
    if (!target.url().startsWith(`chrome-extension://${EXTENSION_ID}/popup.html`)) continue;
    await target
      .asPage()
      .then(
        (popup) => popup.close(),
        () => {},
      )
      .catch(() => {});
  }
}
