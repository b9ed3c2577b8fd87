// The agent of a start: the built host, started before the browser asks for it, and stopped through its own protocol.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { stopAgent } from '../cli/stop-agent.ts';
import { connectTerminal, type Terminal } from '../cli/terminal.ts';
import { readAgentFile } from '../port/reach-agent.ts';
import { endProcess, isThere } from './children.ts';
import { BUNDLES, ROOT } from './places.ts';

const READY_DEADLINE_MS = 20_000;

/** Starts an agent for `home` and connects to it. One that is left from an earlier start is stopped first: it may be an older build. */
export async function startOwnAgent(home: string): Promise<Terminal> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  await stopOwnAgent(home);
  const log = openSync(join(home, 'agent.log'), 'a', 0o600);
  const child = spawn(process.execPath, [BUNDLES.host, 'agent', '--ready-fd=3'], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'ignore', log, 'pipe'],
    // Should the starter be killed, its agent does not stay for long.
    env: { HEADGATE_IDLE_SECONDS: '60', ...process.env, HEADGATE_HOME: home },
  });
  closeSync(log);
  const ready = child.stdio[3];
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, READY_DEADLINE_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    ready?.once('data', done);
    child.once('exit', done);
    child.once('error', done);
  });
  ready?.destroy();
  child.unref();
  return connectTerminal({ home, start: false });
}

/** Stops the agent of `home`, whoever started it. Gives whether none is left. */
export async function stopOwnAgent(home: string): Promise<boolean> {
  const pid = readAgentFile(home)?.pid;
  const stopped = await stopAgent(home).catch(() => 'stays' as const);
  if (stopped !== 'stays') return true;
  return pid === undefined || !isThere(pid) || endProcess(pid, 3_000);
}
