import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { INTERNET, type Internet } from '../../../../native-host/ops/net/internet.ts';
import { openResponse } from '../../../../native-host/ops/net/open-response.ts';
import { readBody } from '../../../../native-host/ops/net/read-body.ts';
import type { OpContext, OpResult } from '../../../../native-host/ops/op.ts';
import { HeadgateError } from '../../../../shared/errors.ts';
import { undo } from '../../support/changing.ts';
import { grantFolder, type Granted } from '../../support/granted.ts';
import { pathsOf } from '../../support/op-outputs.ts';
import { performOp } from '../../support/perform-op.ts';
import { internetOf, makeCertificate, serve, serveRaw, serveSecure, SITE, type Site } from './servers.ts';

const PDF = Buffer.from('%PDF-1.7\nthe report\n');

function contextOf(granted: Granted, more: Partial<OpContext> = {}): OpContext {
  return { ...granted.context, internet: internetOf(), ...more };
}

function download(granted: Granted, url: string, args: object = {}, more: Partial<OpContext> = {}): Promise<OpResult> {
  return performOp('net.download', { grant: granted.grant.id, url, ...args }, contextOf(granted, more));
}

/** `code: message` of what it is rejected with, after nothing was left. */
async function refusalOf(granted: Granted, work: Promise<unknown>): Promise<string> {
  const before = readdirSync(granted.folder);
  const said = await work.then(
    () => 'nothing thrown',
    (thrown: unknown) => (thrown instanceof HeadgateError ? `${thrown.code}: ${thrown.message}` : `unexpected ${String(thrown)}`),
  );
  expect(readdirSync(granted.folder)).toEqual(before);
  return said;
}

const always = (body: Buffer | string, headers: Record<string, string | number> = {}) =>
  serve((_request, response) => response.writeHead(200, headers).end(body));

test('a file is fetched, named by its address, and written with an ordinary mode', async () => {
  using granted = grantFolder();
  await using site = await always(PDF, { 'content-type': 'application/pdf' });
  const result = await download(granted, site.at('/a/The%20report.pdf?for=me#page=2'));
  expect(pathsOf(granted, result)).toEqual(['The report.pdf']);
  expect(readFileSync(join(granted.folder, 'The report.pdf'))).toEqual(PDF);
  expect(readdirSync(granted.folder)).toEqual(['The report.pdf']);
  expect(statSync(join(granted.folder, 'The report.pdf')).mode & 0o777).toBe(0o666 & ~process.umask());
});

test('what is asked for says nothing of the person', async () => {
  using granted = grantFolder();
  await using site = await serve((_request, response) => response.writeHead(200, { 'set-cookie': 'a=b' }).end('x'));
  await download(granted, site.at('/x.txt?q=1#secret'));
  await download(granted, site.at('/x.txt'));
  expect(site.asked.map(({ line }) => line)).toEqual(['GET /x.txt?q=1', 'GET /x.txt']);
  for (const { headers } of site.asked)
    expect(headers).toEqual({
      'user-agent': 'Headgate',
      accept: '*/*',
      'accept-encoding': 'identity',
      host: `${SITE}:${site.port}`,
      connection: 'close',
    });
});

test('nothing that is there is replaced, and names are counted on; undo takes the file back', async () => {
  using granted = grantFolder();
  await using site = await always(PDF);
  granted.write('report.pdf', 'mine');
  mkdirSync(join(granted.folder, 'report (2).pdf'));
  symlinkSync(join(granted.base, 'planted'), join(granted.folder, 'report (3).pdf'));
  const context = contextOf(granted);
  const result = await performOp('net.download', { grant: granted.grant.id, url: site.at('/report.pdf') }, context);
  expect(pathsOf(granted, result)).toEqual(['report (4).pdf']);
  expect((await undo(granted, context.run)).map(({ result: became }) => became)).toEqual(['undone']);
  expect(readdirSync(granted.folder).sort()).toEqual(['report (2).pdf', 'report (3).pdf', 'report.pdf']);
  expect(readFileSync(join(granted.folder, 'report.pdf'), 'utf8')).toBe('mine');
});

