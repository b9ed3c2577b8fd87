// Layouts of links and other things that are no ordinary file, in the manner of the cases of Go's os.Root: each plants one
// thing in a granted folder and names the path by which an attacker goes through it. A thing is tried as the last name, as
// a folder on the way, and further down.
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Granted } from '../../native-host/support/granted.ts';

export interface Place {
  granted: Granted;
  /** The folder of the canaries. */
  outside: string;
  /** Where the thing is to be. */
  at: string;
}

interface Thing {
  name: string;
  /** `false` when this system cannot make it. */
  plant(place: Place): boolean | Promise<boolean>;
  /** What would follow below it, had it been a folder; `null` where only the thing itself is tried. */
  below: readonly string[] | null;
}

const link = (name: string, target: (place: Place) => string, below: Thing['below'] = null): Thing => ({
  name: `link ${name}`,
  plant(place) {
    symlinkSync(target(place), place.at);
    return true;
  },
  below,
});

const FILES_IN = ['secret.txt', 'new.txt', 'deep/secret.txt'];

export const THINGS: readonly Thing[] = [
  link('to a file outside', ({ outside }) => join(outside, 'secret.txt')),
  link('to a folder outside', ({ outside }) => join(outside, 'dir'), FILES_IN),
  link('to a file outside, relative', ({ granted, at }) => join('../'.repeat(depthOf(granted, at)), '../outside/secret.txt')),
  link('to a folder outside, relative', ({ granted, at }) => join('../'.repeat(depthOf(granted, at)), '../outside/dir'), FILES_IN),
  link('to a name outside that is free', ({ outside }) => join(outside, 'empty', 'new.txt')),
  link('to a folder outside that is not there', ({ outside }) => join(outside, 'missing'), ['new.txt']),
  link('to nothing inside', () => 'nowhere', ['new.txt']),
  link('out and in again', ({ granted, outside }) => `${outside}/../${granted.folder.slice(granted.base.length + 1)}/plain.md`),
  link('to a file inside', ({ granted }) => join(granted.folder, 'plain.md')),
  link('to a folder inside', ({ granted }) => join(granted.folder, 'real'), ['inner.md', 'new.txt']),
  link('to the grant itself', ({ granted }) => granted.folder, ['plain.md', 'real/inner.md']),
  link('to its own folder', () => '.', ['plain.md', 'new.txt']),
  link('to the folder above', () => '..', ['Documents/plain.md', 'outside/secret.txt', 'home/grants.json']),
  link('to itself', ({ at }) => at, ['x']),
  link('to the root of all', () => '/', ['etc/passwd', 'proc/self/environ']),
  link('to Headgate’s state', ({ granted }) => granted.home, ['grants.json', 'agent.db']),
  link('to a process’s environment', () => '/proc/self/environ'),
  link('to a process’s root', () => '/proc/self/root', ['etc/passwd']),
  link('to a process’s folder', () => '/proc/self/cwd', ['package.json']),
  link('to a process’s open files', () => '/proc/self/fd', ['0', '1']),
  link('to a terminal', () => '/dev/tty'),
  link('to endless zeros', () => '/dev/zero'),
  {
    name: 'chain of links to a file outside',
    plant({ granted, outside, at }) {
      for (const [name, target] of [
        ['chain-1', join(outside, 'secret.txt')],
        ['chain-2', 'chain-1'],
      ] as const)
        symlinkSync(target, join(granted.folder, name));
      symlinkSync(join(granted.folder, 'chain-2'), at);
      return true;
    },
    below: null,
  },
  {
    name: 'loop of two links',
    plant({ at }) {
      symlinkSync(`${at}-other`, at);
      symlinkSync(at, `${at}-other`);
      return true;
    },
    below: ['x'],
  },
  { name: 'pipe', plant: ({ at }) => made('mkfifo', [at]), below: ['x'] },
  { name: 'character device', plant: ({ at }) => made('mknod', [at, 'c', '1', '5']), below: ['x'] },
  { name: 'block device', plant: ({ at }) => made('mknod', [at, 'b', '7', '200']), below: null },
  {
    name: 'socket',
    // The name stays when its server is gone, as it does after a crash.
    plant: ({ at }) => leftSocket(at),
    below: ['x'],
  },
];

export const POSITIONS = ['x', 'sub/x', 'sub/deep/x'] as const;

/** A second name of a file outside: an ordinary file, whose content stays at home. */
export function plantHardLink({ outside, at }: Place): void {
  linkSync(join(outside, 'secret.txt'), at);
}

/** The grant as every layout finds it. */
export function plantPlain(granted: Granted): void {
  granted.write('plain.md', 'plain');
  granted.write('real/inner.md', 'inner');
  mkdirSync(join(granted.folder, 'sub', 'deep'), { recursive: true });
  granted.write('sub/beside.md', 'beside');
}

export async function plantThing(thing: Thing, place: Place): Promise<boolean> {
  mkdirSync(dirname(place.at), { recursive: true });
  return thing.plant(place);
}

function depthOf(granted: Granted, at: string): number {
  return dirname(at).slice(granted.folder.length).split('/').length - 1;
}

function made(command: string, args: string[]): boolean {
  return spawnSync(command, args).status === 0;
}

async function leftSocket(path: string): Promise<boolean> {
  // A socket's path has to be short. Closing takes that name away, so it gets its last one before.
  const short = join(tmpdir(), `headgate-socket-${process.pid}`);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(short, resolve));
  renameSync(short, path);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return true;
}
