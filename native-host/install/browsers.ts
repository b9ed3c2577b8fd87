// The one table of browsers × systems: where each looks for native hosts and how its program is called. Folders are
// relative to the person's configuration: `~/.config` on Linux for Chromium's family and `~` for Mozilla's, on macOS
// `~/Library/Application Support`; on Windows there are registry keys under HKCU instead of folders.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export type Family = 'chromium' | 'gecko';

interface SystemRow {
  /** Folders for the manifest; every one is written, as sources disagree where there are two. */
  manifests: readonly string[];
  /** Programs: names looked up in PATH, or absolute paths (with `%NAME%` on Windows). */
  programs: readonly string[];
}

interface WindowsRow {
  registry: readonly string[];
  programs: readonly string[];
}

export interface BrowserRow {
  name: string;
  family: Family;
  /** Whether `npm start` may open the extension in it. */
  opens?: boolean;
  linux?: SystemRow;
  darwin?: SystemRow;
  win32?: WindowsRow;
}

const app = (name: string, program = name) => `/Applications/${name}.app/Contents/MacOS/${program}`;
const windows = (path: string) => ['%ProgramFiles%', '%ProgramFiles(x86)%', '%LOCALAPPDATA%'].map((root) => `${root}\\${path}`);

export const BROWSERS = {
  chromium: {
    name: 'Chromium',
    family: 'chromium',
    opens: true,
    linux: { manifests: ['chromium/NativeMessagingHosts'], programs: ['chromium', 'chromium-browser'] },
    darwin: { manifests: ['Chromium/NativeMessagingHosts'], programs: [app('Chromium')] },
    win32: { registry: ['Software\\Chromium\\NativeMessagingHosts'], programs: windows('Chromium\\Application\\chrome.exe') },
  },
  chrome: {
    name: 'Google Chrome',
    family: 'chromium',
    opens: true,
    linux: {
      manifests: ['google-chrome/NativeMessagingHosts'],
      programs: ['google-chrome-stable', 'google-chrome', '/opt/google/chrome/chrome'],
    },
    darwin: { manifests: ['Google/Chrome/NativeMessagingHosts'], programs: [app('Google Chrome')] },
    win32: { registry: ['Software\\Google\\Chrome\\NativeMessagingHosts'], programs: windows('Google\\Chrome\\Application\\chrome.exe') },
  },
  edge: {
    name: 'Microsoft Edge',
    family: 'chromium',
    opens: true,
    linux: { manifests: ['microsoft-edge/NativeMessagingHosts'], programs: ['microsoft-edge-stable', 'microsoft-edge'] },
    darwin: { manifests: ['Microsoft Edge/NativeMessagingHosts'], programs: [app('Microsoft Edge')] },
    win32: { registry: ['Software\\Microsoft\\Edge\\NativeMessagingHosts'], programs: windows('Microsoft\\Edge\\Application\\msedge.exe') },
  },
  brave: {
    name: 'Brave',
    family: 'chromium',
    opens: true,
    linux: {
      manifests: ['BraveSoftware/Brave-Browser/NativeMessagingHosts'],
      programs: ['brave-browser-stable', 'brave-browser', 'brave'],
    },
    darwin: {
      manifests: ['BraveSoftware/Brave-Browser/NativeMessagingHosts', 'Google/Chrome/NativeMessagingHosts'],
      programs: [app('Brave Browser')],
    },
    win32: {
      registry: ['Software\\Google\\Chrome\\NativeMessagingHosts', 'Software\\BraveSoftware\\Brave-Browser\\NativeMessagingHosts'],
      programs: windows('BraveSoftware\\Brave-Browser\\Application\\brave.exe'),
    },
  },
  vivaldi: {
    name: 'Vivaldi',
    family: 'chromium',
    linux: { manifests: ['vivaldi/NativeMessagingHosts'], programs: ['vivaldi-stable', 'vivaldi'] },
    darwin: { manifests: ['Vivaldi/NativeMessagingHosts'], programs: [app('Vivaldi')] },
    win32: {
      registry: ['Software\\Google\\Chrome\\NativeMessagingHosts', 'Software\\Vivaldi\\NativeMessagingHosts'],
      programs: windows('Vivaldi\\Application\\vivaldi.exe'),
    },
  },
  opera: {
    name: 'Opera',
    family: 'chromium',
    linux: { manifests: ['google-chrome/NativeMessagingHosts', 'opera/NativeMessagingHosts'], programs: ['opera'] },
    darwin: { manifests: ['Google/Chrome/NativeMessagingHosts', 'com.operasoftware.Opera/NativeMessagingHosts'], programs: [app('Opera')] },
    win32: {
      registry: ['Software\\Google\\Chrome\\NativeMessagingHosts', 'Software\\Opera Software\\NativeMessagingHosts'],
      programs: windows('Programs\\Opera\\opera.exe'),
    },
  },
  firefox: {
    name: 'Firefox',
    family: 'gecko',
    linux: { manifests: ['.mozilla/native-messaging-hosts'], programs: ['firefox', 'firefox-esr'] },
    darwin: { manifests: ['Mozilla/NativeMessagingHosts'], programs: [app('Firefox', 'firefox')] },
    win32: { registry: ['Software\\Mozilla\\NativeMessagingHosts'], programs: windows('Mozilla Firefox\\firefox.exe') },
  },
  librewolf: {
    name: 'LibreWolf',
    family: 'gecko',
    linux: { manifests: ['.librewolf/native-messaging-hosts'], programs: ['librewolf'] },
    darwin: { manifests: ['LibreWolf/NativeMessagingHosts', 'librewolf/NativeMessagingHosts'], programs: [app('LibreWolf', 'librewolf')] },
    win32: { registry: ['Software\\Mozilla\\NativeMessagingHosts'], programs: windows('LibreWolf\\librewolf.exe') },
  },
} as const satisfies Record<string, BrowserRow>;

