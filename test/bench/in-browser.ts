// What a person feels, in a real browser with the real host and cloud: round trips over native messaging, a click that
// goes through the cloud and back, the popup's start, saving a page; and what the programs weigh when nothing happens.
import { createServer } from 'node:http';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'puppeteer';
import { execFileSync } from 'node:child_process';
import type { OpenedBrowser } from '../../native-host/checkout/open-browser.ts';
import { PAGE_HOST } from '../../native-host/checkout/open-browser.ts';
import { BUNDLES } from '../../native-host/checkout/places.ts';
import { Backstage, setStage, type Stage } from '../../native-host/checkout/stage.ts';
import { clickThrough, openPopup } from './click.ts';
import { residentMegabytes } from './memory.ts';
import { type Figures, figuresOf, round } from './statistics.ts';

/** The text engine's worker leaves after 20 s without work. */
const IDLE_MS = 26_000;

export interface BrowserFigures {
  nativeRoundTrip100BytesMs: Figures;
  nativeRoundTrip100KilobytesMs: Figures;
  clickToResultMs: Figures;
  popupUsableMs: Figures;
  popupScriptGzippedKilobytes: number;
  savePageMs: Figures;
  articleKilobytes: number;
  idleMegabytes: { relay: number; agent: number; cloud: number };
}

