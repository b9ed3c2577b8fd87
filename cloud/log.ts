// The cloud's log: one line of JSON an entry, to stderr. Entries are built from named facts only (ids, codes, counts,
// durations); request bodies, headers, tokens, names and texts are never passed in. What was thrown is reduced to what
// cannot carry content.
import { framesOf } from '../shared/stack-frames.ts';

export type LogLevel = 'info' | 'warn' | 'error';
export type LogFacts = Record<string, string | number | boolean | null | undefined | string[]>;
export type Log = (level: LogLevel, event: string, facts?: LogFacts) => void;

const MAX_FRAMES = 8;
const RANK: Record<LogLevel, number> = { info: 0, warn: 1, error: 2 };

export function createLog(write: (line: string) => void, least: LogLevel = 'info', now: () => number = Date.now): Log {
  return (level, event, facts = {}) => {
    if (RANK[level] < RANK[least]) return;
    write(`${JSON.stringify({ at: new Date(now()).toISOString(), level, event, ...facts })}\n`);
  };
}

/** What the log may say of something thrown: its name, codes and stack frames. A message may quote input, so it stays out. */
export function factsOf(thrown: unknown): LogFacts {
  if (!(thrown instanceof Error)) return { thrown: typeof thrown };
  const facts: LogFacts = { error: thrown.name, frames: framesOf(thrown, MAX_FRAMES) };
  for (const key of ['code', 'constraint', 'table', 'routine', 'statusCode'] as const) {
    const value: unknown = Reflect.get(thrown, key);
    if (typeof value === 'number' || (typeof value === 'string' && /^[\w.-]{1,60}$/.test(value))) facts[key] = value;
  }
  return facts;
}
