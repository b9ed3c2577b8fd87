// Opens the side panel (in Firefox the sidebar) of this window. Browsers want the person's click for it, in the same turn of
// the event loop: so the window is asked for beforehand, and nothing is awaited when the click comes.
import { useEffect, useState } from 'preact/hooks';
import browser from 'webextension-polyfill';

/** `null` while the window is not known, or where the browser has no such panel. */
export function useOpenPanel(): (() => Promise<void>) | null {
  const [windowId, setWindowId] = useState<number | null>(null);
  useEffect(() => {
    browser.windows.getCurrent().then(
      ({ id }) => setWindowId(id ?? null),
      () => undefined,
    );
  }, []);
  if (windowId === null) return null;
  // Chromium's; the polyfill does not know it.
  if (typeof chrome !== 'undefined' && chrome.sidePanel !== undefined) return () => chrome.sidePanel.open({ windowId });
  if (browser.sidebarAction !== undefined) return () => browser.sidebarAction.open();
  return null;
}