test('two downloads of one name at once are both kept', async () => {
  using granted = grantFolder();
  await using site = await serve((_request, response) => {
    response.writeHead(200).write('first half, ');
    setTimeout(() => response.end('second half'), 100);
  });
  const results = await Promise.all([download(granted, site.at('/n.txt')), download(granted, site.at('/n.txt'))]);
  expect(results.flatMap((result) => pathsOf(granted, result)).toSorted()).toEqual(['n (2).txt', 'n.txt']);
  expect(readFileSync(join(granted.folder, 'n (2).txt'), 'utf8')).toBe('first half, second half');
});

test('an address is fetched into a folder of the grant, and a folder that is none is refused', async () => {
  using granted = grantFolder();
  await using site = await always('x');
  mkdirSync(join(granted.folder, 'In here'));
  expect(pathsOf(granted, await download(granted, site.at('/a.txt'), { path: 'In here' }))).toEqual(['In here/a.txt']);
  expect(await refusalOf(granted, download(granted, site.at('/a.txt'), { path: '../out' }))).toMatch(/^path_refused/);
  symlinkSync(granted.base, join(granted.folder, 'link'));
  expect(await refusalOf(granted, download(granted, site.at('/a.txt'), { path: 'link' }))).toMatch(/^path_refused/);
});

test('a grant without the right to write gets nothing, and the server is not asked', async () => {
  using granted = grantFolder({ rights: ['read'] });
  await using site = await always('x');
  expect(await refusalOf(granted, download(granted, site.at('/a.txt')))).toMatch(/^grant_refused/);
  expect(site.connections()).toBe(0);
});

test('a folder that is taken back while the bytes come gets nothing', async () => {
  using granted = grantFolder();
  await using site = await serve((_request, response) => {
    response.writeHead(200).write('x'.repeat(5_000));
    granted.grants.revoke(granted.grant.id);
    response.end();
  });
  expect(await refusalOf(granted, download(granted, site.at('/a.txt')))).toMatch(/^grant_not_found/);
});

test.each([
  'http://127.0.0.1/',
  'http://127.1/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://2130706433/',
  'http://0/',
  'http://１２７.０.０.１/',
  'http://127%2e0%2e0%2e1/',
  'http://127。0。0。1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[64:ff9b::a9fe:a9fe]/',
  'http://[2002:7f00:1::]/',
  'http://[fe80::1]/',
  'http://[fd00:ec2::254]/',
  'http://169.254.169.254/latest/meta-data/',
  'http://metadata.google.internal/',
  'http://localhost/',
  'http://localhost./',
  'http://LOCALHOST:8080/',
  'http://x.localhost/',
  'http://printer.local/',
  'http://router/',
  'http://10.0.0.1/',
  'http://192.168.1.1/',
  'http://100.64.0.1/',
  'https://example.org:22/',
  'http://example.org:6379@example.com/',
  'http://me:secret@example.org/',
  'http://user@example.org/',
  'file:///etc/passwd',
  'ftp://example.org/a',
  'javascript:alert(1)',
  'data:text/plain,hello',
  'blob:https://example.org/0f0e',
  'gopher://example.org/',
  'chrome://settings',
  '//example.org/a',
  'a.pdf',
  'http://',
  'http://[::1',
  'http://exa mple.org/',
])('%s is refused by the agent’s own judge, before anything is sent', async (url) => {
  using granted = grantFolder();
  const internet: Internet = { ...INTERNET, resolve: () => Promise.reject(new Error('a refused name was looked up')) };
  expect(await refusalOf(granted, download(granted, url, {}, { internet }))).toMatch(/^address_refused: .*Nothing was fetched\.$/);
});

test('a name is refused when one of its addresses is not of the internet', async () => {
  using granted = grantFolder();
  await using site = await always('x');
  const names = { [SITE]: ['127.0.0.1', '10.0.0.7'], 'only.example': ['192.168.0.1'], 'six.example': ['::1'], 'none.example': [] };
  for (const host of [SITE, 'only.example', 'six.example'])
    expect(await refusalOf(granted, download(granted, site.at('/', host), {}, { internet: internetOf(names) })), host).toMatch(
      /^address_refused/,
    );
  expect(await refusalOf(granted, download(granted, site.at('/', 'none.example'), {}, { internet: internetOf(names) }))).toMatch(
    /^download_failed/,
  );
  expect(site.connections()).toBe(0);
});

