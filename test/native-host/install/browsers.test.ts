import { expect, test } from 'vitest';
import {
  BROWSER_IDS,
  browserRow,
  findInPath,
  findProgram,
  manifestFolders,
  registryKeys,
  type System,
} from '../../../native-host/install/browsers.ts';

const system = (platform: NodeJS.Platform, env: System['env'] = {}): System => ({ platform, home: '/home/me', env });

test('each browser of the table has a place on Linux, macOS and Windows', () => {
  for (const id of BROWSER_IDS) {
    expect(manifestFolders(id, system('linux')), id).not.toEqual([]);
    expect(manifestFolders(id, system('darwin')), id).not.toEqual([]);
    expect(registryKeys(id, system('win32'), 'app.headgate.host'), id).not.toEqual([]);
    expect(browserRow(id).name).not.toBe('');
  }
});

test("Chromium's family lies below the configuration folder, Mozilla's below the home folder", () => {
  expect(manifestFolders('chromium', system('linux'))).toEqual(['/home/me/.config/chromium/NativeMessagingHosts']);
  expect(manifestFolders('chrome', system('linux', { XDG_CONFIG_HOME: '/etc/me' }))).toEqual([
    '/etc/me/google-chrome/NativeMessagingHosts',
  ]);
  expect(manifestFolders('firefox', system('linux', { XDG_CONFIG_HOME: '/etc/me' }))).toEqual(['/home/me/.mozilla/native-messaging-hosts']);
});

test('on macOS manifests lie below Application Support', () => {
  expect(manifestFolders('edge', system('darwin'))).toEqual(['/home/me/Library/Application Support/Microsoft Edge/NativeMessagingHosts']);
});

test('on Windows there are registry keys and no folders', () => {
  expect(manifestFolders('chrome', system('win32'))).toEqual([]);
  expect(registryKeys('firefox', system('win32'), 'x.y')).toEqual(['HKCU\\Software\\Mozilla\\NativeMessagingHosts\\x.y']);
  expect(registryKeys('firefox', system('linux'), 'x.y')).toEqual([]);
});

test('a program is looked up in PATH in the order of the row', () => {
  const there = new Set(['/opt/bin/chromium-browser', '/usr/bin/chromium-browser']);
  expect(findProgram('chromium', system('linux', { PATH: '/usr/bin:/opt/bin' }), (path) => there.has(path))).toBe(
    '/usr/bin/chromium-browser',
  );
  expect(findProgram('brave', system('linux', { PATH: '/usr/bin' }), (path) => there.has(path))).toBeNull();
  expect(findInPath('chromium-browser', system('linux', { PATH: '/opt/bin' }), (path) => there.has(path))).toBe(
    '/opt/bin/chromium-browser',
  );
});

test("Windows' variables are filled in", () => {
  const chrome = 'D:\\Programs\\Google\\Chrome\\Application\\chrome.exe';
  expect(findProgram('chrome', system('win32', { ProgramFiles: 'D:\\Programs' }), (path) => path === chrome)).toBe(chrome);
});
