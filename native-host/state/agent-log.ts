// The agent's log: lines of JSON on stderr, which the starter points at `agent.log`. It names codes and places in the
// code; content, tokens and file names do not belong here.
import { statSync, truncateSync } from 'node:fs';
import { HeadgateError } from '../../shared/errors.ts';

const MAX_LOG_BYTES = 2_000_000;

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
      // A stack names our own code; the message of a system error can name a person's file and is left out.
      const stack =
        error instanceof Error
          ? (error.stack ?? '')
              .split('\n')
              .slice(1, 6)
              .map((line) => line.trim())
          : [];
      const name =
        error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : typeof error === 'string' ? error : 'unknown';
      put({ level: 'error', where, name, stack });
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