export type BrowserId = keyof typeof BROWSERS;
export const BROWSER_IDS = Object.keys(BROWSERS) as BrowserId[];

export function browserRow(id: BrowserId): BrowserRow {
  return BROWSERS[id];
}

/** What the table's places are relative to; the system as an argument, so that every system's row can be tested on any. */
export interface System {
  platform: NodeJS.Platform;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
}

export function thisSystem(): System {
  return { platform: process.platform, home: homedir(), env: process.env };
}

/** Absolute folders where this browser looks for manifests of this person; none on Windows and where it does not exist. */
export function manifestFolders(id: BrowserId, system: System): string[] {
  const row = browserRow(id);
  if (system.platform === 'darwin')
    return (row.darwin?.manifests ?? []).map((folder) => join(system.home, 'Library', 'Application Support', folder));
  if (system.platform === 'win32') return [];
  const base = row.family === 'gecko' ? system.home : (system.env.XDG_CONFIG_HOME ?? join(system.home, '.config'));
  return (row.linux?.manifests ?? []).map((folder) => join(base, folder));
}

/** Registry keys under HKCU that name the manifest; empty elsewhere than on Windows. */
export function registryKeys(id: BrowserId, system: System, host: string): string[] {
  return system.platform === 'win32' ? (browserRow(id).win32?.registry ?? []).map((key) => `HKCU\\${key}\\${host}`) : [];
}

/** The browser's program, or `null` when it is not installed. */
export function findProgram(id: BrowserId, system: System, exists: (path: string) => boolean = existsSync): string | null {
  const row = browserRow(id);
  const programs =
    system.platform === 'win32' ? row.win32?.programs : system.platform === 'darwin' ? row.darwin?.programs : row.linux?.programs;
  for (const program of programs ?? []) {
    const path = isPath(program) ? expandVariables(program, system.env) : findInPath(program, system, exists);
    if (path !== null && exists(path)) return path;
  }
  return null;
}

/** The program of this name in the folders of PATH, or `null`. */
export function findInPath(program: string, system: System, exists: (path: string) => boolean = existsSync): string | null {
  const folders = (system.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, program)).find(exists) ?? null;
}

function isPath(program: string): boolean {
  return program.startsWith('/') || program.startsWith('%');
}

function expandVariables(path: string, env: System['env']): string {
  return path.replace(/%([^%]+)%/g, (whole, name: string) => env[name] ?? whole);
}
