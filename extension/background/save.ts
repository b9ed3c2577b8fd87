// Saves a page or a selection: clip it, let the person choose a folder where none was named, start the run. From the
// start of the run on, the run tells how it goes; what fails before that is kept as a code for the popup and the badge.
import browser from 'webextension-polyfill';
import { HeadgateError } from '../../shared/errors.ts';
import type { RunId } from '../../shared/ids.ts';
import type { ActionProblem } from '../screen-protocol.ts';
import { pageUrl } from '../page/page-url.ts';
import { clipTab } from './clip-tab.ts';
import type { Known } from './known.ts';
import type { MenuChoice } from './menus.ts';
import type { NativePort } from './native-port.ts';
import { loadSettings, saveSettings } from './settings.ts';

export interface SavePlace {
  tabId: number;
  frameId?: number | undefined;
  /** What the menu told of the selection and of the page it is on. */
  selection?: { text: string; url: string; title: string } | undefined;
}

const RECIPES = { 'save-page': 'page.save', 'save-selection': 'selection.save' } as const;

/** Starts the run and answers its id; `null` when the person chose no folder. Throws HeadgateError after keeping the problem. */
export async function save(choice: MenuChoice, place: SavePlace, native: NativePort, known: Known): Promise<RunId | null> {
  known.set({ saving: true });
  try {
    await setProblem(known, null);
    const { page, markdown } = await clipTab(choice.action, { id: place.tabId, frameId: place.frameId }, selectionOf(place));
    const grant = choice.grant ?? (await native.ask('grants.choose', { write: true })).grant?.id ?? null;
    if (grant === null) return null;
    const { run } = await native.ask('runs.start', { recipe: RECIPES[choice.action], input: { grant, page, markdown } });
    await saveSettings('local', { lastGrant: grant });
    return run;
  } catch (error) {
    const code = error instanceof HeadgateError ? error.code : 'internal';
    await setProblem(known, { action: choice.action, code, at: Date.now() });
    throw error instanceof HeadgateError ? error : new HeadgateError('internal', 'The page could not be saved.', { cause: error });
  } finally {
    known.set({ saving: false });
  }
}

/** Keeps the problem for screens that open later, or forgets it. */
export async function setProblem(known: Known, problem: ActionProblem | null): Promise<void> {
  if (problem === null && known.snapshot().problem === null) return;
  known.set({ problem });
  await saveSettings('session', { problem });
}

/** Shows again what a worker that ended since had kept. */
export async function loadProblem(known: Known): Promise<void> {
  const { problem } = await loadSettings('session');
  if (problem !== null && known.snapshot().problem === null) known.set({ problem });
}

/** The tab in front, which the click on the toolbar button has opened to this extension. */
export async function tabInFront(): Promise<SavePlace> {
  const [tab] = await browser.tabs.query({ active: true, lastFocusedWindow: true });
  if (tab?.id === undefined) throw new HeadgateError('forbidden', 'There is no page in front.');
  return { tabId: tab.id };
}

function selectionOf({ selection }: SavePlace) {
  if (selection === undefined || selection.text.trim() === '') return undefined;
  const { text, url, title } = selection;
  return { text, page: { title: title.slice(0, 500), url: pageUrl(url), clippedAt: new Date().toISOString() } };
}
