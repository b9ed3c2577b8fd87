// Whether the page in front can be saved. Browsers keep extensions out of their own pages and stores; without an address
// the page is one that this extension may not see at all.
import browser from 'webextension-polyfill';
import type { PageState } from '../layers/trouble.ts';

const CLOSED_SITES = new Set(['chromewebstore.google.com', 'microsoftedge.microsoft.com', 'addons.mozilla.org']);

export async function pageInFront(): Promise<PageState> {
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  return stateOf(tab?.url);
}

export function stateOf(address: string | undefined): PageState {
  if (address === undefined || !URL.canParse(address)) return 'closed';
  const { protocol, hostname } = new URL(address);
  return ['http:', 'https:', 'file:'].includes(protocol) && !CLOSED_SITES.has(hostname) ? 'ready' : 'closed';
}
