// Opens a browser of this machine with the extension in it, by the debugging pipe, as branded Chrome takes no extension
// from its command line any more. Each candidate that refuses is passed over with its reason.
import { mkdirSync } from 'node:fs';
import type { Browser, WebWorker } from 'puppeteer';
import { EXTENSION_ID } from '../install/manifest.ts';
import { endProcess, waitUntilGone } from './children.ts';
import type { FoundBrowser } from './find-browser.ts';
import { BUNDLES } from './places.ts';

const LAUNCH_DEADLINE_MS = 30_000;
const WORKER_DEADLINE_MS = 20_000;
const CLOSE_MS = 5_000;

/** The name under which pages of this machine are served: no loopback name, so that they are ordinary pages. */
export const PAGE_HOST = 'article.example';

export interface OpenedBrowser {
  name: string;
  browser: Browser;
  worker: WebWorker;
  /** Process and group of the browser. */
  pid: number;
  /** Closes it; gives whether nothing of it is left. */
  close(): Promise<boolean>;
}

export interface OpenOptions {
  profile: string;
  headless: boolean;
  say(line: string): void;
}

/** Opens the first of the candidates that takes the extension; `null` when none does. */
export async function openBrowser(candidates: readonly FoundBrowser[], options: OpenOptions): Promise<OpenedBrowser | null> {
  if (isRoot() && candidates.length > 0)
    options.say('You are root, so the browser runs without its sandbox: visit only pages that you trust.');
  for (const candidate of candidates) {
    try {
      if (candidate.refuses !== undefined) throw new Error(candidate.refuses);
      return await openWithSandbox(candidate, options);
    } catch (error) {
      options.say(`${candidate.name} is passed over: ${firstLine(error)}`);
    }
  }
  return null;
}

/** With the browser's sandbox; without it only where the system gives none, and that is said. */
async function openWithSandbox(candidate: FoundBrowser, options: OpenOptions): Promise<OpenedBrowser> {
  if (isRoot()) return openOne(candidate, options, ['--no-sandbox']);
  try {
    return await openOne(candidate, options, []);
  } catch (error) {
    if (!/no usable sandbox|setuid sandbox/i.test(String(error))) throw error;
    options.say('This system gives the browser no sandbox, so it runs without: visit only pages that you trust.');
    return openOne(candidate, options, ['--no-sandbox']);
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function openOne(candidate: FoundBrowser, { profile, headless }: OpenOptions, args: readonly string[]): Promise<OpenedBrowser> {
  const { default: puppeteer } = await import('puppeteer');
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  const browser = await puppeteer.launch({
    executablePath: candidate.program,
    pipe: true,
    enableExtensions: [BUNDLES.extension],
    userDataDir: profile,
    headless,
    defaultViewport: null,
    timeout: LAUNCH_DEADLINE_MS,
    // The starter stops things in order itself.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    ignoreDefaultArgs: headless ? [] : ['--enable-automation'],
    args: [
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=MAP ${PAGE_HOST} 127.0.0.1`,
      ...(headless ? ['--disable-gpu', '--disable-dev-shm-usage'] : []),
      ...args,
    ],
  });
  const pid = browser.process()?.pid ?? 0;
  const close = () => closeAll(browser, pid);
  try {
    const target = await browser.waitForTarget(
      (each) => each.type() === 'service_worker' && each.url().startsWith(`chrome-extension://${EXTENSION_ID}/`),
      { timeout: WORKER_DEADLINE_MS },
    );
    const worker = await target.worker();
    if (worker === null) throw new Error('the extension has no worker');
    return { name: candidate.name, browser, worker, pid, close };
  } catch (error) {
    await close();
    throw new Error(`it does not take the extension (${firstLine(error)})`, { cause: error });
  }
}

async function closeAll(browser: Browser, pid: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
  await Promise.race([browser.close().catch(() => {}), late]);
  clearTimeout(timer);
  if (pid === 0) return true;
  const group = process.platform === 'win32' ? pid : -pid;
  return (await waitUntilGone(group, CLOSE_MS)) || endProcess(group, CLOSE_MS);
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const said = message.split('\n').find((line) => /ERROR|error|cannot|sandbox|display/i.test(line)) ?? message.split('\n')[0] ?? message;
  return said.trim().slice(0, 300);
}
