// Starts the agent as a process of its own that outlives whoever asked, and waits until it says that it is ready. When
// another agent already owns the state, the new one leaves at once, which is just as good.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logFile } from '../config.ts';
import { startDetached } from '../spawn.ts';

/**
 * The agent is mostly idle: a small young generation and one malloc arena, trimmed early, give back what a large text took
 * (180 → 88 MB). What else favours size it says itself, once it is up (favour-size.ts).
 */
export const AGENT_FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1'] as const;
export const AGENT_ENVIRONMENT = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '32768',
  MALLOC_TRIM_THRESHOLD_: '65536',
  MALLOC_TOP_PAD_: '16384',
} as const;

/** What came of a start: it is ready, it left with a code, or `deadlineMs` passed without a word. */
export type Started = { how: 'ready' } | { how: 'left'; code: number | null } | { how: 'silent' };

export interface StartAgentOptions {
  home: string;
  deadlineMs: number;
  /** The host's program; by default the one that this code is part of. */
  program?: string;
  env?: Readonly<Record<string, string>>;
}

/** Starts an agent and waits for its first sign; the caller then tries to connect. */
export async function startAgent({ home, deadlineMs, program = hostProgram(), env = {} }: StartAgentOptions): Promise<Started> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const log = openSync(logFile(home), 'a', 0o600);
  try {
    const child = startDetached(process.execPath, [...AGENT_FLAGS, program, 'agent', '--ready-fd=3'], {
      env: { ...AGENT_ENVIRONMENT, ...env, HEADGATE_HOME: home },
      stdio: ['ignore', 'ignore', log, 'pipe'],
    });
    const started = await new Promise<Started>((resolve) => {
      const timer = setTimeout(() => resolve({ how: 'silent' }), Math.max(0, deadlineMs));
      const done = (how: Started) => {
        clearTimeout(timer);
        resolve(how);
      };
      child.stdio[3]?.once('data', () => done({ how: 'ready' }));
      child.once('exit', (code) => done({ how: 'left', code }));
      child.once('error', () => done({ how: 'left', code: null }));
    });
    child.stdio[3]?.destroy();
    child.unref();
    return started;
  } finally {
    closeSync(log);
  }
}

/** The bundle beside this file; from source (tests run it so) the entry itself. */
function hostProgram(): string {
  if (typeof __filename === 'string' && __filename.endsWith('.cjs')) return join(dirname(__filename), 'host.cjs');
  return join(dirname(fileURLToPath(import.meta.url)), '..', 'main.ts');
}
