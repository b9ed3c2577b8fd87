// Where an installation puts its files, for one browser or for a profile of its own.
import { join } from 'node:path';
import {
  BROWSER_IDS,
  type BrowserId,
  browserRow,
  type Family,
  findProgram,
  manifestFolders,
  registryKeys,
  type System,
} from './browsers.ts';
import { launcherName } from './launcher.ts';
import { HOST_NAME, MANIFEST_FILE } from './manifest.ts';

export interface ManifestPlace {
  browser: BrowserId | 'profile';
  family: Family;
  file: string;
  /** Registry keys whose default value is `file`; Windows only. */
  registry: readonly string[];
}

export function launcherFile(home: string, system: System): string {
  return join(home, 'bin', launcherName(system.platform));
}

/** The places for one browser. On Windows the manifest lies in Headgate's own folder and the registry names it. */
export function placesOf(browser: BrowserId, home: string, system: System): ManifestPlace[] {
  const { family } = browserRow(browser);
  if (system.platform === 'win32')
    return [{ browser, family, file: join(home, 'bin', family, MANIFEST_FILE), registry: registryKeys(browser, system, HOST_NAME) }];
  return manifestFolders(browser, system).map((folder) => ({ browser, family, file: join(folder, MANIFEST_FILE), registry: [] }));
}

/** The place for a Chromium profile with a `--user-data-dir` of its own. */
export function profilePlace(userDataDir: string): ManifestPlace {
  return { browser: 'profile', family: 'chromium', file: join(userDataDir, 'NativeMessagingHosts', MANIFEST_FILE), registry: [] };
}

/** Browsers that are installed here. */
export function installedBrowsers(system: System): BrowserId[] {
  return BROWSER_IDS.filter((id) => findProgram(id, system) !== null);
}