test('a name that changes its address between two questions is asked once, and the connection goes where was judged', async () => {
  using granted = grantFolder();
  await using site = await always('the public one');
  let asked = 0;
  const answers = [['127.0.0.1'], ['10.0.0.1']];
  const internet = internetOf({}, { resolve: async () => answers[asked++] ?? [] });
  expect(pathsOf(granted, await download(granted, site.at('/a.txt', 'rebinding.example'), {}, { internet }))).toEqual(['a.txt']);
  expect(asked).toBe(1);
});

test('each redirect is judged anew, also to a name that was fine a moment ago', async () => {
  using granted = grantFolder();
  await using inside = await always('the inside');
  const to = (place: string) => serve((_request, response) => response.writeHead(302, { location: place }).end());
  for (const place of [
    'http://169.254.169.254/',
    'http://localhost/',
    'http://[::1]/',
    'file:///etc/passwd',
    'http://a:b@example.org/',
    'https://example.org:25/',
  ]) {
    await using site = await to(place);
    expect(await refusalOf(granted, download(granted, site.at('/'))), place).toMatch(/^address_refused/);
  }
  let asked = 0;
  const internet = internetOf({}, { resolve: async () => (asked++ === 0 ? ['127.0.0.1'] : ['10.0.0.1']) });
  await using back = await to(inside.at('/a.txt', 'turns.example'));
  expect(await refusalOf(granted, download(granted, back.at('/', 'turns.example'), {}, { internet }))).toMatch(/^address_refused/);
  expect(asked).toBe(2);
  expect(inside.connections()).toBe(0);
});

test('up to five redirects are followed, relative ones too; the name comes from the last place', async () => {
  using granted = grantFolder();
  await using site = await serve((request, response) => {
    const step = Number(/^\/(\d)/.exec(request.url ?? '')?.[1] ?? 0);
    if (step === 0) response.end('here');
    else
      response
        .writeHead([301, 302, 303, 307, 308][step - 1] ?? 302, { location: step === 1 ? '/0/last one.txt' : `../${step - 1}/x` })
        .end();
  });
  expect(pathsOf(granted, await download(granted, site.at('/5/x')))).toEqual(['last one.txt']);
  expect(await refusalOf(granted, download(granted, site.at('/6/x')))).toMatch(/^download_failed: The server sends us on and on/);
  expect(site.asked.filter(({ headers }) => headers.referer !== undefined)).toEqual([]);
});

test.each([
  [401, 'sign_in_needed'],
  [403, 'sign_in_needed'],
  [404, 'download_failed: The server does not have this (404)'],
  [410, 'download_failed: The server does not have this (410)'],
  [204, 'download_failed: The server answered with nothing'],
  [206, 'download_failed: The server sent only a part'],
  [304, 'download_failed: The server answered 304'],
  [429, 'download_failed: The server has too much to do'],
  [500, 'download_failed: The server answered 500'],
])('an answer %i is no file: %s', async (status, says) => {
  using granted = grantFolder();
  await using site = await serve((_request, response) =>
    response.writeHead(status).end(status === 204 || status === 304 ? undefined : '<html>no</html>'),
  );
  expect(await refusalOf(granted, download(granted, site.at('/a.pdf')))).toContain(says);
});

test('a redirect to a page to sign in is told as such; a page that was asked for by that name is a page', async () => {
  using granted = grantFolder();
  await using site = await serve((request, response) =>
    request.url === '/a.pdf'
      ? response.writeHead(302, { location: '/accounts/login?next=a.pdf' }).end()
      : response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>'),
  );
  expect(await refusalOf(granted, download(granted, site.at('/a.pdf')))).toMatch(/^sign_in_needed/);
  expect(pathsOf(granted, await download(granted, site.at('/accounts/login')))).toEqual(['login.html']);
});

