// Which browsers `--browser` and `--user-data-dir` mean, in one place for install, uninstall and doctor.
import { resolve } from 'node:path';
import { BROWSER_IDS, type BrowserId, type System } from '../install/browsers.ts';
import { installedBrowsers, type ManifestPlace, placesOf, profilePlace } from '../install/places.ts';
import { UsageError } from './arguments.ts';
import { expandHome } from './grants-lookup.ts';
import { nearest } from './suggest.ts';

export interface BrowserFlags {
  browser: string | undefined;
  'user-data-dir': string | undefined;
}

/** The places that the flags name, or `null` when they name none. */
export function namedPlaces(flags: BrowserFlags, home: string, system: System): ManifestPlace[] | null {
  const profile = flags['user-data-dir'];
  if (profile !== undefined) return [profilePlace(resolve(expandHome(profile)))];
  if (flags.browser === undefined) return null;
  const id = BROWSER_IDS.find((known) => known === flags.browser);
  if (id === undefined) {
    const meant = nearest(flags.browser, BROWSER_IDS);
    throw new UsageError(
      `There is no browser "${flags.browser}" in the table.${meant === null ? '' : ` Did you mean "${meant}"?`} There are ${BROWSER_IDS.join(', ')}.`,
    );
  }
  return placesOf(id, home, system);
}

/** The places of every browser that is installed here. */
export function installedPlaces(home: string, system: System): { browsers: BrowserId[]; places: ManifestPlace[] } {
  const browsers = installedBrowsers(system);
  return { browsers, places: uniquePlaces(browsers.flatMap((id) => placesOf(id, home, system))) };
}

/** Browsers of one family may share a folder: each file once. */
function uniquePlaces(places: readonly ManifestPlace[]): ManifestPlace[] {
  return places.filter((place, at) => places.findIndex((other) => other.file === place.file) === at);
}
