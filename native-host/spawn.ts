// The one place that starts processes. Always an argument array, never a shell; an environment of known names only; a
// deadline and a cap on what is kept of the output. It starts nothing that a remote party named. Loaded at every start of
// the relay, so it imports nothing but Node.
import { type ChildProcess, type ChildProcessByStdio, spawn, type StdioOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { childEnvironment, ownSettings } from './config.ts';

/** How long a process may take to leave after SIGTERM. */
const TERM_MS = 1_000;
const MAX_STDERR_BYTES = 16_384;

export interface ProcessOptions {
  deadlineMs: number;
  /** Bytes of stdout that are kept, or given to `onOutput`; above that the process is ended. */
  maxOutputBytes: number;
  cwd?: string;
  /** Beside the known names. */
  env?: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  /** Written to its stdin, which then stays open until it ends; without it there is no stdin. */
  input?: Uint8Array;
  /** Takes stdout as it comes instead of keeping it; `false` ends the process: there is enough. */
  onOutput?: (chunk: Buffer) => boolean | undefined;
}

export interface ProcessEnd {
  /** `exited` by itself · `enough` for `onOutput` · `deadline` · `cancelled` · `too_much` output · `missing`: no such program. */
  how: 'exited' | 'enough' | 'deadline' | 'cancelled' | 'too_much' | 'missing';
  /** Exit code, where it exited by itself. */
  code: number | null;
  stdout: Buffer;
  stderr: string;
}

/** Runs a program to its end. Rejects only with what `onOutput` throws; every other end is told in `how`. */
export function runProcess(command: string, args: readonly string[], options: ProcessOptions): Promise<ProcessEnd> {
  const { promise, resolve, reject } = Promise.withResolvers<ProcessEnd>();
  if (options.signal?.aborted) return Promise.resolve({ how: 'cancelled', code: null, stdout: Buffer.alloc(0), stderr: '' });
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: childEnvironment(options.env),
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    shell: false,
    windowsHide: true,
    // The types know no stdin that is there or not.
  }) as ChildProcessByStdio<Writable | null, Readable, Readable>;
  // A program that ends without reading is no failure of ours.
  child.stdin?.on('error', () => {}).write(options.input ?? '');
  const chunks: Buffer[] = [];
  let bytes = 0;
  let stderr = '';
  let how: ProcessEnd['how'] = 'exited';
  let thrown: { value: unknown } | null = null;
  let force: NodeJS.Timeout | undefined;

  const end = (why: ProcessEnd['how']) => {
    if (how !== 'exited') return;
    how = why;
    child.stdout.destroy();
    child.kill('SIGTERM');
    force = setTimeout(() => child.kill('SIGKILL'), TERM_MS);
  };
  const cancel = () => end('cancelled');
  const deadline = setTimeout(() => end('deadline'), options.deadlineMs);
  options.signal?.addEventListener('abort', cancel, { once: true });

  child.stdout.on('data', (chunk: Buffer) => {
    if (how !== 'exited') return;
    bytes += chunk.length;
    if (bytes > options.maxOutputBytes) return end('too_much');
    if (options.onOutput === undefined) return void chunks.push(chunk);
    try {
      if (options.onOutput(chunk) === false) end('enough');
    } catch (value) {
      thrown = { value };
      end('enough');
    }
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (stderr.length < MAX_STDERR_BYTES) stderr += chunk.toString('utf8').slice(0, MAX_STDERR_BYTES - stderr.length);
  });
  const settle = (code: number | null) => {
    clearTimeout(deadline);
    clearTimeout(force);
    options.signal?.removeEventListener('abort', cancel);
    if (thrown !== null) reject(thrown.value);
    else resolve({ how, code: how === 'exited' ? code : null, stdout: Buffer.concat(chunks), stderr });
  };
  child.once('error', () => {
    if (child.pid === undefined) how = 'missing';
    settle(null);
  });
  child.once('close', settle);
  return promise;
}

export interface BareOptions {
  /** All of it: nothing of ours is passed on. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** What it finds open from 3 on; `pipe` is a way between it and us. */
  descriptors: readonly (number | 'pipe')[];
  /** What it is told it was started as. */
  name?: string | undefined;
}

/**
 * Starts a program that the person allowed with exactly this environment and these descriptors, in a session of its own,
 * without stdin. Rejects where it cannot be started. The caller limits and ends it (commands/run-program.ts).
 */
export function startBare(
  command: string,
  args: readonly string[],
  options: BareOptions,
): Promise<ChildProcessByStdio<null, Readable, Readable>> {
  const { promise, resolve, reject } = Promise.withResolvers<ChildProcessByStdio<null, Readable, Readable>>();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe', ...options.descriptors],
    argv0: options.name,
    detached: true,
    shell: false,
    windowsHide: true,
    // The types know no more than three descriptors.
  }) as ChildProcessByStdio<null, Readable, Readable>;
  child.once('spawn', () => resolve(child));
  child.once('error', reject);
  return promise;
}

export interface DetachedOptions {
  env?: Readonly<Record<string, string>>;
  stdio?: StdioOptions;
  cwd?: string;
}

/** Starts Headgate's own program so that it outlives this one. The caller listens for `error` and calls `unref`. */
export function startDetached(command: string, args: readonly string[], options: DetachedOptions = {}): ChildProcess {
  return spawn(command, args, {
    cwd: options.cwd,
    env: { ...childEnvironment(), ...ownSettings(), ...options.env },
    stdio: options.stdio ?? 'ignore',
    detached: true,
    shell: false,
    windowsHide: true,
  });
}

/**
 * Starts a program for the person (an opener, a viewer) and lets it go. Resolves with its exit code when it leaves within
 * `waitMs`, with `running` when it does not, and with `missing` when there is no such program.
 */
export function startForPerson(command: string, args: readonly string[], waitMs: number): Promise<number | 'running' | 'missing'> {
  const { promise, resolve } = Promise.withResolvers<number | 'running' | 'missing'>();
  const child = spawn(command, args, { env: childEnvironment(), stdio: 'ignore', detached: true, shell: false, windowsHide: false });
  const timer = setTimeout(() => resolve('running'), waitMs);
  const answer = (value: number | 'missing') => {
    clearTimeout(timer);
    resolve(value);
  };
  child.once('error', () => answer('missing'));
  child.once('exit', (code) => answer(code ?? 1));
  child.unref();
  return promise;
}