export async function measureInBrowser(rounds: number): Promise<BrowserFigures> {
  const data = mkdtempSync(join(tmpdir(), 'headgate-bench-browser-'));
  const backstage = new Backstage();
  try {
    const stage = await setStage(backstage, { data, port: 0, headless: true, say: (line) => process.stderr.write(`${line}\n`) });
    if (stage.opened === null) throw new Error('No browser takes the extension.');
    const granted = join(data, 'granted');
    mkdirSync(granted);
    const { grant } = await stage.terminal.call('grants.add', { folder: granted, rights: ['read', 'write'], label: 'open' });
    const article = makeArticle(100_000);
    const server = await serve(article);
    try {
      const page = await stage.opened.browser.newPage();
      await page.goto(server.url);
      const nativeRoundTrip100BytesMs = await roundTrips(stage.opened, 100, rounds * 20);
      const nativeRoundTrip100KilobytesMs = await roundTrips(stage.opened, 100_000, rounds * 5);
      const clicks = await clickThrough(stage.opened, page, rounds * 2);
      const clickToResultMs = figuresOf(clicks.map(({ clickedAt, shownAt }) => shownAt - clickedAt));
      const popupUsableMs = await popupStarts(stage.opened, page, rounds);
      const savePageMs = await saves(stage, page, grant.id, rounds);
      await page.close();
      await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
      return {
        nativeRoundTrip100BytesMs,
        nativeRoundTrip100KilobytesMs,
        clickToResultMs,
        popupUsableMs,
        popupScriptGzippedKilobytes: popupScriptSize(),
        savePageMs,
        articleKilobytes: Math.round(article.length / 1000),
        idleMegabytes: idle(stage),
      };
    } finally {
      server.close();
    }
  } finally {
    await backstage.stop();
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A native port of its own, opened in the extension's worker; the clock is the worker's. */
async function roundTrips({ worker }: OpenedBrowser, bytes: number, count: number): Promise<Figures> {
  const times = await worker.evaluate(
    async (size, rounds) => {
      const port = chrome.runtime.connectNative('app.headgate.host');
      const waiting = new Map<number, () => void>();
      port.onMessage.addListener((message: { id?: number }) => {
        if (message.id !== undefined) waiting.get(message.id)?.();
      });
      const ask = (id: number, method: string, params: unknown) =>
        new Promise<void>((resolve) => {
          waiting.set(id, resolve);
          port.postMessage({ jsonrpc: '2.0', id, method, params });
        });
      await ask(0, 'host.hello', { protocol: { min: 1, max: 1 }, client: { kind: 'extension', name: 'bench', version: '0' } });
      const pad = 'x'.repeat(size);
      const spent: number[] = [];
      for (let round = 1; round <= rounds + 20; round++) {
        const startedAt = performance.now();
        await ask(round, 'host.ping', { pad });
        if (round > 20) spent.push(performance.now() - startedAt);
      }
      port.disconnect();
      return spent;
    },
    bytes,
    count,
  );
  return figuresOf(times);
}

async function popupStarts(opened: OpenedBrowser, page: Page, count: number): Promise<Figures> {
  const times: number[] = [];
  for (let round = -1; round < count; round++) {
    const popup = await openPopup(opened, page);
    await popup.waitForFunction(() => document.documentElement.dataset.usable !== undefined);
    const usable = Number(await popup.evaluate(() => document.documentElement.dataset.usable));
    if (round >= 0) times.push(usable);
    await popup.close();
  }
  return figuresOf(times);
}

/** From the menu click to the file on disk and the run ended, told by the host. */
async function saves({ opened, terminal }: Stage, page: Page, grant: string, count: number): Promise<Figures> {
  if (opened === null) throw new Error('no browser');
  const times: number[] = [];
  const waiting = new Set<(status: string) => void>();
  terminal.on('run.changed', (run) => {
    if (run.recipe === 'page.save' && run.status !== 'running') for (const tell of waiting) tell(run.status);
  });
  for (let round = -2; round < count; round++) {
    const popup = await openPopup(opened, page);
    await popup.close();
    const done = new Promise<string>((resolve) => waiting.add(resolve));
    const startedAt = performance.now();
    await opened.worker.evaluate(
      async (menuItemId, url) => {
        const tab = (await chrome.tabs.query({ active: true })).find((each) => each.url === url);
        // The event's own way to be told: what the browser calls when the entry is picked.
        const { onClicked } = chrome.contextMenus as unknown as { onClicked: { dispatch(info: unknown, tab: unknown): void } };
        onClicked.dispatch({ menuItemId, pageUrl: url, editable: false, frameId: 0 }, tab);
      },
      `save-page:${grant}`,
      page.url(),
    );
    const status = await done;
    const ms = performance.now() - startedAt;
    waiting.clear();
    if (status !== 'succeeded') throw new Error(`saving ended as ${status}`);
    if (round >= 0) times.push(ms);
  }
  return figuresOf(times);
}

/** Every script that popup.html names, and what those import, gzipped. */
function popupScriptSize(): number {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const code = readFileSync(join(BUNDLES.extension, file), 'utf8');
    for (const [, name] of code.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
      if (name !== undefined) visit(join(file, '..', name));
  };
  const html = readFileSync(join(BUNDLES.extension, 'popup.html'), 'utf8');
  for (const [, name] of html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)) if (name !== undefined) visit(name);
  const bytes = [...seen].reduce((sum, file) => sum + gzipSync(readFileSync(join(BUNDLES.extension, file))).length, 0);
  return round(bytes / 1000);
}

function idle({ cloud, terminal }: Stage): BrowserFigures['idleMegabytes'] {
  const agent = terminal.status.host.pid;
  const relays = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(BUNDLES.relay) && !line.includes('/bin/sh'))
    .map((line) => Number.parseInt(line, 10));
  return { relay: Math.max(...relays.map(residentMegabytes)), agent: residentMegabytes(agent), cloud: residentMegabytes(cloud.pid) };
}

function makeArticle(bytes: number): string {
  const sentences = [
    'The river rose two hands above the sill before the keeper lowered the gate.',
    'Nobody in the valley remembered a spring as wet as this one.',
    'What the channel takes, the mill has to give back before the evening.',
  ];
  let body = '';
  for (let paragraph = 0; body.length < bytes * 0.9; paragraph++) {
    if (paragraph % 8 === 0) body += `<h2>Part ${paragraph / 8 + 1}</h2>`;
    body += `<p>${Array.from({ length: 6 }, (_, at) => `${sentences[(paragraph + at) % 3]} (${paragraph}.${at})`).join(' ')} <a href="/more/${paragraph}">More</a>.</p>`;
  }
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The gate on the river</title><meta name="author" content="A. Keeper"></head><body><nav><a href="/">Home</a><a href="/news">News</a></nav><main><article><h1>The gate on the river</h1>${body}</article></main><footer>About this site</footer></body></html>`;
}

async function serve(html: string): Promise<{ url: string; close(): void }> {
  const server = createServer(
    (_request, response) => void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://${PAGE_HOST}:${(server.address() as AddressInfo).port}/article`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
