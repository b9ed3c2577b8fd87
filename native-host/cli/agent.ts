// `headgate agent`: the agent itself, in this process. `--ready-fd` is how the relay learns that it listens.
import { runAgent } from '../agent.ts';
import { UsageError } from './arguments.ts';
import type { CallOf } from './commands.ts';
import type { Exit } from './exit-codes.ts';

export async function run({ flags, home }: CallOf<'agent'>): Promise<Exit> {
  const readyFd = flags['ready-fd'] === undefined ? null : Number(flags['ready-fd']);
  if (readyFd !== null && !(Number.isInteger(readyFd) && readyFd >= 0)) throw new UsageError('--ready-fd is the number of an open descriptor.');
  return runAgent({ home, readyFd, foreground: readyFd === null });
}
