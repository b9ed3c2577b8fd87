// The web of the attack: a server that plays the internet, and one that no download may ever reach, on another address of
// this machine. What the first is asked is kept, because an address can carry content away.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands for the internet. */
export const INTERNET_HERE = '127.0.0.1';
/** Is what it is: this machine. */
export const NEAR = '127.0.0.2';
export const SITE = 'files.example';
/** `near` leads to this machine, `both` to the internet and to it. */
export const NAMES: Readonly<Record<string, readonly string[]>> = {
  [SITE]: [INTERNET_HERE],
  'near.example': [NEAR],
  'both.example': [INTERNET_HERE, NEAR],
};

export interface Web {
  at(path: string, host?: string): string;
  /** The same path on the server that nobody may reach. */
  near(path: string, host?: string): string;
  /** What the internet was sent: first lines and headers. */
  sent: Buffer[];
  /** Connections to the other. */
  lured(): number;
  close(): Promise<void>;
}

const REPORT = Buffer.from('The weir was rebuilt in the spring, and the gate is opened at noon.\n');
/** What a server would like its file to be called; `[name, body]`. */
export const WISHES: Readonly<Record<string, readonly [name: string, body: string]>> = {
  'up.txt': ['../../.bashrc', 'echo evil'],
  'hidden.txt': ['.bashrc', 'echo evil'],
  'keys.txt': ['.ssh/authorized_keys', 'ssh-ed25519 AAAA evil'],
  'hook.txt': ['.git\\hooks\\pre-commit', '#!/bin/sh\necho evil'],
  'desktop.txt': ['gate.desktop', '[Desktop Entry]\nExec=evil'],
  'program.txt': ['letter.pdf', '\x7fELF\x02\x01\x01 evil'],
  'script.txt': ['notes.sh', '#!/bin/sh\necho evil'],
  'turned.txt': ['a\u202Egpj.exe', 'MZ evil'],
  'device.txt': ['CON', 'evil'],
  'stream.txt': ['a.md:evil.exe', 'evil'],
  'taken.txt': ['report 0.md', 'evil'],
  'long.txt': [`${'a'.repeat(3_000)}.md`, 'evil'],
};

export async function openWeb(): Promise<Web> {
  const sent: Buffer[] = [];
  let lured = 0;
  const near = await listen(NEAR, (_request, response) => response.end('you are in'));
  near.on('connection', () => {
    lured += 1;
  });
  const nearPort = portOf(near);
  const site = await listen(INTERNET_HERE, (request, response) => {
    sent.push(Buffer.from(`${request.method} ${request.url}\n${request.rawHeaders.join('\n')}\n`));
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    const to = searchParams.get('to');
    // As bytes of UTF-8, which is what servers send.
    if (to !== null) return response.writeHead(302, { location: Buffer.from(to).toString('latin1') }).end();
    const wish = WISHES[pathname.slice(1)];
    if (wish !== undefined)
      return response.writeHead(200, { 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(wish[0])}` }).end(wish[1]);
    if (pathname === '/bomb') return response.writeHead(200, { 'content-length': '900000000' }).end('x');
    return pathname === '/report.txt'
      ? response.writeHead(200, { 'content-type': 'text/plain' }).end(REPORT)
      : response.writeHead(404).end();
  });
  const port = portOf(site);
  return {
    at: (path, host = SITE) => `http://${host}:${port}${path}`,
    near: (path, host = NEAR) => `http://${host}:${nearPort}${path}`,
    sent,
    lured: () => lured,
    async close() {
      for (const server of [near, site]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

async function listen(host: string, answer: RequestListener): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