test('a file above the limit is refused by its word, by its bytes, and unpacked', async () => {
  using granted = grantFolder();
  const maxBytes = 100_000;
  await using declares = await serve((_request, response) => response.writeHead(200, { 'content-length': 5_000_000_000 }).write('x'));
  expect(await refusalOf(granted, download(granted, declares.at('/a'), { maxBytes }))).toMatch(/^too_large/);
  await using streams = await serve((_request, response) => {
    const more = setInterval(() => response.write(Buffer.alloc(20_000)), 5);
    response.on('close', () => clearInterval(more));
  });
  expect(await refusalOf(granted, download(granted, streams.at('/a'), { maxBytes }))).toMatch(/^too_large/);
  await using packed = await always(gzipSync(Buffer.alloc(200_000)), { 'content-encoding': 'gzip' });
  expect(await refusalOf(granted, download(granted, packed.at('/a'), { maxBytes }))).toMatch(/^too_large/);
});

test('the limit that the grant sets holds, and what it excludes cannot be written', async () => {
  using granted = grantFolder({ maxFileBytes: 1_000, exclude: ['*.pdf'] });
  await using site = await serve((request, response) => response.end('x'.repeat(request.url === '/small.pdf' ? 10 : 2_000)));
  expect(await refusalOf(granted, download(granted, site.at('/large.txt')))).toMatch(/^too_large/);
  expect(await refusalOf(granted, download(granted, site.at('/small.pdf')))).not.toMatch(/nothing thrown|unexpected/);
});

test('a file of exactly the limit is kept, and an empty one too', async () => {
  using granted = grantFolder();
  await using site = await serve((request, response) => response.end(request.url === '/empty.txt' ? '' : Buffer.alloc(100_000, 'x')));
  expect(pathsOf(granted, await download(granted, site.at('/full.txt'), { maxBytes: 100_000 }))).toEqual(['full.txt']);
  expect(pathsOf(granted, await download(granted, site.at('/empty.txt')))).toEqual(['empty.txt']);
  expect(statSync(join(granted.folder, 'empty.txt')).size).toBe(0);
});

test('a bomb is given up long before the limit', async () => {
  using granted = grantFolder();
  const bomb = gzipSync(Buffer.alloc(60_000_000), { level: 9 });
  await using site = await always(bomb, { 'content-encoding': 'gzip' });
  expect(await refusalOf(granted, download(granted, site.at('/a.txt')))).toMatch(
    /^too_large: What the server sent unpacks to far too much/,
  );
});

test.each([
  ['gzip', gzipSync(PDF)],
  ['br', brotliCompressSync(PDF)],
  ['zstd', zstdCompressSync(PDF)],
  ['identity', PDF],
])('what is packed as %s though it was not asked for is unpacked', async (encoding, body) => {
  using granted = grantFolder();
  await using site = await always(body, { 'content-encoding': encoding });
  await download(granted, site.at('/a.pdf'));
  expect(readFileSync(join(granted.folder, 'a.pdf'))).toEqual(PDF);
});

test('an archive that a server calls packed on the way stays an archive; unknown and broken packings are refused', async () => {
  using granted = grantFolder();
  const archive = gzipSync('an archive');
  await using site = await always(archive, { 'content-encoding': 'x-gzip', 'content-type': 'application/x-gzip' });
  await download(granted, site.at('/a.tar.gz'));
  expect(readFileSync(join(granted.folder, 'a.tar.gz'))).toEqual(archive);
  await using unknown = await always('x', { 'content-encoding': 'compress' });
  expect(await refusalOf(granted, download(granted, unknown.at('/b.txt')))).toMatch(/^unsupported/);
  for (const body of [archive.subarray(0, archive.length - 6), Buffer.from('not packed at all')]) {
    await using broken = await always(body, { 'content-encoding': 'gzip' });
    expect(await refusalOf(granted, download(granted, broken.at('/c.txt')))).toMatch(/^download_failed/);
  }
});

