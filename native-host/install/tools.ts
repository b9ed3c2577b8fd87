// Programs of the system that the host makes use of where they are there. None is needed to start; each check says what does
// not work without it.
import { existsSync, readFileSync } from 'node:fs';
import type { Check } from '../../shared/protocol/native.ts';
import { type Isolation, isolationHere } from '../commands/isolation.ts';
import { findInPath, type System } from './browsers.ts';

interface ToolRow {
  id: string;
  layer: Check['layer'];
  /** Any one of these will do. */
  programs: Partial<Record<NodeJS.Platform, readonly string[]>>;
  found: string;
  missing: string;
  next: string;
}

const TOOLS: readonly ToolRow[] = [
  {
    id: 'host.opener',
    layer: 'host',
    programs: { linux: ['xdg-open'], darwin: ['open'] },
    found: 'Files can be opened in their own programs',
    missing: 'There is no xdg-open, so files cannot be opened in their own programs.',
    next: 'Install the package xdg-utils.',
  },
  {
    id: 'host.chooser',
    layer: 'host',
    programs: { linux: ['zenity', 'kdialog'], darwin: ['osascript'] },
    found: 'Folders can be chosen in a dialog',
    missing: 'There is neither zenity nor kdialog, so folders cannot be chosen in a dialog.',
    next: 'Install zenity, or grant folders in the terminal: headgate grant DIR',
  },
];

/** One row a tool that this system can have. */
export function checkTools(system: System, exists: (path: string) => boolean = existsSync): Check[] {
  return TOOLS.flatMap(({ id, layer, programs, found, missing, next }): Check[] => {
    const wanted = programs[system.platform];
    if (wanted === undefined) return [];
    const path = wanted.map((program) => findInPath(program, system, exists)).find((each) => each !== null);
    return [path ? { id, layer, status: 'ok', says: `${found} (${path}).` } : { id, layer, status: 'warn', says: missing, next }];
  });
}

/** Whether commands can be isolated: tried, because a bubblewrap that is there may still not be allowed to. */
export async function checkIsolation(platform: NodeJS.Platform, osRelease: string = readOsRelease()): Promise<Check> {
  const isolation = await isolationHere(platform);
  const row = { id: 'host.isolation', layer: 'host' } as const;
  if (isolation.kind === 'bubblewrap')
    return { ...row, status: 'ok', says: `Commands run cut off from network and files (${isolation.program}).` };
  return {
    ...row,
    status: 'warn',
    says: `${isolation.says} Each needs your yes then.`,
    next: isolationNext(isolation.why, osRelease),
  };
}

/** What can be done about it, in words that can be typed. */
export function isolationNext(why: Extract<Isolation, { kind: 'none' }>['why'], osRelease: string): string {
  if (why === 'no-linux') return 'Bubblewrap is there on Linux only.';
  if (why === 'forbidden')
    return 'Allow this user to make namespaces: on Ubuntu an AppArmor profile for bwrap, in a container the right to (--security-opt seccomp=unconfined).';
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].map(([, id = '']) => id.toLowerCase()).join(' ');
  const how = INSTALLERS.find(([family]) => family.test(ids))?.[1];
  return how === undefined ? 'Install the package bubblewrap.' : `${how}${/[./]$/.test(how) ? '' : ' '}bubblewrap`;
}

const INSTALLERS: readonly (readonly [RegExp, string])[] = [
  [/\b(debian|ubuntu|raspbian|linuxmint|pop)\b/, 'sudo apt install'],
  [/\b(fedora|rhel|centos|rocky|almalinux)\b/, 'sudo dnf install'],
  [/\b(arch|manjaro|endeavouros)\b/, 'sudo pacman -S'],
  [/\b(opensuse|suse|sles)\b/, 'sudo zypper install'],
  [/\b(alpine)\b/, 'sudo apk add'],
  [/\b(nixos)\b/, 'nix-env -iA nixos.'],
  [/\b(void)\b/, 'sudo xbps-install'],
  [/\b(gentoo)\b/, 'sudo emerge sys-apps/'],
];

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

/** The search program that comes with the installation. */
export async function checkSearch(): Promise<Check> {
  const path = await import('@vscode/ripgrep').then(
    ({ rgPath }) => rgPath,
    () => null,
  );
  return path !== null && existsSync(path)
    ? { id: 'host.search', layer: 'host', status: 'ok', says: `The search program is ${path}.` }
    : {
        id: 'host.search',
        layer: 'host',
        status: 'fail',
        says: 'The search program (ripgrep) is not there.',
        next: 'Install Headgate again, with its optional packages.',
      };
}
