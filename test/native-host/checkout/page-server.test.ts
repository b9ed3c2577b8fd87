import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PAGE_HOST } from '../../../native-host/checkout/open-browser.ts';
import { servePage } from '../../../native-host/checkout/page-server.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hg-page-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function ask(name: string, content: string | Buffer, path?: string, host?: string) {
  const file = join(folder, name);
  writeFileSync(file, content);
  const served = await servePage(file);
  try {
    const url = new URL(served.url);
    expect(url.hostname).toBe(PAGE_HOST);
    const asked = get({ host: '127.0.0.1', port: url.port, path: path ?? url.pathname, headers: { host: host ?? url.host }, agent: false });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: response.statusCode, type: response.headers['content-type'], text: await text(response) };
  } finally {
    served.close();
  }
}

test('a page is served under its own name, whatever the name holds', async () => {
  expect(await ask('my päge #1?.html', '<p>hi</p>')).toEqual({ status: 200, type: 'text/html; charset=utf-8', text: '<p>hi</p>' });
});

test('a page that names its charset keeps it', async () => {
  expect((await ask('a.html', '<meta charset="windows-1252"><p>hi</p>')).type).toBe('text/html');
});

test('nothing but the page is served, and by its own name alone', async () => {
  expect((await ask('a.html', 'x', '/other')).status).toBe(404);
  expect((await ask('a.html', 'x', undefined, 'rebound.example:80')).status).toBe(404);
});

test('a page that is not there is named', async () => {
  await expect(servePage(join(folder, 'none.html'))).rejects.toThrow(`There is no page ${join(folder, 'none.html')}.`);
  await expect(servePage(folder)).rejects.toThrow(`The page ${folder} is a folder, and a page is a file or an address.`);
});
