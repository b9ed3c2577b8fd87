// From a command and what it is given to a start: in bubblewrap where that is to be had, and otherwise with as much as can be
// had without. Here is the only place that knows what holds in which case, and says it.
import { release, tmpdir } from 'node:os';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandGrant } from '../../shared/gate/commands.ts';
import { realPathOf } from '../gate/resolve.ts';
import { bubblewrapArguments } from './bubblewrap.ts';
import { MARK } from './family.ts';
import type { Given } from './given.ts';
import type { Hidden } from './hidden.ts';
import { findProgram, type Isolation, NETWORK_SETTINGS, systemRoot } from './isolation.ts';
import { limitWords } from './limits.ts';
import { openFolderByPath } from './named-folder.ts';
import type { OpenProgram } from './program.ts';
import type { ProgramStart } from './run-program.ts';

export interface Prepared extends Disposable {
  start: Omit<ProgramStart, 'signal'>;
  /** The isolation it has, as the step says it. */
  says: string;
  mark: string;
}

/** Everything that a command gets to know of where it is. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' } as const;

export function prepareCommand(
  command: CommandGrant,
  program: OpenProgram,
  given: Given,
  hidden: readonly Hidden[],
  isolation: Isolation,
): Prepared {
  const mark = randomBytes(16).toString('hex');
  const environment = { ...ENVIRONMENT, [MARK]: mark };
  const jailed = isolation.kind === 'bubblewrap';
  const limits = limitWords(
    findProgram('prlimit'),
    { memoryBytes: memoryOf(command), processes: command.limits.processes },
    { jailed, release: release() },
  );
  const common = { environment, jailed, limits: command.limits };
  const says = sayIsolation(command, isolation);
  if (isolation.kind === 'none') {
    const bare = prepareBare(program, given, limits);
    return { start: { ...common, ...bare.start }, says, mark, [Symbol.dispose]: bare[Symbol.dispose] };
  }
  using opened = new DisposableStack();
  const descriptors: (number | Uint8Array | 'status')[] = [];
  const pass = (each: number | Uint8Array | 'status') => descriptors.push(each) + 2;
  const { links, system } = systemRoot();
  const statusFd = pass('status');
  const jail = bubblewrapArguments({
    features: isolation.features,
    links,
    system: [...system, ...(command.network === 'yes' ? NETWORK_SETTINGS : [])],
    // Over what lies at its path: what was looked at is what is started.
    copied: program.bytes === null ? [] : [{ fd: pass(program.bytes), at: program.path }],
    files: [
      ...command.sees.map((folder) => ({ fd: pass(opened.use(openFolderByPath(folder)).fd), at: folder })),
      ...(program.bytes === null ? [{ fd: pass(program.fd), at: program.path }] : []),
      ...given.inputs.map(({ file, at }) => ({ fd: pass(file.fd), at })),
    ],
    work: given.folder === null ? null : { fd: pass(given.folder.place.fd), write: command.write },
    hidden,
    network: command.network === 'yes',
    environment,
    memoryBytes: memoryOf(command),
    statusFd,
  });
  const held = opened.move();
  return {
    start: {
      ...common,
      program: isolation.program,
      words: [...jail, ...limits, program.path, ...given.words(true)],
      descriptors,
      folder: '/',
      // Bubblewrap's own environment could be seen from inside.
      environment: { [MARK]: mark },
    },
    says,
    mark,
    [Symbol.dispose]: () => held.dispose(),
  };
}

/** Without a namespace: its own environment, folder and limits, and for a pinned program the very file that was looked at. */
function prepareBare(program: OpenProgram, given: Given, limits: readonly string[]) {
  const linux = process.platform === 'linux';
  const descriptors: number[] = [];
  const pass = (fd: number) => `/proc/self/fd/${descriptors.push(fd) + 2}`;
  const own = given.folder === null ? mkdtempSync(join(tmpdir(), 'headgate-command-')) : null;
  const folder =
    own ?? (given.folder !== null && linux ? pass(given.folder.place.fd) : given.folder === null ? '/' : realPathOf(given.folder));
  // The system starts a script by its path, so there the file could be another by then.
  const path = program.bytes !== null && linux && !program.script ? pass(program.fd) : program.path;
  const [first = path, ...rest] = [...limits, path, ...given.words(false)];
  return {
    start: { program: first, words: rest, descriptors, folder, name: limits.length === 0 ? program.path : undefined },
    [Symbol.dispose]: () => {
      if (own !== null) rmSync(own, { recursive: true, force: true });
    },
  };
}

function memoryOf({ limits }: CommandGrant): number {
  return limits.memoryMegabytes * 1_048_576;
}

/** What a person should know before they say yes, and of a step that is over. */
export function sayIsolation(command: Pick<CommandGrant, 'network' | 'write' | 'folder'>, isolation: Isolation): string {
  if (isolation.kind === 'none') return 'without isolation: may read, change and send anything, cannot be undone';
  const network = command.network === 'yes' ? 'with network: may send' : 'no network';
  const folder =
    command.folder === null
      ? 'sees no files of yours'
      : `sees only its folder${command.write ? ' and may change it, which cannot be undone' : ', read-only'}`;
  return `in bubblewrap: ${network}, ${folder}`;
}
