// Names that no grant gives: keys, sign-ins, browser profiles and everything that the system runs by itself. They are
// denied whether they are there or not, so that nobody can create what is not yet there. Compared folded, because a file
// system may take `.SSH`, `.ssh.` or a decomposed `é` for the same name.
import { foldPath, isInside } from '../../shared/gate/fold-path.ts';
import { hostHome } from '../config.ts';

/** Each row: what it is, and the paths, matched at any depth; `*` stands for anything within one segment. */
const PROTECTED: readonly (readonly [string, readonly string[]])[] = [
  [
    'keys for other machines',
    ['.ssh', '.gnupg', '.putty', '.age', 'id_rsa', 'id_dsa', 'id_ecdsa', 'id_ed25519', 'id_ed25519_sk', 'id_ecdsa_sk'],
  ],
  [
    'sign-ins and tokens',
    [
      '.npmrc',
      '.yarnrc',
      '.yarnrc.yml',
      '.pypirc',
      '.netrc',
      '_netrc',
      '.pgpass',
      '.my.cnf',
      '.git-credentials',
      '.vault-token',
      '.password-store',
      '.aws',
      '.azure',
      '.kube',
      '.docker',
      '.oci',
      '.terraform.d',
      '.config/gcloud',
      '.config/gh',
      '.config/hub',
      '.config/rclone',
      '.config/op',
      '.config/headgate',
      '.cargo/credentials',
      '.cargo/credentials.toml',
      '.gem/credentials',
      '.local/share/keyrings',
      '.local/share/kwalletd',
      'library/keychains',
      'appdata/*/microsoft/credentials',
      'appdata/*/microsoft/protect',
      'appdata/*/microsoft/vault',
      'login.keychain*',
    ],
  ],
  [
    'shell start-up files',
    [
      '.profile',
      '.bashrc',
      '.bash_profile',
      '.bash_login',
      '.bash_logout',
      '.bash_aliases',
      '.zshrc',
      '.zshenv',
      '.zprofile',
      '.zlogin',
      '.zlogout',
      '.kshrc',
      '.mkshrc',
      '.cshrc',
      '.tcshrc',
      '.login',
      '.inputrc',
      '.xinitrc',
      '.xprofile',
      '.xsession',
      '.xsessionrc',
      '.xresources',
      '.pam_environment',
      '.envrc',
      '.config/fish',
      '.config/environment.d',
      'windowspowershell',
      'documents/powershell',
      '.config/powershell',
    ],
  ],
  [
    'start-up files of editors and tools',
    [
      '.vimrc',
      '.gvimrc',
      '.exrc',
      '.vim',
      '.config/nvim',
      '.emacs',
      '.emacs.d',
      '.config/emacs',
      '.tmux.conf',
      '.config/tmux',
      '.screenrc',
      '.gdbinit',
      '.lldbinit',
      '.irbrc',
      '.pryrc',
      '.psqlrc',
      '.sqliterc',
      '.rprofile',
    ],
  ],
  ['shell history', ['.bash_history', '.zsh_history', '.python_history', '.node_repl_history', '.psql_history', '.mysql_history']],
  [
    'browser profiles',
    [
      '.mozilla',
      '.thunderbird',
      '.librewolf',
      '.waterfox',
      '.config/mozilla',
      '.config/google-chrome*',
      '.config/chromium*',
      '.config/microsoft-edge*',
      '.config/bravesoftware',
      '.config/vivaldi*',
      '.config/opera*',
      '.var/app/*/.mozilla',
      '.var/app/*/config',
      'snap/*/common/.mozilla',
      'snap/*/common/chromium',
      'library/application support/google',
      'library/application support/chromium',
      'library/application support/firefox',
      'library/application support/mozilla',
      'library/application support/bravesoftware',
      'library/application support/microsoft edge*',
      'library/safari',
      'library/cookies',
      'appdata/*/google',
      'appdata/*/chromium',
      'appdata/*/mozilla',
      'appdata/*/microsoft/edge*',
      'appdata/*/bravesoftware',
      'appdata/*/opera software',
      'native-messaging-hosts',
      'nativemessaginghosts',
    ],
  ],
  ['what git runs', ['.git/hooks', '.git/config', '.git/modules', '.gitconfig', '.config/git', '.githooks', '.husky', 'git~[0-9]']],
  [
    'what starts by itself',
    [
      '.config/autostart',
      '.config/autostart-scripts',
      '.config/plasma-workspace',
      'autostart/*.desktop',
      '.config/systemd',
      '.local/share/systemd',
      '.local/share/applications',
      '.local/share/dbus-1',
      '.local/bin',
      '.local/lib',
      '.config/i3',
      '.config/sway',
      '.config/hypr',
      '.config/openbox',
      '.xbindkeysrc',
      '.crontab',
      'library/launchagents',
      'library/launchdaemons',
      'library/startupitems',
      'start menu/programs/startup',
    ],
  ],
  // What is in it came from anywhere, from under any label.
  ['the trash', ['.trash', '.trash-[0-9]*', '.local/share/trash', '.trashes', '$recycle.bin']],
  ['settings of other assistants', ['.mcp.json', '.claude', '.codex', '.cursor']],
];

/**
 * May be looked at, and nothing in it is made, changed or moved: all of it can make git, or an editor that opens the folder,
 * run something, and so can a file of the name.
 */
const UNCHANGED: readonly (readonly [string, RegExp])[] = [
  ['git’s own', /(?:^|\/)\.git(?:\/|$)/],
  ['an editor’s own', /(?:^|\/)\.(?:vscode|idea)(?:\/|$)/],
];

