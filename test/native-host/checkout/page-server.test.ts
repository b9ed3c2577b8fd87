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

async function ask(name: string, content: string | Buffer, path?: string) {
  const file = join(folder, name);
  writeFileSync(file, content);
  const served = await servePage(file);
  try {
    const url = new URL(served.url);
    expect(url.hostname).toBe(PAGE_HOST);
    const response = await fetch(new URL(path ?? url.pathname, `http://127.0.0.1:${url.port}`));
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
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

test('nothing but the page is served', async () => {
  expect((await ask('a.html', 'x', '/other')).status).toBe(404);
});

test('a page that is not there is named', async () => {
  await expect(servePage(join(folder, 'none.html'))).rejects.toThrow(`There is no page ${join(folder, 'none.html')}.`);
  await expect(servePage(folder)).rejects.toThrow(`The page ${folder} is a folder, and a page is a file or an address.`);
});
