// The agent of a start: the built host, started before the browser asks for it, and stopped through its own protocol.
import { stopAgent } from '../cli/stop-agent.ts';
import { connectTerminal, type Terminal } from '../cli/terminal.ts';
import { readAgentFile } from '../port/reach-agent.ts';
import { startAgent } from '../port/start-agent.ts';
import { endProcess, isThere } from './children.ts';
import { BUNDLES } from './places.ts';

const READY_DEADLINE_MS = 20_000;

/** Starts an agent for `home` and connects to it. One that is left from an earlier start is stopped first: it may be an older build. */
export async function startOwnAgent(home: string, env: Readonly<Record<string, string>> = {}): Promise<Terminal> {
  await stopOwnAgent(home);
  // Should the starter be killed, its agent does not stay for long.
  await startAgent({
    home,
    deadlineMs: READY_DEADLINE_MS,
    program: BUNDLES.host,
    env: { HEADGATE_IDLE_SECONDS: process.env.HEADGATE_IDLE_SECONDS ?? '60', ...env },
  });
  return connectTerminal({ home, start: false });
}

/** Stops the agent of `home`, whoever started it. Gives whether none is left. */
export async function stopOwnAgent(home: string): Promise<boolean> {
  const pid = readAgentFile(home)?.pid;
  const stopped = await stopAgent(home).catch(() => 'stays' as const);
  if (stopped !== 'stays') return true;
  return pid === undefined || !isThere(pid) || endProcess(pid, 3_000);
}
