// Which isolation this machine can give a command. Tried, not guessed: a bubblewrap may be there and still be forbidden to
// make namespaces (some systems and containers do so), or be too old to take folders by descriptor.
import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { childEnvironment } from '../config.ts';
import { runProcess } from '../spawn.ts';
import type { BubblewrapFeatures } from './bubblewrap.ts';

export type Isolation =
  | { kind: 'bubblewrap'; program: string; features: BubblewrapFeatures }
  /** `says` is a whole sentence. */
  | { kind: 'none'; why: 'no-linux' | 'missing' | 'too-old' | 'forbidden'; says: string };

const TRY_MS = 5_000;
/** What could not be had a while ago may be installed by now. */
const LOOK_AGAIN_MS = 60_000;
const known = new Map<string, { at: number; isolation: Promise<Isolation> }>();

/** What is to be had here, looked at once and, where it was nothing, again after a minute. */
export async function isolationHere(platform: NodeJS.Platform = process.platform, now: number = Date.now()): Promise<Isolation> {
  if (platform !== 'linux')
    return { kind: 'none', why: 'no-linux', says: 'This system has no bubblewrap, so commands run without isolation.' };
  const program = findProgram('bwrap');
  const last = known.get(program ?? '');
  const again = last === undefined || ((await last.isolation).kind === 'none' && now - last.at > LOOK_AGAIN_MS);
  const isolation = again ? lookAt(program) : last.isolation;
  if (again) known.set(program ?? '', { at: now, isolation });
  return isolation;
}

/** The program of this name in the folders of PATH, or `null`. */
export function findProgram(name: string): string | null {
  const folders = (childEnvironment().PATH ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

async function lookAt(program: string | null): Promise<Isolation> {
  if (program === null) return { kind: 'none', why: 'missing', says: 'There is no bubblewrap here, so commands run without isolation.' };
  const limits = { deadlineMs: TRY_MS, maxOutputBytes: 100_000 };
  const help = await runProcess(program, ['--help'], limits);
  const words = help.stdout.toString() + help.stderr;
  if (!words.includes('--ro-bind-fd'))
    return { kind: 'none', why: 'too-old', says: `${program} is too old to be used, so commands run without isolation.` };
  const wanted = { size: words.includes('--size'), disableUserns: words.includes('--disable-userns') };
  for (const features of [wanted, { ...wanted, disableUserns: false }]) {
    const own = features.disableUserns ? ['--unshare-user', '--disable-userns'] : [];
    const trial = await runProcess(
      program,
      ['--unshare-all', ...own, '--ro-bind', '/', '/', '--proc', '/proc', '--', '/proc/self/exe', '--version'],
      limits,
    );
    if (trial.how === 'exited' && trial.code === 0) return { kind: 'bubblewrap', program, features };
  }
  return { kind: 'none', why: 'forbidden', says: `${program} may not make namespaces here, so commands run without isolation.` };
}

/** The system's own folders as its root has them: links on merged systems, folders on others. */
export function systemRoot(): { links: [string, string][]; system: string[] } {
  const links: [string, string][] = [];
  const system = ['/usr', '/nix/store', ...SETTINGS];
  for (const name of ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']) {
    const stat = lstatSync(name, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink()) links.push([name, readlinkSync(name)]);
    else if (stat?.isDirectory()) system.push(name);
  }
  return { links, system };
}

/** What programs want to know of the system and says nothing of the person. */
const SETTINGS = [
  'alternatives',
  'ca-certificates',
  'crypto-policies',
  'fonts',
  'ImageMagick-6',
  'ImageMagick-7',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'magic',
  'mime.types',
  'paperspecs',
  'papersize',
  'pki/tls/certs',
  'ssl/certs',
  'ssl/openssl.cnf',
  'texmf',
]
  .map((name) => `/etc/${name}`)
  .concat('/var/cache/fontconfig', '/var/lib/texmf');

/** And what it takes to reach the network, where the person allowed that. */
export const NETWORK_SETTINGS = ['gai.conf', 'host.conf', 'hosts', 'nsswitch.conf', 'protocols', 'resolv.conf', 'services'].map(
  (name) => `/etc/${name}`,
);
