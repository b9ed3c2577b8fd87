// A server in the process that dies: it sends a file in parts, so that a download has a middle, and goes away with it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { internetOf, SITE } from '../native-host/ops/net/servers.ts';

const PART = Buffer.alloc(200_000, 'd');
const PARTS = 4;
const PAUSE_MS = 5;

export interface Site {
  url(path: string): string;
  internet: ReturnType<typeof internetOf>;
  close(): Promise<void>;
}

export async function openSite(): Promise<Site> {
  const server = createServer(async (request, response) => {
    const to = new URL(request.url ?? '/', 'http://x').searchParams.get('to');
    if (to !== null) {
      response.writeHead(302, { location: to }).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': PARTS * PART.length });
    for (let part = 0; part < PARTS; part += 1) {
      response.write(PART);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: (path) => `http://${SITE}:${(server.address() as AddressInfo).port}${path}`,
    internet: internetOf(),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
