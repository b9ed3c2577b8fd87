// How to get a browser on this system, in words that can be typed. Pure; the caller reads /etc/os-release.

const BY_FAMILY: readonly (readonly [RegExp, string])[] = [
  [
    /\b(ubuntu)\b/,
    'sudo snap install chromium does not work with native messaging; install Google Chrome: wget https://dl.google.com/linux/direct/google-chrome-stable_current_amd64.deb && sudo apt install ./google-chrome-stable_current_amd64.deb',
  ],
  [/\b(debian|raspbian|linuxmint|pop)\b/, 'sudo apt install chromium'],
  [/\b(fedora|rhel|centos|rocky|almalinux)\b/, 'sudo dnf install chromium'],
  [/\b(arch|manjaro|endeavouros)\b/, 'sudo pacman -S chromium'],
  [/\b(opensuse|suse|sles)\b/, 'sudo zypper install chromium'],
  [/\b(alpine)\b/, 'sudo apk add chromium'],
  [/\b(nixos)\b/, 'nix-shell -p chromium'],
  [/\b(void)\b/, 'sudo xbps-install chromium'],
  [/\b(gentoo)\b/, 'sudo emerge www-client/chromium'],
];

/** The command that installs a browser; `osRelease` is the text of /etc/os-release, empty elsewhere than on Linux. */
export function browserInstallHint(platform: NodeJS.Platform, osRelease: string): string {
  if (platform === 'darwin') return 'brew install --cask chromium';
  if (platform === 'win32') return 'winget install --id Google.Chrome';
  const own = field(osRelease, 'ID');
  const like = field(osRelease, 'ID_LIKE');
  for (const ids of [own, like]) {
    const row = BY_FAMILY.find(([pattern]) => pattern.test(ids));
    if (row !== undefined) return row[1];
  }
  return "install Chromium with your system's package manager";
}

function field(osRelease: string, name: string): string {
  return new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1]?.toLowerCase() ?? '';
}
