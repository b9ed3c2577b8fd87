// The argument list with which bubblewrap starts a command: a file system of the system's own programs, read-only, one
// folder to work in and nothing else of the person's; no network unless the person said so; an environment of a few names.
// Pure. Whatever is the person's comes in as an open descriptor, so that no name is looked up again on the way in.

/** What this bubblewrap can do beside the basics. */
export interface BubblewrapFeatures {
  /** A limit for a file system in memory. */
  size: boolean;
  /** No namespaces within the namespace. */
  disableUserns: boolean;
}

export interface Jail {
  features: BubblewrapFeatures;
  /** Of the system's root: names that are links there, with what they point to. */
  links: readonly (readonly [name: string, target: string])[];
  /** The system's folders and files, at their own paths, where they are there. */
  system: readonly string[];
  /** Bound read-only, each at its path. */
  files: readonly { fd: number; at: string }[];
  /** Bytes that come through a descriptor and become a program at this path. */
  copied: readonly { fd: number; at: string }[];
  work: { fd: number; write: boolean } | null;
  /** What is in the folder and not for commands; paths relative to it. */
  hidden: readonly { path: string; folder: boolean }[];
  network: boolean;
  environment: Readonly<Record<string, string>>;
  memoryBytes: number;
  statusFd: number;
}

/** Where a command finds its folder. Its real place says whose it is and how it is called, and is nobody's business. */
export const WORK_FOLDER = '/work';
/** What it is given to read from elsewhere. */
export const INPUT_FOLDER = '/input';
const SHARED_MEMORY_BYTES = 64 << 20;

/** Everything before the command's own words. */
export function bubblewrapArguments(jail: Jail): string[] {
  const { features, memoryBytes } = jail;
  const sized = (bytes: number) => (features.size ? ['--size', String(bytes)] : []);
  return [
    '--unshare-all',
    ...(jail.network ? ['--share-net'] : []),
    ...(features.disableUserns ? ['--unshare-user', '--disable-userns'] : []),
    '--die-with-parent',
    '--new-session',
    ...['--cap-drop', 'ALL'],
    ...['--hostname', 'headgate'],
    '--clearenv',
    ...Object.entries(jail.environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...jail.links.flatMap(([name, target]) => ['--symlink', target, name]),
    ...jail.system.flatMap((path) => ['--ro-bind-try', path, path]),
    ...['--proc', '/proc'],
    ...['--dev', '/dev'],
    ...[...sized(Math.min(memoryBytes, SHARED_MEMORY_BYTES)), '--tmpfs', '/dev/shm'],
    ...[...sized(memoryBytes), '--tmpfs', '/tmp'],
    ...workArguments(jail, sized),
    ...jail.files.flatMap(({ fd, at }) => ['--ro-bind-fd', String(fd), at]),
    ...jail.copied.flatMap(({ fd, at }) => ['--perms', '0555', '--ro-bind-data', String(fd), at]),
    // The kernel's settings: root writes there without any right of root's.
    ...['--remount-ro', '/proc'],
    // Both are file systems in memory, which would take what a program writes beside the limits.
    ...['--remount-ro', '/dev'],
    ...['--remount-ro', '/'],
    ...['--chdir', WORK_FOLDER],
    ...['--json-status-fd', String(jail.statusFd)],
    '--',
  ];
}

function workArguments({ work, hidden, memoryBytes }: Jail, sized: (bytes: number) => string[]): string[] {
  if (work === null) return [...sized(memoryBytes), '--tmpfs', WORK_FOLDER];
  return [
    ...[work.write ? '--bind-fd' : '--ro-bind-fd', String(work.fd), WORK_FOLDER],
    ...hidden.flatMap(({ path, folder }) => {
      const at = `${WORK_FOLDER}/${path}`;
      return folder ? ['--perms', '0000', ...sized(4096), '--tmpfs', at, '--remount-ro', at] : ['--ro-bind', '/dev/null', at];
    }),
  ];
}
