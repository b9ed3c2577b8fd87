// What to do when no browser could be opened with the extension.
import { readFileSync } from 'node:fs';
import { findBrowsers } from './find-browser.ts';
import { browserInstallHint } from './install-hints.ts';
import { BUNDLES } from './places.ts';

/** Where a browser is installed but refuses, the steps by hand; where there is none, how to get one on this system. */
export function browserHelp(): string {
  const usable = findBrowsers().filter((browser) => browser.refuses === undefined);
  if (usable.length > 0) return loadUnpackedSteps();
  return [
    'No Chromium, Chrome, Edge or Brave was found.',
    `Install one: ${browserInstallHint(process.platform, readOsRelease())}`,
    'or name one: CHROME_PATH=/path/to/chrome npm start',
  ].join('\n');
}

function loadUnpackedSteps(): string {
  return [
    'No browser here takes an extension from outside. By hand:',
    '  1. npx headgate install --browser NAME      registers the host with your browser',
    '  2. open chrome://extensions and switch on "Developer mode"',
    `  3. "Load unpacked" → ${BUNDLES.extension}`,
  ].join('\n');
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
