// Servers on this machine that play the internet: names lead to them by a resolver of the test's own, and the judge lets
// 127.0.0.1 pass and nothing else that the strict one refuses.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createRawServer, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Internet } from '../../../../native-host/ops/net/internet.ts';
import { judgeAddress } from '../../../../shared/gate/addresses.ts';

export const SITE = 'files.example';

/** Each name with the addresses that it has; the site's is here. */
export function internetOf(names: Readonly<Record<string, readonly string[]>> = {}, more: Partial<Internet> = {}): Internet {
  return {
    resolve: async (host) =>
      names[host] ?? (host === SITE ? ['127.0.0.1'] : Promise.reject(Object.assign(new Error(host), { code: 'ENOTFOUND' }))),
    judge: (address) => (address === '127.0.0.1' ? null : judgeAddress(address)),
    ...more,
  };
}

export interface Site extends AsyncDisposable {
  port: number;
  /** The address of a path, by the site's name. */
  at(path: string, host?: string): string;
  /** `METHOD path` and the headers of what was asked, in order. */
  asked: { line: string; headers: Record<string, string | string[] | undefined> }[];
  connections(): number;
}

export async function serve(answer: RequestListener): Promise<Site> {
  return listen((asked) =>
    createServer((request, response) => {
      asked.push({ line: `${request.method} ${request.url}`, headers: request.headers });
      answer(request, response);
    }),
  );
}

/** Answers each connection with these bytes, whatever was asked; `end: false` leaves it open. */
export async function serveRaw(answer: string | Buffer | ((socket: Socket) => void), end = true): Promise<Site> {
  return listen(() =>
    createRawServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => (typeof answer === 'function' ? answer(socket) : end ? socket.end(answer) : socket.write(answer)));
    }),
  );
}

export interface Certificate {
  cert: string;
  key: string;
}

/** A certificate of its own authority, for this name. */
export function makeCertificate(name: string, days = 2): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-tls-'));
  try {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', String(days)];
    writeFileSync(join(folder, 'empty.cnf'), '[req]\ndistinguished_name=dn\n[dn]\n');
    execFileSync(
      'openssl',
      [
        ...request,
        '-config',
        join(folder, 'empty.cnf'),
        '-keyout',
        key,
        '-out',
        cert,
        '-subj',
        `/CN=${name}`,
        '-addext',
        `subjectAltName=DNS:${name}`,
      ],
      { stdio: 'ignore' },
    );
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function serveSecure(certificate: Certificate, answer: RequestListener): Promise<Site> {
  const site = await listen((asked) =>
    createSecureServer(certificate, (request, response) => {
      asked.push({ line: `${request.method} ${request.url}`, headers: request.headers });
      answer(request, response);
    }).on('tlsClientError', () => undefined),
  );
  return { ...site, at: (path, host = SITE) => `https://${host}:${site.port}${path}` };
}

async function listen(create: (asked: Site['asked']) => NetServer): Promise<Site> {
  const asked: Site['asked'] = [];
  const server = create(asked);
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    asked,
    connections: () => connections,
    at: (path, host = SITE) => `http://${host}:${port}${path}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
