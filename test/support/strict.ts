// What makes a test fail beside its own assertions: a word on the console, a connection that leaves this machine, and,
// at the end of a file, a program or a listening port that was left. (vitest itself fails on unhandled rejections.)
// A test that means to see console output replaces the console's method itself, with `vi.spyOn`.
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { Socket } from 'node:net';
import { afterAll, afterEach, beforeEach, expect } from 'vitest';

const METHODS = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
/** Kinds of resources that only a test can have opened. */
const LEFT_OPEN = new Set(['TCPServerWrap', 'PipeServerWrap', 'ProcessWrap']);
const LEAVE_DEADLINE_MS = 2_000;

const said: string[] = [];
for (const method of METHODS) {
  console[method] = (...values: unknown[]) => {
    said.push(`console.${method}: ${values.map(String).join(' ')}`.slice(0, 500));
  };
}

const dialled: string[] = [];
const connect = Socket.prototype.connect;
Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  const host = hostOf(args);
  if (host !== null && !isLoopback(host) && !looksUpItself(args)) {
    dialled.push(host);
    queueMicrotask(() => this.destroy(new Error(`a test tried to connect to ${host}`)));
    return this;
  }
  // The overloads of `connect` are passed on as they came.
  return Reflect.apply(connect, this, args) as Socket;
} as typeof connect;

/** The host that a call of `connect` names; `null` for a local socket. Its arguments come as they were or already sorted into a list. */
function hostOf(args: readonly unknown[]): string | null {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === 'object' && first !== null) {
    const { path, host } = first as { path?: unknown; host?: unknown };
    if (typeof path === 'string' && path !== '') return null;
    return typeof host === 'string' ? host : 'localhost';
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return null;
  return typeof second === 'string' ? second : 'localhost';
}

/** A name that the program looks up itself, in this process: what it answers must lie on this machine. */
function looksUpItself(args: readonly unknown[]): boolean {
  const [options] = (Array.isArray(args[0]) ? args[0] : args) as [{ lookup?: typeof lookup }];
  const own = options.lookup;
  if (typeof own !== 'function' || own === lookup) return false;
  options.lookup = ((host: string, how: LookupOptions, answer: (error: Error | null, found: unknown, family?: number) => void) =>
    own(host, how, (error, found, family) => {
      const strange = [(found as string | LookupAddress[] | undefined) ?? []]
        .flat()
        .map((each) => (typeof each === 'string' ? each : each.address))
        .filter((address) => !isLoopback(address));
      dialled.push(...strange);
      answer(strange.length > 0 ? new Error(`a test tried to connect to ${strange.join(', ')}`) : error, found, family);
    })) as typeof lookup;
  return true;
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host.startsWith('127.') ||
    host === '::1' ||
    host === '[::1]' ||
    host === '0.0.0.0' ||
    host === ''
  );
}

beforeEach(() => {
  said.length = 0;
  dialled.length = 0;
});

afterEach(() => {
  expect(said, 'a test says nothing on the console').toEqual([]);
  expect(dialled, 'a test connects to nothing outside this machine').toEqual([]);
});

afterAll(async () => {
  if (typeof process.getActiveResourcesInfo !== 'function') return;
  const open = () => process.getActiveResourcesInfo().filter((kind) => LEFT_OPEN.has(kind));
  const deadline = Date.now() + LEAVE_DEADLINE_MS;
  while (open().length > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(open(), 'a test file leaves no program running and no port open').toEqual([]);
});
