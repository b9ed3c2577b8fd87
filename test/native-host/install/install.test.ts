import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { System } from '../../../native-host/install/browsers.ts';
import { checkInstallation, checkLauncher, checkManifest, checkRuntime } from '../../../native-host/install/doctor.ts';
import { applyInstall, planInstall } from '../../../native-host/install/install.ts';
import { HOST_NAME } from '../../../native-host/install/manifest.ts';
import { launcherFile, placesOf, profilePlace } from '../../../native-host/install/places.ts';
import { programFiles } from '../../../native-host/install/program-files.ts';
import { applyUninstall, findLeftovers, planUninstall } from '../../../native-host/install/uninstall.ts';

let folder: string;
let home: string;
let system: System;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hg-install-'));
  home = join(folder, 'state', 'headgate');
  system = { platform: 'linux', home: join(folder, 'person'), env: {} };
  mkdirSync(system.home);
});
afterEach(() => rmSync(folder, { recursive: true }));

const relay = () => join(folder, 'relay.cjs');
const plan = (...places: ReturnType<typeof placesOf>) => planInstall({ node: process.execPath, relay: relay(), home }, places, system);
const chromium = () => placesOf('chromium', home, system);
const everything = (at: string): string[] => readdirSync(at, { recursive: true, encoding: 'utf8' }).sort();

test('a plan says every file and writes none', () => {
  const writes = plan(...chromium()).writes.map(({ file, does }) => [file, does]);
  expect(writes).toEqual([
    [launcherFile(home, system), 'create'],
    [join(system.home, '.config/chromium/NativeMessagingHosts', `${HOST_NAME}.json`), 'create'],
  ]);
  expect(everything(folder)).toEqual(['person']);
});

test('install writes the launcher, the named manifest and its record, and nothing else', async () => {
  await applyInstall(plan(...chromium()));
  const files = everything(folder).filter((path) => !statSync(join(folder, path)).isDirectory());
  expect(files).toEqual([
    `person/.config/chromium/NativeMessagingHosts/${HOST_NAME}.json`,
    'state/headgate/bin/headgate-host',
    'state/headgate/install.json',
  ]);
  expect(statSync(launcherFile(home, system)).mode & 0o777).toBe(0o700);
});

test('installing again changes nothing', async () => {
  await applyInstall(plan(...chromium()));
  const again = plan(...chromium());
  expect(again.writes.map(({ does }) => does)).toEqual(['same', 'same']);
  await applyInstall(again);
  expect(planUninstall(home, system, null)).toHaveLength(2);
});

test('uninstall takes away exactly what install wrote, folders that it made included', async () => {
  mkdirSync(join(system.home, '.config'));
  const before = everything(system.home);
  await applyInstall(plan(...chromium(), ...placesOf('firefox', home, system), profilePlace(join(folder, 'a profile'))));
  await applyUninstall(home, system, planUninstall(home, system, null));
  expect(everything(system.home)).toEqual(before);
  expect(existsSync(join(folder, 'a profile'))).toBe(false);
  expect(findLeftovers(home, system, [])).toEqual([]);
});

test('a folder that holds something else by now stays', async () => {
  await applyInstall(plan(...chromium()));
  const beside = join(dirname(chromium()[0]?.file ?? ''), 'other.json');
  writeFileSync(beside, '{}');
  await applyUninstall(home, system, planUninstall(home, system, null));
  expect(existsSync(beside)).toBe(true);
});

test('uninstall for one browser leaves the others and the launcher', async () => {
  await applyInstall(plan(...chromium(), ...placesOf('firefox', home, system)));
  await applyUninstall(home, system, planUninstall(home, system, chromium()));
  expect(findLeftovers(home, system, []).map(({ file }) => file)).toEqual([
    launcherFile(home, system),
    ...placesOf('firefox', home, system).map(({ file }) => file),
  ]);
});

