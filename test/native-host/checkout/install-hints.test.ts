import { expect, test } from 'vitest';
import { browserInstallHint } from '../../../native-host/checkout/install-hints.ts';

test.each([
  ['ID=debian\nVERSION_ID="12"\n', 'sudo apt install chromium'],
  ['NAME="Fedora Linux"\nID=fedora\n', 'sudo dnf install chromium'],
  ['ID=arch\n', 'sudo pacman -S chromium'],
  ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', 'sudo zypper install chromium'],
  ['ID=alpine\n', 'sudo apk add chromium'],
  ['ID=unheard\nID_LIKE="rhel fedora"\n', 'sudo dnf install chromium'],
])('%j is told %j', (osRelease, hint) => {
  expect(browserInstallHint('linux', osRelease)).toBe(hint);
});

test("Ubuntu's Chromium is a snap, so another browser is named", () => {
  expect(browserInstallHint('linux', 'ID=ubuntu\nID_LIKE=debian\n')).toContain('google-chrome');
});

test('macOS and Windows have their own, an unknown system a plain word', () => {
  expect(browserInstallHint('darwin', '')).toMatch(/^brew /);
  expect(browserInstallHint('win32', '')).toMatch(/^winget /);
  expect(browserInstallHint('linux', '')).toContain("system's package manager");
});
