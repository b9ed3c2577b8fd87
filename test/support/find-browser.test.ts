import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findChromium } from './find-browser.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-browser-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const program = (path: string, mode = 0o755): string => {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '');
  chmodSync(file, mode);
  return file;
};

test('CHROME_PATH wins over what is installed', () => {
  program('bin/chromium');
  const mine = program('mine');
  expect(findChromium({ CHROME_PATH: mine, PATH: join(folder, 'bin') }, 'linux')).toBe(mine);
});

test('a CHROME_PATH that is no program is said so, not passed over', () => {
  expect(() => findChromium({ CHROME_PATH: '/nowhere/chrome', PATH: '' }, 'linux')).toThrow(
    'CHROME_PATH is /nowhere/chrome, which is not a program.',
  );
});

test('plain Chromium comes before branded browsers, wherever on the PATH', () => {
  program('one/google-chrome');
  const chromium = program('two/chromium');
  expect(findChromium({ PATH: [join(folder, 'one'), join(folder, 'two')].join(delimiter) }, 'linux')).toBe(chromium);
});

test.each(['google-chrome', 'brave-browser', 'microsoft-edge'])('%s is found', (name) => {
  const browser = program(`bin/${name}`);
  expect(findChromium({ PATH: join(folder, 'bin') }, 'linux')).toBe(browser);
});

test.skipIf(process.getuid?.() === undefined)('a file that cannot be run is no browser', () => {
  program('bin/chromium', 0o644);
  expect(findChromium({ PATH: join(folder, 'bin') }, 'linux')).toBeNull();
});

test('where there is none, there is none', () => {
  expect(findChromium({ PATH: folder }, 'linux')).toBeNull();
});
