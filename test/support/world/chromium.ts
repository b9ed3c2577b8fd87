// A real Chromium with the built extension and a profile of its own, driven over the debugging pipe.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page, type WebWorker } from 'puppeteer';
import { thisSystem } from '../../../native-host/install/browsers.ts';
import { applyInstall, planInstall } from '../../../native-host/install/install.ts';
import { EXTENSION_ID } from '../../../native-host/install/manifest.ts';
import { profilePlace } from '../../../native-host/install/places.ts';
import { BUNDLES } from '../../../native-host/checkout/places.ts';
import { findChromium } from '../find-browser.ts';
import { endProcess, waitUntilGone } from './processes.ts';
import { PAGE_HOST } from './pages.ts';
import { until, within } from './until.ts';

const CLOSE_MS = 8_000;
/** Room for a whole popup. */
const SCREEN = { width: 1600, height: 1200 } as const;
export const EXTENSION_URL = `chrome-extension://${EXTENSION_ID}`;

export interface Chromium {
  browser: Browser;
  profile: string;
  /** The extension's worker as it is now. */
  worker(): Promise<WebWorker>;
  /** A tab in front with this address. */
  open(url: string): Promise<Page>;
  /** A page of the extension in a tab. */
  openScreen(name: 'options' | 'welcome' | 'popup' | 'sidepanel'): Promise<Page>;
  /** The real popup, opened as a click on the toolbar button does, over the tab in front (or `over`). Usable when it is given. */
  openPopup(over?: Page): Promise<Page>;
  closePopup(): Promise<void>;
  /** The real side panel, opened by the popup's button. */
  openPanel(over?: Page): Promise<Page>;
  /** What the browser does when the person picks a menu entry on `page`, after the click that opens the page to the extension. */
  clickMenu(page: Page, menuItemId: string, more?: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
}

export interface ChromiumOptions {
  profile: string;
  env: Readonly<Record<string, string>>;
  /** The host is registered with this profile for this home; `null`: it is not. */
  home: string | null;
  /** Device pixels for one of the page; 1 where nothing is said. */
  scale?: number | undefined;
  /** The built extension’s folder. */
  extension?: string | undefined;
}

export async function openChromium({ profile, env, home, scale = 1, extension = BUNDLES.extension }: ChromiumOptions): Promise<Chromium> {
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  if (home !== null) await registerHost(profile, home);
  const program = findChromium();
  if (program === null) throw new Error('No Chromium was found: install one, or set CHROME_PATH.');
  const browser = await puppeteer.launch({
    executablePath: program,
    headless: true,
    pipe: true,
    enableExtensions: [extension],
    userDataDir: profile,
    env: { ...env, LANGUAGE: 'en' },
    defaultViewport: null,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--lang=en-US',
      '--window-size=1200,900',
      `--screen-info={${SCREEN.width * scale}x${SCREEN.height * scale} devicePixelRatio=${scale}}`,
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=MAP ${PAGE_HOST} 127.0.0.1`,
    ],
  });
  const pid = browser.process()?.pid ?? 0;
  const isWorker = (type: string, url: string) => type === 'service_worker' && url.startsWith(`${EXTENSION_URL}/`);
  const isPopup = (url: string) => url === `${EXTENSION_URL}/popup.html`;
  const isPanel = (url: string) => url === `${EXTENSION_URL}/sidepanel.html`;
  let popup: Page | null = null;

  const worker = async (): Promise<WebWorker> => {
    const target = await browser.waitForTarget((each) => isWorker(each.type(), each.url()), { timeout: 20_000 });
    const found = await target.worker();
    if (found === null) throw new Error('The extension has no worker.');
    return found;
  };
  const open = async (url: string): Promise<Page> => {
    const page = await browser.newPage();
    await page.goto(url, { waitUntil: 'load', timeout: 60_000 });
    await page.bringToFront();
    return page;
  };
  const closePopup = async (): Promise<void> => {
    const closing = popup;
    popup = null;
    if (closing === null) return;
    if (!closing.isClosed()) await closing.close().catch(() => undefined);
    await until('the popup to be gone', () => !browser.targets().some((each) => isPopup(each.url())));
  };
  const pressToolbarButton = async (page: Page): Promise<void> => {
    const extension = (await browser.extensions()).get(EXTENSION_ID);
    if (extension === undefined) throw new Error('The extension is not in the browser.');
    await page.bringToFront();
    await page.triggerExtensionAction(extension);
  };
  const openPopup = async (over?: Page): Promise<Page> => {
    await closePopup();
    const before = new Set(browser.targets());
    await pressToolbarButton(over ?? (await lastTab(browser)));
    const target = await browser.waitForTarget((each) => isPopup(each.url()) && !before.has(each), { timeout: 20_000 });
    popup = await target.asPage();
    popup.setDefaultTimeout(20_000);
    await popup.waitForSelector('html[data-usable]', { timeout: 20_000 });
    return popup;
  };
  const openPanel = async (over?: Page): Promise<Page> => {
    const before = new Set(browser.targets());
    // A real click: the browser opens a panel for nothing less. A popup that goes as its page comes to the front is opened anew.
    for (let tries = 1; ; tries += 1) {
      const opener = await openPopup(over);
      try {
        await opener.locator('[data-open="panel"]').setTimeout(5_000).click();
        break;
      } catch (error) {
        if (tries === 3) throw error;
      }
    }
    const target = await browser.waitForTarget((each) => isPanel(each.url()) && !before.has(each), { timeout: 20_000 });
    const panel = await target.asPage();
    panel.setDefaultTimeout(20_000);
    await panel.waitForSelector('[role="tablist"]');
    return panel;
  };

  try {
    await worker();
  } catch (error) {
    await closeAll(browser, pid);
    throw error;
  }
  return {
    browser,
    profile,
    worker,
    open,
    openScreen: (name) => open(`${EXTENSION_URL}/${name}.html`),
    openPopup,
    openPanel,
    closePopup,
    async clickMenu(page, menuItemId, more = {}) {
      await openPopup(page);
      await closePopup();
      const info = { menuItemId, pageUrl: page.url(), editable: false, frameId: 0, ...more };
      const problem = await (await worker()).evaluate(dispatchMenuClick(info, page.url()));
      if (problem !== null) throw new Error(String(problem));
    },
    close: () => closeAll(browser, pid),
  };
}

/** Registers the host with this profile by the product's own installer. */
export async function registerHost(profile: string, home: string): Promise<void> {
  await applyInstall(planInstall({ node: process.execPath, relay: BUNDLES.relay, home }, [profilePlace(profile)], thisSystem()));
}

export function manifestFile(profile: string): string {
  return join(profile, 'NativeMessagingHosts', 'app.headgate.host.json');
}

async function lastTab(browser: Browser): Promise<Page> {
  const pages = await browser.pages();
  return pages.filter((page) => !/\/(popup|sidepanel)\.html$/.test(page.url())).at(-1) ?? (await browser.newPage());
}

/** Code for the worker. The tab's address is known to it only where `activeTab` was given. */
function dispatchMenuClick(info: Record<string, unknown>, url: string): string {
  return `(async () => {
    const tabs = await chrome.tabs.query({ active: true });
    const tab = tabs.find((each) => each.url === ${JSON.stringify(url)});
    if (tab === undefined) return 'The page is not open to the extension.';
    chrome.contextMenus.onClicked.dispatch(${JSON.stringify(info)}, tab);
    return null;
  })()`;
}

async function closeAll(browser: Browser, pid: number): Promise<void> {
  await within(CLOSE_MS, 'Chromium to close', browser.close()).catch(() => undefined);
  if (pid > 0 && !(await waitUntilGone(pid, CLOSE_MS))) await endProcess(pid, 1_000);
}
