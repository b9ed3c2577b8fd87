// How each system opens a path in its own program. The path is absolute and comes from a descriptor that the gate opened.
import { HeadgateError } from '../../../shared/errors.ts';
import { startForPerson } from '../../spawn.ts';

/** Openers that fail say so within this time; one that is still there then is showing the file. */
const WAIT_MS = 2_000;

interface Opener {
  command: string;
  open: (path: string) => string[];
  /** The folder, with the file marked where the system can. */
  reveal: (path: string, folder: string) => string[];
  /** Whether the exit code says anything. */
  tells: boolean;
  missing: string;
}

const xdg: Opener = {
  command: 'xdg-open',
  open: (path) => [path],
  reveal: (_path, folder) => [folder],
  tells: true,
  missing: 'Install the package xdg-utils.',
};

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, Opener>>> = {
  linux: xdg,
  freebsd: xdg,
  darwin: {
    command: 'open',
    open: (path) => [path],
    reveal: (path) => ['-R', path],
    tells: true,
    missing: 'Check the installation of macOS.',
  },
  win32: {
    command: 'explorer.exe',
    open: (path) => [path],
    reveal: (path) => [`/select,${path}`],
    tells: false,
    missing: 'Check the installation of Windows.',
  },
};

/** Throws `unavailable` when this system has no opener, or its opener fails. */
export async function onDesktop(
  act: 'open' | 'reveal',
  path: string,
  folder: string,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  const opener = OPENERS[platform];
  if (opener === undefined) throw new HeadgateError('unavailable', 'Headgate does not know how to open files on this system.');
  const end = await startForPerson(opener.command, act === 'open' ? opener.open(path) : opener.reveal(path, folder), WAIT_MS);
  if (end === 'missing') throw new HeadgateError('unavailable', `This system has no ${opener.command}.`, { next: opener.missing });
  if (opener.tells && typeof end === 'number' && end !== 0)
    throw new HeadgateError('unavailable', 'The system found no program for this file, or there is no desktop to show it on.', {
      next: 'Open it from your file manager.',
    });
}