test("another installation's manifest is neither overwritten nor removed", async () => {
  const [{ file = '' } = {}] = chromium();
  await applyInstall(plan(...chromium()));
  const theirs = JSON.stringify({ name: HOST_NAME, path: '/elsewhere/headgate-host' });
  writeFileSync(file, theirs);
  expect(() => plan(...chromium())).toThrow(`${file} belongs to another installation: it starts /elsewhere/headgate-host.`);
  expect(await applyUninstall(home, system, planUninstall(home, system, null))).toEqual([file]);
  expect(readFileSync(file, 'utf8')).toBe(theirs);
  expect(findLeftovers(home, system, []).map(({ says }) => says)).toEqual([
    "another installation's manifest: it starts /elsewhere/headgate-host",
  ]);
});

test('a damaged record is named, not guessed over', async () => {
  await applyInstall(plan(...chromium()));
  writeFileSync(join(home, 'install.json'), '{"version":1,"files":"all"}');
  expect(() => planUninstall(home, system, null)).toThrow(/install\.json, cannot be read/);
});

test('without a browser that is registered doctor misses no launcher, and with one it does', async () => {
  const launcher = launcherFile(home, system);
  const profile = join(folder, 'profile');
  const places = [profilePlace(profile)];
  const check = () => checkInstallation({ home, programs: programFiles(), places, system });
  const launcherIn = (checks: Awaited<ReturnType<typeof check>>) =>
    checks.filter(({ id }) => id === 'host.launcher').map(({ status }) => status);
  const before = await check();
  expect(launcherIn(before)).toEqual([]);
  expect(before.find(({ id }) => id === 'browser.manifest.profile')).toMatchObject({
    status: 'warn',
    next: `headgate install --user-data-dir ${profile}`,
  });
  await applyInstall(plan(...places));
  rmSync(launcher);
  expect(launcherIn(await check())).toEqual(['fail']);
});

test('doctor names what is wrong with a launcher', async () => {
  const launcher = launcherFile(home, system);
  const says = () => checkLauncher(launcher, { system, home })[0];
  expect(says()).toMatchObject({ status: 'fail', says: `The launcher ${launcher} is not there.` });
  await applyInstall(plan(...chromium()));
  expect(says()).toMatchObject({ status: 'fail', says: `The launcher points to ${relay()}, which is not there any more.` });
  writeFileSync(relay(), '');
  expect(says()).toMatchObject({ status: 'ok' });
  chmodSync(launcher, 0o777);
  expect(says()).toMatchObject({ status: 'fail', says: `Others may change the launcher ${launcher}.` });
  writeFileSync(launcher, '#!/bin/sh\necho hello\n');
  chmodSync(launcher, 0o700);
  expect(says()).toMatchObject({ status: 'fail', says: `The launcher ${launcher} is not as Headgate writes it.` });
});

test('doctor tells a missing, a foreign and a wrong manifest apart', async () => {
  const launcher = launcherFile(home, system);
  const [place = profilePlace('')] = chromium();
  expect(checkManifest(place, launcher)).toMatchObject({ id: 'browser.manifest.chromium', status: 'warn' });
  await applyInstall(plan(place));
  expect(checkManifest(place, launcher)).toMatchObject({ status: 'ok', says: 'The host is registered with Chromium.' });
  writeFileSync(place.file, JSON.stringify({ name: HOST_NAME, path: launcher, type: 'stdio', allowed_origins: ['chrome-extension://x'] }));
  expect(checkManifest(place, launcher)).toMatchObject({ status: 'fail', says: expect.stringContaining('does not allow the extension') });
  writeFileSync(place.file, JSON.stringify({ name: HOST_NAME, path: '/other' }));
  expect(checkManifest(place, launcher)).toMatchObject({ status: 'fail', says: expect.stringContaining("owns the host's name") });
  writeFileSync(place.file, '{');
  expect(checkManifest(place, launcher)).toMatchObject({ status: 'fail', says: expect.stringContaining('it is not JSON') });
});

test('a runtime that is too old is named', () => {
  expect(checkRuntime('20.19.0')).toMatchObject({ id: 'host.runtime', status: 'fail' });
  expect(checkRuntime('24.21.0')).toMatchObject({ status: 'ok' });
});
