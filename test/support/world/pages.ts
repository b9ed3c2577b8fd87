// A small web server with the test's pages, under a name that is no loopback name, so that they are ordinary pages.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export const PAGE_HOST = 'article.example';

export interface Pages {
  /** Puts a page there and gives its address. */
  put(path: string, html: string | Buffer): string;
  /** Puts anything there. */
  serve(path: string, answer: RequestListener): string;
  /** Paths that were asked for, in order. */
  asked: string[];
  close(): Promise<void>;
}

export async function servePages(): Promise<Pages> {
  const pages = new Map<string, string | Buffer>();
  const others = new Map<string, RequestListener>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const other = others.get(path);
    if (other !== undefined) return other(request, response);
    const body = pages.get(path);
    response
      .writeHead(body === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
      .end(body ?? 'not found');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    put(path, html) {
      pages.set(path, html);
      return `http://${PAGE_HOST}:${port}${path}`;
    },
    serve(path, answer) {
      others.set(path, answer);
      return `http://${PAGE_HOST}:${port}${path}`;
    },
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An article as a newspaper would serve it: navigation around it, metadata, and `paragraphs` of readable text. */
export function articlePage({ title, paragraphs, head = '' }: { title: string; paragraphs: readonly string[]; head?: string }): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>${head}</head><body>
<nav><a href="/">Home</a> <a href="/all">All articles</a></nav>
<main><article><h1>${escapeHtml(title)}</h1>${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}</article></main>
<footer>Imprint</footer></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
