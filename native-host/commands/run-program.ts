// Runs one allowed program to its end, within its limits, and leaves nothing of it behind.
//
// It ends by itself, or is ended: `cancelled`, or above one of its limits. Who is cancelled or out of time is asked twice
// (SIGINT, SIGTERM) and then killed; who takes too much memory, too many processes or talks too much is killed at once.
// Either way everything that it started goes with it: in bubblewrap with the namespace, elsewhere one by one.
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { CommandLimits } from '../../shared/gate/commands.ts';
import { runProcess, startBare } from '../spawn.ts';
import { carriesMark, familyOf, listProcesses, MARK, memoryOf, type ProcessRow, signalFamily } from './family.ts';
import { inheritedDescriptors } from './inherited.ts';

export interface ProgramStart {
  program: string;
  words: readonly string[];
  /** From 3 on: open descriptors, bytes that it can read to their end, and where it says how its namespace ended. */
  descriptors: readonly (number | Uint8Array | 'status')[];
  environment: Readonly<Record<string, string>>;
  folder: string;
  name?: string | undefined;
  /** In bubblewrap: its end is the end of all. */
  jailed: boolean;
  limits: CommandLimits;
  signal: AbortSignal;
  patience?: Patience;
}

/** How long a program may take to leave after SIGINT, and after SIGTERM. */
export interface Patience {
  interruptMs: number;
  terminateMs: number;
}
const PATIENCE: Patience = { interruptMs: 5_000, terminateMs: 3_000 };

export type EndedBy = 'itself' | 'cancelled' | 'seconds' | 'output' | 'memory' | 'processes';

export interface ProgramEnd {
  by: EndedBy;
  /** Where it ended by itself: its exit code, 128 and the signal's number for a signal. */
  code: number | null;
  stdout: Buffer;
  stderr: Buffer;
  ms: number;
  /** Bubblewrap could not make the namespace, so the program never ran. */
  neverRan: boolean;
}

const WATCH_EVERY_MS = 200;
/** How long pipes may stay open after the last process that we know of has gone. */
const CLOSE_WITHIN_MS = 1_000;
const KILL_ROUNDS = 20;
const KILLING = { deadlineMs: 3_000, maxOutputBytes: 100_000 };

/** Throws what the system says where the program cannot be started. */
export async function runProgram(start: ProgramStart): Promise<ProgramEnd> {
  const startedAt = performance.now();
  const child = await startBare(start.program, start.words, {
    env: start.environment,
    cwd: start.folder,
    descriptors: closingInherited(start.descriptors.map((each) => (typeof each === 'number' ? each : 'pipe'))),
    name: start.name,
  });
  const exited = new Promise<number>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))),
  );
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  // The types end at three.
  const status = giveDescriptors(child.stdio as readonly unknown[], start.descriptors);
  const family = createFamily(child.pid ?? 0, start);
  const over = Promise.withResolvers<EndedBy>();
  const output = collect(child.stdout, child.stderr, start.limits.outputBytes, () => over.resolve('output'));
  const cancel = () => over.resolve('cancelled');
  start.signal.addEventListener('abort', cancel, { once: true });
  if (start.signal.aborted) cancel();
  const clock = setTimeout(() => over.resolve('seconds'), start.limits.seconds * 1000);
  const watching = new AbortController();
  void family.watch(start.limits, watching.signal).then(
    (limit) => limit !== null && over.resolve(limit),
    () => {},
  );

  const by = await Promise.race([over.promise, exited.then((): EndedBy => 'itself')]);
  clearTimeout(clock);
  start.signal.removeEventListener('abort', cancel);
  if ((by === 'cancelled' || by === 'seconds') && !isLeaving(start.signal)) await family.ask(exited, start.patience ?? PATIENCE);
  watching.abort();
  if (start.jailed) child.kill('SIGKILL');
  await family.end();
  const code = await Promise.race([exited, wait(CLOSE_WITHIN_MS, null, { ref: false })]);
  await Promise.race([closed, wait(CLOSE_WITHIN_MS, undefined, { ref: false })]);
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  const words = status();
  return {
    by,
    code: by === 'itself' ? code : null,
    ...output(),
    ms: performance.now() - startedAt,
    neverRan: by === 'itself' && start.jailed && !words.includes('"exit-code"'),
  };
}

/** The agent is leaving and cannot wait for anybody. */
function isLeaving(signal: AbortSignal): boolean {
  return signal.aborted && (signal.reason as { code?: unknown } | undefined)?.code === 'agent_down';
}

