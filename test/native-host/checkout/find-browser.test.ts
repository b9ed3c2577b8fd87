import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBrowsers } from '../../../native-host/checkout/find-browser.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hg-find-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, text = '#!/bin/sh\n'): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}
const find = (env: Record<string, string> = {}) => findBrowsers({ platform: 'linux', home: folder, env: { PATH: folder, ...env } });

test('nothing installed gives nothing', () => {
  expect(find()).toEqual([]);
});

test('CHROME_PATH comes first, then Chromium, Chrome, Edge, Brave', () => {
  for (const name of ['brave', 'microsoft-edge', 'google-chrome', 'chromium']) program(name);
  expect(find({ CHROME_PATH: '/opt/mine' }).map(({ name }) => name)).toEqual([
    'CHROME_PATH (/opt/mine)',
    'Chromium',
    'Google Chrome',
    'Microsoft Edge',
    'Brave',
  ]);
});

test('browsers that cannot be opened with an extension by pipe are left out', () => {
  program('firefox');
  expect(find()).toEqual([]);
});

test('a snap and a script that starts one are refused with the reason', () => {
  mkdirSync(join(folder, 'snap', 'bin'), { recursive: true });
  symlinkSync(program('snap/bin/chromium'), join(folder, 'chromium'));
  program('google-chrome', '#!/bin/sh\nexec /snap/bin/chrome "$@"\n');
  expect(find().map(({ refuses }) => refuses)).toEqual(Array(2).fill('it is a snap, which cannot start native hosts'));
});
