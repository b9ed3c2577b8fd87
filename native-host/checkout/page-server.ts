// Serves one HTML file to the browser over HTTP, so that a page on disk is an ordinary page with an ordinary address. Only to
// who calls it by its name: a page of the web may have its own name point here (DNS rebinding), and has another in `Host`.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { basename, extname } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import { PAGE_HOST } from './open-browser.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.htm': 'text/html',
  '.xhtml': 'application/xhtml+xml',
  '.txt': 'text/plain',
  '.md': 'text/plain',
};

const WHY_NOT: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `There is no page ${file}.`,
  EISDIR: (file) => `The page ${file} is a folder, and a page is a file or an address.`,
};

export interface PageServer {
  url: string;
  close(): void;
}

/** Serves `file` on a free loopback port. Throws when the file cannot be read. */
export async function servePage(file: string): Promise<PageServer> {
  const body = readPage(file);
  const path = `/${encodeURIComponent(basename(file))}`;
  // Without a charset of its own the page says which it has; most say so, or are UTF-8.
  const type = TYPES[extname(file).toLowerCase()] ?? 'text/html';
  const charset = type === 'text/html' && /<meta[^>]+charset/i.test(body.subarray(0, 2048).toString('latin1')) ? '' : '; charset=utf-8';
  const host = () => `${PAGE_HOST}:${(server.address() as AddressInfo).port}`;
  const server = createServer((request, response) => {
    if (request.url !== path || request.headers.host !== host())
      return void response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
    response.writeHead(200, { 'content-type': `${type}${charset}`, 'cache-control': 'no-store' }).end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://${host()}${path}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function readPage(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new HeadgateError('not_found', WHY_NOT[code]?.(file) ?? `The page ${file} cannot be read (${code}).`, { cause });
  }
}