/** Descriptors that this process got from whoever started it, and that would be passed on, become nothing instead. */
function closingInherited(own: readonly (number | 'pipe')[]): (number | 'pipe')[] {
  const { inherited, nothing } = inheritedDescriptors();
  const list: (number | 'pipe' | 'ignore')[] = [...own];
  for (const fd of inherited) {
    if (fd < 3 + own.length) continue;
    while (list.length < fd - 3) list.push('ignore');
    list[fd - 3] = nothing;
  }
  // `ignore` leaves a descriptor above 2 as it is: closed.
  return list as (number | 'pipe')[];
}

/** Writes the bytes that the program reads; gives what it says in return so far. */
function giveDescriptors(stdio: readonly unknown[], descriptors: ProgramStart['descriptors']): () => string {
  let said = '';
  for (const [index, each] of descriptors.entries()) {
    const pipe = stdio[index + 3] as (Readable & { end(bytes: Uint8Array): void }) | null;
    if (typeof each === 'number' || pipe === null) continue;
    pipe.on('error', () => {});
    if (each !== 'status') pipe.end(each);
    else
      pipe.on('data', (chunk: Buffer) => {
        if (said.length < 4_000) said += chunk.toString('latin1');
      });
  }
  return () => said;
}

/** Keeps both outputs up to `most` bytes together. */
function collect(stdout: Readable, stderr: Readable, most: number, onMore: () => void) {
  const kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let bytes = 0;
  for (const [name, stream] of [['stdout', stdout] as const, ['stderr', stderr] as const]) {
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => {
      const room = most - bytes;
      bytes += chunk.length;
      if (room > 0) kept[name].push(chunk.subarray(0, room));
      if (bytes <= most) return;
      stream.pause();
      onMore();
    });
  }
  return () => ({ stdout: Buffer.concat(kept.stdout), stderr: Buffer.concat(kept.stderr) });
}

/** All that a program has started, for as long as it runs. */
function createFamily(root: number, { environment, jailed }: Pick<ProgramStart, 'environment' | 'jailed'>) {
  const mark = environment[MARK] ?? '';
  const seen = new Map<number, number>();
  const now = async (): Promise<ProcessRow[]> => {
    // In a namespace nobody can leave the family.
    const marked = jailed || mark === '' ? undefined : (row: ProcessRow) => row.start >= (seen.get(root) ?? 0) && carriesMark(row, mark);
    const rows = familyOf(await listProcesses(), root, seen, marked);
    for (const row of rows) seen.set(row.pid, row.start);
    return rows;
  };
  /** Bubblewrap itself is not asked to leave: that would kill at once what is to leave by itself. */
  const asked = (rows: readonly ProcessRow[]) => (jailed ? rows.filter((row) => row.pid !== root) : rows);
  const goneWithin = async (ms: number, exited: Promise<unknown>): Promise<boolean> => {
    const end = AbortSignal.timeout(ms);
    await Promise.race([exited, wait(ms, undefined, { ref: false })]);
    while (!end.aborted) {
      if (asked(await now()).length === 0) return true;
      await wait(50);
    }
    return asked(await now()).length === 0;
  };
  return {
    /** Looks every now and then; resolves with the limit that is passed, or `null` once `until` says that it is enough. */
    async watch(limits: CommandLimits, until: AbortSignal): Promise<'memory' | 'processes' | null> {
      const most = limits.memoryMegabytes * 1_048_576;
      while (!until.aborted) {
        const rows = asked(await now());
        if (rows.reduce((sum, row) => sum + row.threads, 0) > limits.processes + (jailed ? 1 : 0)) return 'processes';
        if (rows.reduce((sum, row) => sum + memoryOf(row), 0) > most) return 'memory';
        await wait(WATCH_EVERY_MS, undefined, { ref: false });
      }
      return null;
    },
    async ask(exited: Promise<unknown>, patience: Patience): Promise<void> {
      for (const [signal, ms] of [['SIGINT', patience.interruptMs] as const, ['SIGTERM', patience.terminateMs] as const]) {
        signalFamily(asked(await now()), signal);
        if (await goneWithin(ms, exited)) return;
      }
    },
    /** Kills whoever is left, until nobody is. */
    async end(): Promise<void> {
      // Windows knows no sessions; its own tool goes from parent to child.
      if (process.platform === 'win32') await runProcess('taskkill', ['/PID', String(root), '/T', '/F'], KILLING);
      for (let round = 0; round < KILL_ROUNDS; round++) {
        const rows = await now();
        if (rows.length === 0) return;
        signalFamily(rows, 'SIGKILL');
        await wait(25);
      }
    },
  };
}

/** Ends what a crash of ours left running of a command: it still carries its mark. */
export async function endMarked(mark: string): Promise<void> {
  for (let round = 0; round < KILL_ROUNDS; round++) {
    const rows = (await listProcesses()).filter((row) => !row.ended && carriesMark(row, mark));
    if (rows.length === 0) return;
    signalFamily(rows, 'SIGKILL');
    await wait(25);
  }
}