test.each([
  ['a length that is too long', 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello', /^download_failed/],
  ['a last chunk that never comes', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', /^download_failed/],
  [
    'a chunk that is not as long as it says',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello world\r\n0\r\n\r\n',
    /^download_failed/,
  ],
  ['a chunk without end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello', /^download_failed/],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nhello', /^download_failed/],
  [
    'a length and chunks at once',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    /^download_failed/,
  ],
  ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello', /^download_failed/],
  [
    'a head without end',
    `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(60_000)}\r\n\r\nhello`,
    /^download_failed: The server’s answer has a head that is too long/,
  ],
  ['no HTTP at all', 'SSH-2.0-OpenSSH_9.7\r\n', /^download_failed: The server’s answer is no valid HTTP/],
  ['nothing', '', /^download_failed: The connection broke off/],
  ['an early hint and no more', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', /^download_failed: The connection broke off/],
  [
    'a change of protocol that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    /^download_failed: The server ended the connection without an answer/,
  ],
])('an answer with %s leaves nothing', async (_what, answer, says) => {
  using granted = grantFolder();
  await using site = await serveRaw(answer);
  expect(await refusalOf(granted, download(granted, site.at('/a.txt')))).toMatch(says);
});

test('what comes after the declared length is not part of the file', async () => {
  using granted = grantFolder();
  await using site = await serveRaw('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello and more');
  await download(granted, site.at('/a.txt'));
  expect(readFileSync(join(granted.folder, 'a.txt'), 'utf8')).toBe('hello');
});

test('chunks and a body that ends with its connection are whole files', async () => {
  using granted = grantFolder();
  await using chunks = await serveRaw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n');
  await using closes = await serveRaw('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello again');
  await download(granted, chunks.at('/a.txt'));
  await download(granted, closes.at('/b.txt'));
  expect(['a.txt', 'b.txt'].map((name) => readFileSync(join(granted.folder, name), 'utf8'))).toEqual(['hello world', 'hello again']);
});

test('a connection that is cut in the middle leaves nothing', async () => {
  using granted = grantFolder();
  await using site = await serve((_request, response) => {
    response.writeHead(200).write('x'.repeat(100_000));
    setTimeout(() => response.socket?.resetAndDestroy(), 50);
  });
  expect(await refusalOf(granted, download(granted, site.at('/a.txt')))).toMatch(/^download_failed: The connection broke off/);
});

test('a server that never ends its head, or sends a byte now and then, is given up', async () => {
  const { signal } = new AbortController();
  await using silent = await serveRaw('HTTP/1.1 200 OK\r\n', false);
  await expect(openResponse(silent.at('/'), { internet: internetOf(), signal, headDeadlineMs: 150 })).rejects.toMatchObject({
    code: 'timeout',
  });
  await using drips = await serve((_request, response) => {
    response.writeHead(200);
    const drop = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(drop));
  });
  const { response } = await openResponse(drips.at('/'), { internet: internetOf(), signal });
  const read = async () => {
    for await (const _part of readBody(response, { maxBytes: 1e6, signal, asPacked: false, paceMs: 150, onPercent: () => {} }));
  };
  await expect(read()).rejects.toMatchObject({ code: 'timeout', message: 'The server stopped sending. Nothing was saved.' });
});

test('a run that is cancelled stops at once, wherever it is, and leaves nothing', async () => {
  using granted = grantFolder();
  await using endless = await serve((_request, response) => {
    response.writeHead(200);
    const more = setInterval(() => response.write('x'.repeat(1000)), 10);
    response.on('close', () => clearInterval(more));
  });
  await using silent = await serveRaw(() => {});
  const never = internetOf({}, { resolve: () => new Promise(() => {}) });
  for (const [url, internet] of [
    [endless.at('/a.txt'), internetOf()],
    [silent.at('/a.txt'), internetOf()],
    [endless.at('/a.txt'), never],
  ] as const) {
    const abort = new AbortController();
    const work = download(granted, url, {}, { signal: abort.signal, internet });
    let cancelledAt = 0;
    setTimeout(() => {
      cancelledAt = performance.now();
      abort.abort(new HeadgateError('cancelled', 'Cancelled.'));
    }, 120);
    expect(await refusalOf(granted, work)).toMatch(/^cancelled/);
    // At once, on a busy machine too: who waits for the server's silence to end takes far longer.
    expect(performance.now() - cancelledAt).toBeLessThan(5_000);
  }
});

test('progress is told in hundredths of what the server promised', async () => {
  using granted = grantFolder();
  await using site = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': 40_000 });
    response.write(Buffer.alloc(10_000));
    setTimeout(() => response.end(Buffer.alloc(30_000)), 50);
  });
  const told: number[][] = [];
  await download(granted, site.at('/a.bin'), {}, { progress: (done, total) => void told.push([done, total]) });
  expect(told[0]?.[1]).toBe(100);
  expect(told.map(([done = 0, total = 1]) => done / total)).toEqual(
    told.map(([done = 0, total = 1]) => done / total).toSorted((a, b) => a - b),
  );
  expect(told.at(-1)).toEqual([1, 1]);
});

