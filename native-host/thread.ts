// A thread for work that may take long or far too much: it must not keep the main one from its heartbeat, and it is ended when
// it does not come to an end by itself. It is given one task at a time, so that one that is ended takes no other with it.
// Started when it is first needed, and gone again a while after its last answer.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { HeadgateError } from '../shared/errors.ts';

const IDLE_MS = 20_000;
/** How often its memory is looked at while it works. */
const LOOK_MS = 100;
/** Tasks that wait for their turn; more are not taken. */
const MAX_WAITING = 1_000;

export interface Thread<Task extends object, Answer> {
  /** `null` when it took too long once it had its turn, took too much memory, or failed, or too many wait. Throws `cancelled`. */
  ask(task: Task, signal?: AbortSignal): Promise<Answer | null>;
  close(): void;
}

export interface ThreadOptions {
  /** The bundle's own file beside the program. */
  bundled: string;
  /** The module itself, where the program runs from source. */
  source: URL;
  /** For one task, from when it has its turn. */
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

interface Job<Task, Answer> {
  task: Task;
  settle(answer: Answer | null): void;
}

export function createThread<Task extends object, Answer>({ bundled, source, deadlineMs, megabytes }: ThreadOptions): Thread<Task, Answer> {
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | null = null;
  let count = 0;
  /** What the thread is at, with all that ends with it. */
  let current: { id: number; job: Job<Task, Answer>; timer: NodeJS.Timeout; watch: NodeJS.Timeout } | null = null;
  const waiting = new Set<Job<Task, Answer>>();

  const start = (): Worker => {
    const fresh = new Worker(fileOf(bundled, source), { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: megabytes } });
    fresh.unref();
    fresh.on('message', ({ id, answer }: Answered<Answer>) => {
      if (current?.id === id) finish(answer);
    });
    const ended = (): void => {
      if (worker === fresh) giveUp();
    };
    fresh.on('error', ended);
    fresh.on('exit', ended);
    return fresh;
  };
  const next = (): void => {
    const [job] = waiting;
    if (current !== null) return;
    if (job === undefined) {
      if (worker !== null) idle = setTimeout(end, IDLE_MS).unref();
      return;
    }
    if (idle !== null) clearTimeout(idle);
    idle = null;
    waiting.delete(job);
    worker ??= start();
    const to = worker;
    const id = ++count;
    // Where everything stood still (a laptop asleep), an answer may be there already: it has its turn before this has.
    const tooLate = (): void => void setImmediate(() => current?.id === id && giveUp());
    current = {
      id,
      job,
      timer: setTimeout(tooLate, deadlineMs),
      // It may have ended meanwhile, which is said otherwise.
      watch: setInterval(() => void lookAt(to).catch(() => undefined), LOOK_MS).unref(),
    };
    to.postMessage({ ...job.task, id } satisfies Numbered<Task>);
  };
  const finish = (answer: Answer | null): void => {
    if (current === null) return;
    clearTimeout(current.timer);
    clearInterval(current.watch);
    const { job } = current;
    current = null;
    job.settle(answer);
    next();
  };
  const end = (): void => {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    void worker?.terminate();
    worker = null;
  };
  /** Ends the thread; what it was at gets no answer, and the next begins on another. */
  const giveUp = (): void => {
    end();
    finish(null);
  };
  /** The engine's own limit knows nothing of bytes (buffers, what was inflated), of which a bomb is made. */
  const lookAt = async (looked: Worker): Promise<void> => {
    const { external_memory: bytes } = await looked.getHeapStatistics();
    if (worker === looked && bytes > megabytes * 1_048_576) giveUp();
  };

  return {
    close() {
      const all = [...waiting];
      waiting.clear();
      giveUp();
      for (const { settle } of all) settle(null);
    },
    ask(task, signal) {
      if (waiting.size >= MAX_WAITING) return Promise.resolve(null);
      return new Promise((resolve, reject) => {
        // One that is being worked on goes on to its end or its deadline, and nobody waits for it.
        const cancel = (): void => {
          waiting.delete(job);
          reject(new HeadgateError('cancelled', 'Cancelled.'));
        };
        const job: Job<Task, Answer> = {
          task,
          settle(answer) {
            signal?.removeEventListener('abort', cancel);
            resolve(answer);
          },
        };
        if (signal?.aborted === true) return cancel();
        signal?.addEventListener('abort', cancel, { once: true });
        waiting.add(job);
        next();
      });
    },
  };
}

function fileOf(bundled: string, source: URL): URL {
  return typeof __filename === 'string' && __filename.endsWith('.cjs') ? pathToFileURL(join(__dirname, bundled)) : source;
}
