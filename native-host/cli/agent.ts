// `headgate agent`: the agent itself, in this process, which stays as long as the agent does.
import { runAgent } from '../agent.ts';
import { UsageError } from './arguments.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';

export async function run({ flags, home, out }: CallOf<'agent'>): Promise<Exit> {
  const readyFd = flags['ready-fd'] === undefined ? null : Number(flags['ready-fd']);
  if (readyFd !== null && !(Number.isInteger(readyFd) && readyFd >= 0))
    throw new UsageError('--ready-fd is the number of an open descriptor.');
  await runAgent({ home, readyFd, foreground: readyFd === null });
  if (readyFd === null) out.note('The agent is running. Ctrl-C stops it.');
  return EXIT.ok;
}