test('the fourth download at once is told to wait', async () => {
  using granted = grantFolder();
  const waiting: (() => void)[] = [];
  await using site = await serve((_request, response) => void waiting.push(() => response.end('x')));
  const first = [1, 2, 3].map((n) => download(granted, site.at(`/${n}.txt`)));
  expect(await refusalOf(granted, download(granted, site.at('/4.txt')))).toMatch(/^busy/);
  while (waiting.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  for (const end of waiting) end();
  expect((await Promise.all(first)).flatMap((result) => pathsOf(granted, result))).toEqual(['1.txt', '2.txt', '3.txt']);
});

test('a program keeps its name and its bytes but not its ending, by name and by what it begins with', async () => {
  using granted = grantFolder();
  const bodies: Record<string, string> = {
    '/setup.exe': 'MZ…',
    '/run': '#!/bin/sh\necho hello\n',
    '/Notes.desktop': '[Desktop Entry]\nExec=sh\n',
    '/site.url': '[InternetShortcut]',
    '/hidden.txt': '\x7fELF…',
  };
  await using site = await serve((request, response) => response.end(bodies[request.url ?? ''] ?? ''));
  for (const [path, body] of Object.entries(bodies)) {
    const result = await download(granted, site.at(path));
    const [name = ''] = pathsOf(granted, result);
    expect(name).toBe(`${path.slice(1)}.download`);
    expect(result.note).toContain('program');
    expect(readFileSync(join(granted.folder, name), 'utf8')).toBe(body);
    expect(statSync(join(granted.folder, name)).mode & 0o111).toBe(0);
  }
});

test.each(['/.bashrc', '/id_rsa', '/..%2f..%2f.ssh%2fauthorized_keys', '/.git/config'])(
  'a name that is protected, or leads out, becomes a harmless one or is refused: %s',
  async (path) => {
    using granted = grantFolder();
    await using site = await always('x');
    const came = await download(granted, site.at(path)).then(
      (result) => pathsOf(granted, result)[0],
      (thrown: HeadgateError) => thrown.code,
    );
    expect(['bashrc', 'path_refused', 'authorized_keys', 'config']).toContain(came);
    expect(readdirSync(granted.base).sort()).toEqual(['Documents', 'home']);
  },
);

test('a safe connection is made only to a server that proves who it is', async () => {
  using granted = grantFolder();
  const good = makeCertificate(SITE);
  const other = makeCertificate('other.example');
  const internet = internetOf({}, { authorities: good.cert + other.cert });
  await using site = await serveSecure(good, (_request, response) => response.end('safe'));
  expect(pathsOf(granted, await download(granted, site.at('/a.txt'), {}, { internet }))).toEqual(['a.txt']);
  expect(await refusalOf(granted, download(granted, site.at('/a.txt')))).toMatch(/^download_failed: The server cannot prove who it is/);
  await using wrong = await serveSecure(other, (_request, response) => response.end('x'));
  expect(await refusalOf(granted, download(granted, wrong.at('/a.txt'), {}, { internet }))).toMatch(
    /^download_failed: The server cannot prove who it is/,
  );
  const insist = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  try {
    expect(await refusalOf(granted, download(granted, site.at('/a.txt')))).toMatch(/^download_failed/);
  } finally {
    if (insist === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = insist;
    warned.mockRestore();
  }
  await using plain = await serveRaw('HTTP/1.1 200 OK\r\n\r\nx');
  expect(await refusalOf(granted, download(granted, `https://${SITE}:${plain.port}/`))).toMatch(/^download_failed: No safe connection/);
});

test('a safe way does not lead on to one without encryption', async () => {
  using granted = grantFolder();
  const certificate = makeCertificate(SITE);
  const internet = internetOf({}, { authorities: certificate.cert });
  await using plain = await always('x');
  await using site = await serveSecure(certificate, (_request, response) =>
    response.writeHead(302, { location: plain.at('/a.txt') }).end(),
  );
  expect(await refusalOf(granted, download(granted, site.at('/'), {}, { internet }))).toMatch(/^address_refused: .*without encryption/);
  expect(plain.connections()).toBe(0);
});

test('servers and names that are not there are told in words', async () => {
  using granted = grantFolder();
  await using site: Site = await always('x');
  expect(await refusalOf(granted, download(granted, 'http://nowhere.example/a'))).toMatch(
    /^download_failed: There is no server of this name/,
  );
  await site[Symbol.asyncDispose]();
  expect(await refusalOf(granted, download(granted, site.at('/a')))).toMatch(/^download_failed: The server takes no connections/);
});

test.runIf(process.platform === 'linux')('a disk that fills up on the way is named so and leaves nothing', () => {
  using granted = grantFolder();
  const module = (file: string) => JSON.stringify(fileURLToPath(new URL(`../../../../native-host/${file}`, import.meta.url)));
  const script = `
    import { readdirSync } from 'node:fs';
    const { openFolder } = await import(${module('gate/resolve.ts')});
    const { stage } = await import(${module('gate/resolve/anchored.ts')});
    async function* stream() { for (let n = 0; n < 40; n += 1) yield Buffer.alloc(4096); }
    const folder = openFolder(${JSON.stringify(granted.grant)}, '');
    try { await stage({ folder, name: '.headgate-x.tmp' }, { stream: stream() }, {}, { onBytes() {}, halfway() {}, written() {} }); console.log('written'); } catch (error) { console.log(error.code, readdirSync(folder.place.real).length); }`;
  const mount = `mount -t tmpfs -o size=64k none ${granted.folder} && exec "$0" --input-type=module -e "$1"`;
  const full = spawnSync('unshare', ['-m', 'sh', '-c', mount, process.execPath, script], { encoding: 'utf8' });
  // Without the right to mount, a limit on file size makes the system refuse the same way.
  const outcome =
    full.status === 0
      ? full.stdout
      : execFileSync('sh', ['-c', 'trap "" XFSZ; ulimit -f 64; exec "$0" --input-type=module -e "$1"', process.execPath, script], {
          encoding: 'utf8',
        });
  expect(outcome.trim()).toBe('disk_full 0');
});

test('an image in its own address is decoded, by what it is', async () => {
  using granted = grantFolder();
  const png = Buffer.from('\x89PNG\r\n\x1a\n…', 'latin1');
  const save = async (text: string, more: object = {}) => {
    const context = contextOf(granted);
    const result = await performOp(
      'net.download',
      { grant: granted.grant.id, data: [context.handles.putText('text', text, 'open').handle], ...more },
      context,
    );
    return pathsOf(granted, result)[0];
  };
  expect(await save(`data:image/jpeg;base64,${png.toString('base64')}`)).toBe('Download.png');
  expect(readFileSync(join(granted.folder, 'Download.png'))).toEqual(png);
  rmSync(join(granted.folder, 'Download.png'));
  expect(await save('data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg"/%3E')).toBe('Download.svg');
  expect(await refusalOf(granted, save('data:image/png;base64,####'))).toMatch(/^unsupported/);
  expect(await refusalOf(granted, save('https://example.org/'))).toMatch(/^unsupported/);
  expect(await refusalOf(granted, save(`data:,${'x'.repeat(2000)}`, { maxBytes: 1000 }))).toMatch(/^too_large/);
});
