// A thread for work that may take long or far too much: it must not keep the main one from its heartbeat, and it is ended when
// it does not come to an end by itself. Started when it is first needed, and gone again a while after its last answer.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { HeadgateError } from '../shared/errors.ts';

const IDLE_MS = 20_000;
/** How often its memory is looked at while it works. */
const LOOK_MS = 100;

export interface Thread<Task extends object, Answer> {
  /** `null` when it took too long, took too much memory, or failed. Throws `cancelled`. */
  ask(task: Task, signal?: AbortSignal): Promise<Answer | null>;
  close(): void;
}

export interface ThreadOptions {
  /** The bundle's own file beside the program. */
  bundled: string;
  /** The module itself, where the program runs from source. */
  source: URL;
  deadlineMs: number;
  /** Of objects and strings at most, and of bytes beside them as much again. */
  megabytes: number;
}

/** What the other side takes and gives: the same under a number, so that answers find their questions. */
export type Numbered<Content extends object> = Content & { id: number };
export interface Answered<Answer> {
  id: number;
  answer: Answer | null;
}

export function createThread<Task extends object, Answer>({ bundled, source, deadlineMs, megabytes }: ThreadOptions): Thread<Task, Answer> {
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | null = null;
  let watch: NodeJS.Timeout | null = null;
  let count = 0;
  const waiting = new Map<number, (answer: Answer | null) => void>();

  /** Ends the thread; what was asked of it gets no answer. */
  const stop = (): void => {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    rest();
    void worker?.terminate();
    worker = null;
    for (const settle of [...waiting.values()]) settle(null);
  };
  const rest = (): void => {
    if (watch !== null) clearInterval(watch);
    watch = null;
  };
  /** The engine's own limit knows nothing of bytes (buffers, what was inflated), of which a bomb is made. */
  const lookAt = async (looked: Worker): Promise<void> => {
    const { external_memory: bytes } = await looked.getHeapStatistics();
    if (worker === looked && bytes > megabytes * 1_048_576) stop();
  };
  const start = (): Worker => {
    const fresh = new Worker(fileOf(bundled, source), { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: megabytes } });
    fresh.unref();
    fresh.on('message', ({ id, answer }: Answered<Answer>) => waiting.get(id)?.(answer));
    const ended = (): void => {
      if (worker === fresh) stop();
    };
    fresh.on('error', ended);
    fresh.on('exit', ended);
    return fresh;
  };

  return {
    close: stop,
    ask(task, signal) {
      if (idle !== null) clearTimeout(idle);
      idle = null;
      worker ??= start();
      const to = worker;
      // It may have ended meanwhile, which is said otherwise.
      watch ??= setInterval(() => void lookAt(to).catch(() => undefined), LOOK_MS).unref();
      const id = ++count;
      return new Promise((resolve, reject) => {
        const end = (): boolean => {
          if (!waiting.delete(id)) return false;
          clearTimeout(timer);
          signal?.removeEventListener('abort', cancel);
          if (waiting.size > 0) return true;
          rest();
          if (worker !== null) idle = setTimeout(stop, IDLE_MS).unref();
          return true;
        };
        // One that hangs is ended with all that waits behind it: nothing else stops it.
        const timer = setTimeout(stop, deadlineMs);
        const cancel = () => end() && reject(new HeadgateError('cancelled', 'Cancelled.'));
        waiting.set(id, (answer) => end() && resolve(answer));
        signal?.addEventListener('abort', cancel, { once: true });
        to.postMessage({ ...task, id } satisfies Numbered<Task>);
      });
    },
  };
}

function fileOf(bundled: string, source: URL): URL {
  return typeof __filename === 'string' && __filename.endsWith('.cjs') ? pathToFileURL(join(__dirname, bundled)) : source;
}
