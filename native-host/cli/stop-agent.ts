// Asks the agent to end and waits until its process is gone.
import { HeadgateError } from '../../shared/errors.ts';
import { connectTerminal } from './terminal.ts';

const GONE_DEADLINE_MS = 15_000;
const LOOK_EVERY_MS = 20;

/** The process number of the agent that has ended, `null` when none was running, `'stays'` when it outlived the deadline. */
export async function stopAgent(home: string): Promise<number | null | 'stays'> {
  const terminal = await connectTerminal({ home, start: false }).catch((error: unknown) => {
    if (error instanceof HeadgateError && error.code === 'agent_down') return null;
    throw error;
  });
  if (terminal === null) return null;
  const { pid } = terminal.status.host;
  // The connection may end before the answer does.
  await Promise.race([terminal.call('host.stop', {}).catch(() => {}), terminal.closed]);
  terminal.close();
  return (await isGone(pid)) ? pid : 'stays';
}

async function isGone(pid: number): Promise<boolean> {
  for (const deadline = Date.now() + GONE_DEADLINE_MS; Date.now() < deadline; ) {
    if (!isAlive(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return false;
}

/** Whether a process of this number exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
