// The agent's log: lines of JSON on stderr, which the starter points at `agent.log`. It names codes and places in the
// code; content, tokens and file names do not belong here.
import { statSync, truncateSync } from 'node:fs';
import { HeadgateError } from '../../shared/errors.ts';
import { framesOf } from '../../shared/stack-frames.ts';

const MAX_LOG_BYTES = 2_000_000;
const MAX_FRAMES = 5;

export interface AgentLog {
  info(event: string, facts?: Record<string, string | number | boolean | null>): void;
  error(error: unknown, where: string): void;
}

export function createAgentLog(write: (line: string) => void = (line) => void process.stderr.write(line)): AgentLog {
  const put = (facts: Record<string, unknown>) => write(`${JSON.stringify({ at: new Date().toISOString(), ...facts })}\n`);
  return {
    info: (event, facts = {}) => put({ level: 'info', event, ...facts }),
    error(error, where) {
      if (error instanceof HeadgateError) return put({ level: 'error', where, code: error.code });
      if (!(error instanceof Error)) return put({ level: 'error', where, name: 'unknown', stack: [] });
      // A stack names our own code; the message of a system error can name a person's file and is left out.
      const name = (error as NodeJS.ErrnoException).code ?? error.name;
      put({ level: 'error', where, name, stack: framesOf(error, MAX_FRAMES) });
    },
  };
}

/** Starts the log anew when it has grown too long; called once at start. */
export function trimLog(file: string): void {
  try {
    if (statSync(file).size > MAX_LOG_BYTES) truncateSync(file, 0);
  } catch {
    // No log yet.
  }
}
