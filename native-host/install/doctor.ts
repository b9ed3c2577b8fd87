// The checks that can be made from outside the agent: runtime, bundle, launcher, manifests, and the whole way that a browser
// takes, launcher to answer. The agent's own checks come from `host.check`. Each row names its layer and the next step.
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Check } from '../../shared/protocol/native.ts';
import { browserRow, type System } from './browsers.ts';
import { askThroughLauncher } from './ask-through-launcher.ts';
import { parseShellLauncher } from './launcher.ts';
import { GECKO_ID, EXTENSION_ID, originOf } from './manifest.ts';
import { lookAtManifest } from './own-manifest.ts';
import { launcherFile, type ManifestPlace } from './places.ts';
import type { ProgramFiles } from './program-files.ts';
import { checkIsolation, checkSearch, checkTools } from './tools.ts';

const OLDEST_MAJOR = 24;
const INSTALL = 'Run "headgate install".';

export interface DoctorQuestion {
  home: string;
  programs: ProgramFiles;
  /** Where manifests should be. */
  places: readonly ManifestPlace[];
  system: System;
}

/** Every check from outside, in the order in which a message travels. Where no browser is registered, none needs a launcher. */
export async function checkInstallation(question: DoctorQuestion): Promise<Check[]> {
  const launcher = launcherFile(question.home, question.system);
  const manifests = question.places.map((place) => checkManifest(place, launcher));
  const launcherChecks = existsSync(launcher) || manifests.some(({ status }) => status !== 'warn') ? checkLauncher(launcher, question) : [];
  const launcherStands = existsSync(launcher) && launcherChecks.every((check) => check.status !== 'fail');
  return [
    checkRuntime(process.versions.node),
    checkBundle(question.programs),
    ...launcherChecks,
    ...manifests,
    ...(question.places.length === 0
      ? [warn('browser.manifest', 'browser', 'No browser of the table was found here.', 'Name one with --browser or --user-data-dir.')]
      : []),
    ...(launcherStands ? [await checkWayThrough(launcher)] : []),
    await checkSearch(),
    ...checkTools(question.system),
    await checkIsolation(question.system.platform),
  ];
}

export function checkRuntime(version: string): Check {
  const fits = Number(version.split('.')[0]) >= OLDEST_MAJOR;
  return fits
    ? ok('host.runtime', 'host', `Node ${version} runs the host.`)
    : fail('host.runtime', 'host', `Node ${version} is older than ${OLDEST_MAJOR}.`, 'In a checkout: npm ci');
}

function checkBundle({ relay }: ProgramFiles): Check {
  return existsSync(relay)
    ? ok('host.bundle', 'host', `The host's program is ${relay}.`)
    : fail('host.bundle', 'host', `The host's program ${relay} is not there.`, 'In a checkout: npm run build');
}

/** The launcher exists, may be run, and names a runtime and a relay that exist. */
export function checkLauncher(launcher: string, { system, home }: Pick<DoctorQuestion, 'system' | 'home'>): Check[] {
  if (!existsSync(launcher)) return [fail('host.launcher', 'host', `The launcher ${launcher} is not there.`, INSTALL)];
  if (system.platform === 'win32') return [ok('host.launcher', 'host', `The launcher is ${launcher}.`)];
  try {
    accessSync(launcher, constants.X_OK);
  } catch {
    return [fail('host.launcher', 'host', `The launcher ${launcher} may not be run.`, `chmod u+x ${launcher}`)];
  }
  if ((statSync(launcher).mode & 0o022) !== 0)
    return [fail('host.launcher', 'host', `Others may change the launcher ${launcher}.`, `chmod go-w ${launcher}`)];
  const facts = parseShellLauncher(readFileSync(launcher, 'utf8'));
  if (facts === null) return [fail('host.launcher', 'host', `The launcher ${launcher} is not as Headgate writes it.`, INSTALL)];
  const missing = [facts.node, facts.relay].filter((file) => !existsSync(file));
  if (missing.length > 0)
    return [fail('host.launcher', 'host', `The launcher points to ${missing.join(' and ')}, which is not there any more.`, INSTALL)];
  if (facts.home !== home) return [warn('host.launcher', 'host', `The launcher works for ${facts.home}, not for ${home}.`, INSTALL)];
  return [ok('host.launcher', 'host', `The launcher ${launcher} points to an existing runtime and program.`)];
}

/** The manifest is there, is ours, and allows the extension. */
export function checkManifest(place: ManifestPlace, launcher: string): Check {
  const id = `browser.manifest.${place.browser}`;
  const name = place.browser === 'profile' ? 'the profile' : browserRow(place.browser).name;
  const found = lookAtManifest(place.file, launcher);
  if (found.owner === 'nobody')
    return warn(
      id,
      'browser',
      `The host is not registered with ${name}: ${place.file} is not there.`,
      `headgate install ${place.browser === 'profile' ? `--user-data-dir ${dirname(dirname(place.file))}` : `--browser ${place.browser}`}`,
    );
  if (found.owner === 'other')
    return fail(
      id,
      'browser',
      `Another program owns the host's name in ${name} (${place.file}): ${found.says}.`,
      'Uninstall that one, or remove the file; then "headgate install".',
    );
  const { allowed_origins = [], allowed_extensions = [], type } = found.manifest;
  const allows = place.family === 'gecko' ? allowed_extensions.includes(GECKO_ID) : allowed_origins.includes(originOf(EXTENSION_ID));
  if (!allows || type !== 'stdio')
    return fail(id, 'browser', `The manifest in ${name} (${place.file}) does not allow the extension.`, INSTALL);
  return ok(id, 'browser', `The host is registered with ${name}.`);
}

/** Starts the launcher as a browser does and asks it one thing. */
async function checkWayThrough(launcher: string): Promise<Check> {
  const answer = await askThroughLauncher(launcher, originOf(EXTENSION_ID));
  if (answer.kind === 'answered')
    return ok(
      'host.answers',
      'host',
      `The way a browser takes works: launcher, relay and agent answered in ${answer.ms} ms, protocol ${answer.protocol}.`,
    );
  return fail('host.answers', 'host', `Started as a browser does, the host does not answer: ${answer.says}`, answer.next);
}

const ok = (id: string, layer: Check['layer'], says: string): Check => ({ id, layer, status: 'ok', says });
const warn = (id: string, layer: Check['layer'], says: string, next: string): Check => ({ id, layer, status: 'warn', says, next });
const fail = (id: string, layer: Check['layer'], says: string, next: string): Check => ({ id, layer, status: 'fail', says, next });
