// Other spellings of a name that some file system takes for the same name: case, Unicode forms, invisible characters,
// trailing dots and spaces, streams, 8.3 short names. And the test's own folding, made without the product's: what is left
// of a name that any of these file systems would compare.
import type { Random } from '../random.ts';

/** What a person never means to give, each as a path below a granted folder; said here anew, not read from the product. */
export const PROTECTED_PATHS = [
  '.ssh/authorized_keys',
  '.ssh/id_ed25519',
  '.gnupg/secring.gpg',
  'backup/id_rsa',
  'id_ecdsa',
  '.aws/credentials',
  '.kube/config',
  '.docker/config.json',
  '.npmrc',
  'project/.npmrc',
  '.netrc',
  '.pypirc',
  '.git-credentials',
  '.config/gh/hosts.yml',
  '.config/gcloud/credentials.db',
  '.local/share/keyrings/login.keyring',
  '.bashrc',
  '.bash_profile',
  '.zshrc',
  '.profile',
  '.bash_history',
  '.mozilla/firefox/profiles.ini',
  '.config/google-chrome/Default/Cookies',
  '.config/chromium/Default/Login Data',
  'repo/.git/hooks/pre-commit',
  'repo/.git/config',
  '.gitconfig',
  '.config/autostart/evil.desktop',
  '.config/systemd/user/evil.service',
  '.local/bin/ls',
  'Library/LaunchAgents/evil.plist',
  'AppData/Roaming/Mozilla/Firefox/profiles.ini',
  'Start Menu/Programs/Startup/evil.lnk',
  '.mcp.json',
  '.claude/settings.json',
] as const;

type Respell = (segment: string, random: Random) => string;

const INVISIBLE = [
  '\u200b',
  '\u200c',
  '\u200d',
  '\u2060',
  '\ufeff',
  '\u00ad',
  '\u034f',
  '\u180e',
  '\u{e0041}',
  '\ufe0f',
  '\u202e',
  '\u2066',
];

const upperSome: Respell = (segment, random) => [...segment].map((char) => (random.chance(0.5) ? char.toUpperCase() : char)).join('');
const fullwidth: Respell = (segment, random) =>
  [...segment].map((char) => (/[!-~]/.test(char) && random.chance(0.6) ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : char)).join('');
const invisible: Respell = (segment, random) => {
  const chars = [...segment];
  return chars.toSpliced(random.below(chars.length + 1), 0, random.pick(INVISIBLE)).join('');
};
const COMPATIBLE: Readonly<Record<string, readonly string[]>> = {
  s: ['ſ', 'ˢ', 'ⓢ', '𝐬'],
  k: ['\u212a', 'ᵏ', 'ⓚ'],
  i: ['ⁱ', 'ⓘ', '𝗂'],
  r: ['ʳ', 'ⓡ'],
  a: ['ª', 'ᵃ', 'ⓐ'],
  c: ['ᶜ', 'ⅽ'],
  d: ['ⅾ', 'ᵈ'],
  h: ['ʰ', 'ℎ'],
  n: ['ⁿ'],
  o: ['º', 'ᵒ'],
  '.': ['․', '．'],
};
const compatible: Respell = (segment, random) =>
  [...segment].map((char) => (random.chance(0.5) ? random.pick(COMPATIBLE[char] ?? [char]) : char)).join('');
const trailing: Respell = (segment, random) => segment + random.pick(['.', ' ', '..', ' .', '. ', '   ', '...']);
const stream: Respell = (segment, random) =>
  segment + random.pick(['::$DATA', ':$DATA', ':hidden', '::$INDEX_ALLOCATION', ':$I30:$INDEX_ALLOCATION', ':']);

export const RESPELLINGS: Readonly<Record<string, Respell>> = {
  plain: (segment) => segment,
  case: upperSome,
  fullwidth,
  invisible,
  compatible,
  trailing,
  stream,
  shortName: (segment, random) => shortName(segment, random) ?? upperSome(segment, random),
  mixed: (segment, random) =>
    random.shuffle([upperSome, invisible, compatible]).reduce((text, respell) => respell(text, random), trailing(segment, random)),
};

/** A path with one, or every, segment spelled otherwise. `null` where a name would be longer than any disk takes. */
export function respell(path: string, how: Respell, random: Random): string | null {
  const segments = path.split('/');
  const chosen = random.chance(0.3) ? -1 : random.below(segments.length);
  const spelled = segments.map((segment, index) => (chosen === -1 || chosen === index ? how(segment, random) : segment));
  return spelled.some((segment) => segment === '.' || segment === '..' || Buffer.byteLength(segment) > 255) ? null : spelled.join('/');
}

/**
 * The short name that NTFS gives beside a long one: leading dots away, six characters, a tilde and a number, three of the
 * extension; past the fourth of the same kind two characters and a hash. `null` for a name that is one itself.
 */
export function shortName(name: string, random: Random): string | null {
  const stem = name.replace(/^[. ]+/, '').toUpperCase();
  const dot = stem.lastIndexOf('.');
  const [base, extension] = dot > 0 ? [stem.slice(0, dot), stem.slice(dot + 1)] : [stem, ''];
  if (!name.startsWith('.') && !/[ +,;=[\]]/.test(base) && base.length <= 8 && extension.length <= 3) return null;
  const clean = (text: string) => text.replace(/[ .]/g, '').replace(/[+,;=[\]]/g, '_');
  const hashed = random.chance(0.25);
  const start = hashed
    ? clean(base).slice(0, 2) + random.below(0x10000).toString(16).toUpperCase().padStart(4, '0')
    : clean(base).slice(0, 6);
  return `${start}~${hashed ? 1 : 1 + random.below(4)}${extension === '' ? '' : `.${clean(extension).slice(0, 3)}`}`;
}

/** Names that Windows keeps for devices, in the ways that reach them; and characters that no name may hold. */
export function reservedNames(random: Random): string[] {
  const devices = ['CON', 'PRN', 'AUX', 'NUL', 'CONIN$', 'CONOUT$'];
  for (const digit of [...'123456789¹²³']) devices.push(`COM${digit}`, `LPT${digit}`);
  return devices.flatMap((name) => {
    const spelled = upperSome(name.toLowerCase(), random);
    return [spelled, `${spelled}.txt`, `${spelled}.tar.gz`, `${spelled} .md`, `${spelled} `, `${spelled}.`];
  });
}
