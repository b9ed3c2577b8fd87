// One click as a person makes it: "About this device" chosen in the real popup, until its facts are on the screen. The run goes
// through the cloud.
import type { Page } from 'puppeteer';
import type { OpenedBrowser } from '../../native-host/checkout/open-browser.ts';
import { EXTENSION_ID } from '../../native-host/install/manifest.ts';

/** Milliseconds since 1970, by the popup's clock. */
export interface Click {
  clickedAt: number;
  shownAt: number;
}

const WARM_UP = 3;
const PAUSE_MS = 120;

export async function clickThrough(opened: OpenedBrowser, page: Page, count: number): Promise<Click[]> {
  const popup = await openPopup(opened, page);
  await popup.waitForFunction(() => document.documentElement.dataset.usable !== undefined);
  const clicks: Click[] = [];
  for (let round = -WARM_UP; round < count; round++) {
    const click = await popup.evaluate(async () => {
      const now = () => performance.timeOrigin + performance.now();
      const box = document.querySelector<HTMLInputElement>('[role=combobox]');
      if (box === null) throw new Error('the popup has no box');
      box.focus();
      box.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
      await new Promise((resolve) => setTimeout(resolve, 30));
      const option = document.querySelector<HTMLElement>('[data-command=info]');
      if (option === null) throw new Error('the box does not offer the device');
      const before = document.querySelectorAll('.run').length;
      const known = document.querySelector('.run')?.getAttribute('data-run');
      const shown = new Promise<void>((resolve) => {
        const observer = new MutationObserver(() => {
          const first = document.querySelector('.run');
          if (first === null || (first.getAttribute('data-run') === known && before > 0)) return;
          if (first.querySelector('dl.facts') === null) return;
          observer.disconnect();
          resolve();
        });
        observer.observe(document.body, { childList: true, subtree: true, attributes: true });
      });
      const clickedAt = now();
      for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'])
        option.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
      await shown;
      return { clickedAt, shownAt: now() };
    });
    if (round >= 0) clicks.push(click);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  await popup.close();
  return clicks;
}

export async function openPopup({ browser }: OpenedBrowser, page: Page): Promise<Page> {
  const extension = (await browser.extensions()).get(EXTENSION_ID);
  if (extension === undefined) throw new Error('the extension is gone');
  await page.bringToFront();
  const target = browser.waitForTarget((each) => each.url().endsWith('/popup.html'));
  await page.triggerExtensionAction(extension);
  return (await target).asPage();
}