const MATCHERS = PROTECTED.map(([what, paths]) => ({ what, pattern: toPattern(paths), short: toPattern(paths, shortSourceOf) }));
const ANY = toPattern(PROTECTED.flatMap(([, paths]) => paths));
/** With 8.3 short names as well: only asked where there is a tilde. */
const ANY_SHORT = toPattern(
  PROTECTED.flatMap(([, paths]) => paths),
  shortSourceOf,
);

/** Why this absolute path is protected, in words for the person, or `null` when it is not. */
export function protectedReason(absolute: string, home: string = ownHome()): string | null {
  const folded = foldPath(absolute);
  if (isInside(foldHome(home), folded)) return 'Headgate’s own state';
  if (!isListed(folded)) return null;
  return MATCHERS.find(({ pattern, short }) => pattern.test(folded) || short.test(folded))?.what ?? 'protected';
}

/** Why nobody changes this absolute path or gives it to anything, or `null`. What is protected is asked for apart. */
export function unchangedReason(absolute: string): string | null {
  const folded = foldPath(absolute);
  return UNCHANGED.find(([, pattern]) => pattern.test(folded))?.[0] ?? null;
}

/** Rows of several names, name by name. */
const DIVIDED = PROTECTED.flatMap(([, paths]) => paths)
  .filter((path) => path.includes('/'))
  .map((path) => path.split('/').map((segment) => new RegExp(`^${shortSourceOf(segment)}$`)));

/**
 * What below this folder is protected, or would be, because of the folder's own name: the names on the way to it, one after
 * the other. `/home/me/.config` gives [autostart], [gh], … For a folder that gets another name or place.
 */
export function protectedBelow(absolute: string): readonly (readonly RegExp[])[] {
  const names = foldPath(absolute).split('/');
  return DIVIDED.flatMap((row) =>
    row.flatMap((_, length) => {
      const last = length === 0 ? [] : names.slice(-length);
      return length > 0 && last.length === length && last.every((name, index) => row[index]?.test(name)) ? [row.slice(length)] : [];
    }),
  );
}

/** Asked at every path: a process keeps the environment that it was started with. */
function ownHome(): string {
  known ??= hostHome();
  return known;
}

let known: string | null = null;

/** The folder of Headgate's own state, folded once. */
function foldHome(home: string): string {
  if (lastHome.path !== home) lastHome = { path: home, folded: foldPath(home) };
  return lastHome.folded;
}

let lastHome = { path: '', folded: foldPath('') };

function isListed(folded: string): boolean {
  return ANY.test(folded) || (folded.includes('~') && ANY_SHORT.test(folded));
}

function toPattern(paths: readonly string[], source: (path: string) => string = sourceOf): RegExp {
  return new RegExp(`(?:^|/)(?:${paths.map(source).join('|')})(?:/|$)`);
}

function sourceOf(path: string): string {
  return path.replace(/[.+?^${}()|\\]/g, '\\$&').replace(/\*/g, '[^/]*');
}

/**
 * Each segment as it is or by the short name that FAT and NTFS give it: six characters, or two and a hash, then a tilde and
 * a number, then three of the extension. Names that are short themselves have no other.
 */
function shortSourceOf(path: string): string {
  return path
    .split('/')
    .map((segment) => {
      const name = segment.replace(/^\.+/, '');
      const open = name.endsWith('*');
      const dot = name.lastIndexOf('.');
      const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot + 1)] : [name.replace('*', ''), ''];
      const isShort = !open && segment === name && stem.length <= 8 && extension.length <= 3 && !/[ .]/.test(stem);
      if (isShort || stem === '' || segment.includes('~')) return sourceOf(segment);
      const plain = stem.replace(/[ .]/g, '').replace(/[+,;=]/g, '_');
      const ending = open ? '(?:\\.[^/]*)?' : extension === '' ? '' : `\\.${sourceOf(extension.slice(0, 3))}`;
      return `(?:${sourceOf(segment)}|(?:${sourceOf(plain.slice(0, 6))}|${sourceOf(plain.slice(0, 2))}[0-9a-f]{4})~[0-9]+${ending})`;
    })
    .join('/');
}

/** The last name of each row's paths: a name that is none of these is not protected by its own. */
const LAST = new RegExp(
  `^(?:${PROTECTED.flatMap(([, paths]) => paths.map((path) => sourceOf(path.slice(path.lastIndexOf('/') + 1)))).join('|')})$`,
);
const PLAIN_NAME = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;

/**
 * The same question as `protectedReason`, for the many names of one folder that is not protected itself: only paths that
 * end in the name can then be what protects it.
 */
export function protectedNames(folder: string, home: string = ownHome()): (name: string) => boolean {
  const base = foldPath(folder);
  const state = foldHome(home);
  const holdsState = isInside(base, state);
  return (name) => {
    if (!mayBeProtected(name) && !holdsState) return false;
    const path = `${base}/${foldPath(`/${name}`).slice(1)}`;
    return isListed(path) || isInside(state, path);
  };
}

/** By the last name alone, remembered: folders are listed again and again. */
function mayBeProtected(name: string): boolean {
  const known = lastNames.get(name);
  if (known !== undefined) return known;
  const folded = PLAIN_NAME.test(name) ? name.toLowerCase() : foldPath(`/${name}`).slice(1);
  const found = folded.includes('~') || LAST.test(folded);
  if (lastNames.size >= MAX_LAST_NAMES) lastNames.clear();
  lastNames.set(name, found);
  return found;
}

const lastNames = new Map<string, boolean>();
const MAX_LAST_NAMES = 20_000;
