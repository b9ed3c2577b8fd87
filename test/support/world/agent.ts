// The real agent as a process of the test, and connections to it that survive its death.
import { connectTerminal, type Terminal } from '../../../native-host/cli/terminal.ts';
import { readAgentFile } from '../../../native-host/port/reach-agent.ts';
import { startAgent } from '../../../native-host/port/start-agent.ts';
import { BUNDLES } from '../../../native-host/checkout/places.ts';
import { endProcess, waitUntilGone } from './processes.ts';
import { until } from './until.ts';

const READY_DEADLINE_MS = 20_000;

export interface AgentProcess {
  /** Starts one by hand, as a terminal would; browsers start it by themselves. */
  start(): Promise<void>;
  /** The process that owns the state now. Throws when there is none. */
  pid(): number;
  /** Ends it with SIGKILL. */
  kill(): Promise<number>;
  /** A connection: the one from before while it lives, else a new one as soon as an agent answers. Starts none. */
  terminal(): Promise<Terminal>;
  stop(): Promise<void>;
}

/** `program`: the built one, or a test’s own that starts the same agent with other arguments. */
export function createAgent(home: string, env: Readonly<Record<string, string>>, program: string = BUNDLES.host): AgentProcess {
  let kept: Terminal | null = null;
  const pids = new Set<number>();

  const pid = (): number => {
    const found = readAgentFile(home)?.pid;
    if (found === undefined) throw new Error('There is no agent.');
    pids.add(found);
    return found;
  };

  return {
    async start() {
      const started = await startAgent({ home, deadlineMs: READY_DEADLINE_MS, program, env });
      if (started.how !== 'ready') throw new Error(`The agent did not start: ${JSON.stringify(started)}`);
      pid();
    },
    pid,
    async kill() {
      const victim = pid();
      process.kill(victim, 'SIGKILL');
      await waitUntilGone(victim, 5_000);
      return victim;
    },
    async terminal() {
      if (kept !== null) return kept;
      const fresh = await until('an agent that answers', () => connectTerminal({ home, start: false }));
      pids.add(fresh.status.host.pid);
      kept = fresh;
      void fresh.closed.then(() => {
        if (kept === fresh) kept = null;
      });
      return fresh;
    },
    async stop() {
      const running = readAgentFile(home)?.pid;
      if (running !== undefined) pids.add(running);
      kept?.close();
      kept = null;
      for (const each of pids) await endProcess(each, 6_000);
    },
  };
}
