// Saves a page or a selection, or what a link or an image points to: clip it, or take its address, let the person choose a folder where none was named, start the run. From the
// start of the run on, the run tells how it goes; what fails before that is kept as a code for the popup and the badge.
import browser from 'webextension-polyfill';
import { HeadgateError } from '../../shared/errors.ts';
import type { GrantId, RunId } from '../../shared/ids.ts';
import { MAX_URL_CHARS } from '../../shared/ops/args.ts';
import { MAX_DATA_CHARS } from '../../shared/recipes/web-save.ts';
import type { ActionProblem } from '../screen-protocol.ts';
import { pageUrl } from '../page/page-url.ts';
import { readBlobImage } from './blob-image.ts';
import { clipTab } from './clip-tab.ts';
import type { Known } from './known.ts';
import type { FetchAction, MenuChoice } from './menus.ts';
import type { NativePort } from './native-port.ts';
import { loadSettings, saveSettings } from './settings.ts';

export interface SavePlace {
  tabId: number;
  frameId?: number | undefined;
  /** What the menu told of the selection and of the page it is on. */
  selection?: { text: string; url: string; title: string } | undefined;
  /** Where the link leads, or where the image is. */
  address?: string | undefined;
}

const RECIPES = {
  'save-page': 'page.save',
  'save-selection': 'selection.save',
  'save-link': 'link.save',
  'save-image': 'image.save',
} as const;

/** Told of a run in which the host fetches an address. */
export type OnFetch = (run: RunId, fetch: { grant: GrantId; url: string }) => void;

/** Starts the run and answers its id; `null` when the person chose no folder. Throws HeadgateError after keeping the problem. */
export async function save(
  choice: MenuChoice,
  place: SavePlace,
  native: NativePort,
  known: Known,
  onFetch: OnFetch = () => {},
): Promise<RunId | null> {
  const { action } = choice;
  const reads = action === 'save-page' || action === 'save-selection';
  if (reads) known.set({ saving: true });
  try {
    await setProblem(known, null);
    const what = reads
      ? await clipTab(action, { id: place.tabId, frameId: place.frameId }, selectionOf(place))
      : await addressOf(action, place);
    const grant = choice.grant ?? (await native.ask('grants.choose', { write: true })).grant?.id ?? null;
    if (grant === null) return null;
    const { run } = await native.ask('runs.start', { recipe: RECIPES[action], input: { grant, ...what } });
    if ('url' in what) onFetch(run, { grant, url: what.url });
    await saveSettings('local', { lastGrant: grant });
    return run;
  } catch (error) {
    const code = error instanceof HeadgateError ? error.code : 'internal';
    await setProblem(known, { action, code, at: Date.now() });
    throw error instanceof HeadgateError ? error : new HeadgateError('internal', 'It could not be saved.', { cause: error });
  } finally {
    if (reads) known.set({ saving: false });
  }
}

/** What the host may fetch, or decode; an image that only the page has is read there. Throws `page_only` for a link to such a thing, `address_refused` for any other. */
async function addressOf(action: FetchAction, { tabId, frameId, address = '' }: SavePlace): Promise<{ url: string } | { data: string }> {
  if (/^https?:/i.test(address)) {
    if (address.length > MAX_URL_CHARS) throw new HeadgateError('address_refused', 'The address is too long.');
    return { url: address };
  }
  if (action === 'save-image' && /^data:image\//i.test(address)) {
    if (address.length > MAX_DATA_CHARS) throw new HeadgateError('too_large', 'The image is too large to be saved.');
    return { data: address };
  }
  if (action === 'save-image' && /^blob:/i.test(address)) return { data: await readBlobImage({ id: tabId, frameId }, address) };
  if (/^(blob|filesystem):/i.test(address)) throw new HeadgateError('page_only', 'It exists only inside the page.');
  throw new HeadgateError('address_refused', 'This is no address of the web.');
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
