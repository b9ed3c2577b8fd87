// Sees to it that there is a browser for the end-to-end tests: the one that is installed, else Debian's package where we
// may install it. Never goes on without one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium } from './find-browser.ts';

const APT_DEADLINE_MS = 300_000;

/** The path of a browser. Throws an Error that says what to install, and how on this system. */
export function getBrowser(say: (line: string) => void): string {
  const found = findChromium();
  if (found !== null) return found;
  if (isDebianRoot()) {
    say('No Chromium here: installing Debian’s package …');
    apt(['update']);
    apt(['install', '--yes', '--no-install-recommends', 'chromium']);
    const installed = findChromium();
    if (installed !== null) return installed;
  }
  throw new Error(
    `The end-to-end tests need a Chromium, and none was found.\n${adviceFor(process.platform)}\nOr set CHROME_PATH to one, or run the tests without a browser: npm test -- --unit`,
  );
}

function isDebianRoot(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
}

function apt(args: readonly string[]): void {
  const { status, error, stderr } = spawnSync('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: APT_DEADLINE_MS,
  });
  if (status !== 0)
    throw new Error(
      `apt-get ${args.join(' ')} failed: ${error?.message ?? stderr.trim().slice(-2000)}\nInstall Chromium by hand, or set CHROME_PATH.`,
    );
}

function adviceFor(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Install one: brew install --cask chromium';
  if (platform === 'win32') return 'Install one: winget install Google.Chrome';
  if (existsSync('/etc/debian_version')) return 'Install one: sudo apt-get update && sudo apt-get install chromium';
  if (existsSync('/etc/fedora-release')) return 'Install one: sudo dnf install chromium';
  if (existsSync('/etc/arch-release')) return 'Install one: sudo pacman -S chromium';
  return 'Install Chromium or Google Chrome with your system’s package manager.';
}
