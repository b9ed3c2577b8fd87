// Finds the agent of this user, starts it when there is none, and opens a connection that has said who it is. Used by the
// relay and by the terminal; kept free of dependencies because a browser waits for the relay.
import { lstatSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { agentFile } from '../config.ts';
import { LEAST_ROOM_BYTES, roomAt } from '../state/disk-room.ts';

export interface ReachOptions {
  home: string;
  from: 'relay' | 'terminal';
  origin?: string;
  /** Whether to start an agent when none answers. */
  start?: boolean;
  deadlineMs?: number;
}

/** Starts that are tried before giving up. */
const MAX_STARTS = 2;
/** The exit code of an agent that found another one in place (agent.ts). */
export const ALREADY_RUNNING = 11;

/** Opens the agent's socket and says hello on it. Throws an Error whose `code` is `agent_down` when none can be had. */
export async function reachAgent(options: ReachOptions): Promise<Socket> {
  const deadline = Date.now() + (options.deadlineMs ?? 10_000);
  const first = await tryConnect(options);
  if (first !== null) return first;
  if (options.start === false) throw agentDown('No Headgate agent is running.');
  const { startAgent } = await import('./start-agent.ts');
  for (let starts = 0; starts < MAX_STARTS && Date.now() < deadline; starts++) {
    const started = await startAgent({ home: options.home, deadlineMs: deadline - Date.now() });
    // Another agent may be about to listen: the one that was just started has then left at once, with its own code.
    const patience = started.how === 'left' && started.code !== ALREADY_RUNNING ? 0 : 2_000;
    const socket = await connectWithin(options, Math.min(deadline, Date.now() + patience));
    if (socket !== null) return socket;
  }
  // A full disk takes no log either.
  const isFull = (roomAt(options.home) ?? LEAST_ROOM_BYTES) < LEAST_ROOM_BYTES;
  throw agentDown(
    `The Headgate agent did not start${isFull ? `: the disk of ${options.home} is full.` : `; ${join(options.home, 'agent.log')} says why.`}`,
  );
}

async function connectWithin(options: ReachOptions, until: number): Promise<Socket | null> {
  for (;;) {
    const socket = await tryConnect(options);
    if (socket !== null || Date.now() >= until) return socket;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function agentDown(message: string): Error {
  return Object.assign(new Error(message), { code: 'agent_down' });
}

function tryConnect(options: ReachOptions): Promise<Socket | null> {
  const where = readAgentFile(options.home);
  if (where === null || !isOwn(dirname(where.socket))) return Promise.resolve(null);
  const hello = JSON.stringify({
    secret: where.secret,
    from: options.from,
    ...(options.origin === undefined ? {} : { origin: options.origin }),
  });
  return new Promise((resolve) => {
    const socket = connect(where.socket);
    socket.once('error', () => resolve(null));
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      socket.write(`${hello}\n`);
      resolve(socket);
    });
  });
}

/** Where all may make folders, another user may have made this one after an agent was gone: nobody there gets to hear the secret. */
function isOwn(folder: string): boolean {
  if (process.platform === 'win32') return true;
  try {
    const stat = lstatSync(folder);
    return stat.isDirectory() && stat.uid === process.getuid?.();
  } catch {
    return false;
  }
}

/** Where the running agent listens, or `null` when there is no agent or its file is not readable. */
export function readAgentFile(home: string): { socket: string; secret: string; pid: number } | null {
  try {
    const value: unknown = JSON.parse(readFileSync(agentFile(home), 'utf8'));
    if (typeof value !== 'object' || value === null) return null;
    const { socket, secret, pid } = value as Record<string, unknown>;
    return typeof socket === 'string' && typeof secret === 'string' && typeof pid === 'number' ? { socket, secret, pid } : null;
  } catch {
    return null;
  }
}
