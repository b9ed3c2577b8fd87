// Our own engine as a model: short texts are answered on the spot, long ones in a worker thread, so that sockets and
// heartbeats never wait for them. The thread starts with the first long text and leaves after a minute without work.
import { Worker } from 'node:worker_threads';
import { HeadgateError } from '../../shared/errors.ts';
import type { TextOp } from '../../shared/ops/catalogue.ts';
import { answerText, type TextAnswer, type TextQuestion } from '../../shared/ops/text.ts';

export interface OwnEngine {
  /** Throws `timeout` when a long text takes longer than `deadlineMs`. */
  answer(op: TextOp, question: TextQuestion, deadlineMs: number): Promise<TextAnswer>;
  stop(): Promise<void>;
}

/** About 5 ms of work. */
const ON_THE_SPOT_CHARS = 20_000;
const IDLE_MS = 60_000;

interface Waiting {
  resolve(answer: TextAnswer): void;
  reject(error: Error): void;
}

export function createOwnEngine(): OwnEngine {
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | undefined;
  let nextId = 1;
  const waiting = new Map<number, Waiting>();

  const start = (): Worker => {
    const started = new Worker(workerFile());
    started.unref();
    started.on('message', ({ id, answer }: { id: number; answer: TextAnswer }) => {
      waiting.get(id)?.resolve(answer);
      waiting.delete(id);
      if (waiting.size === 0) idle = setTimeout(() => void stop(), IDLE_MS).unref();
    });
    started.on('error', () => abandon(started));
    started.on('exit', () => abandon(started));
    return started;
  };
  const abandon = (failed: Worker): void => {
    if (worker !== failed) return;
    worker = null;
    for (const { reject } of waiting.values()) reject(new HeadgateError('unavailable', 'Our own engine was stopped.'));
    waiting.clear();
  };
  const stop = async (): Promise<void> => {
    clearTimeout(idle);
    const running = worker;
    if (running === null) return;
    abandon(running);
    await running.terminate();
  };

  return {
    answer(op, question, deadlineMs) {
      const chars = question.texts.reduce((sum, text) => sum + text.length, 0);
      if (chars <= ON_THE_SPOT_CHARS) return Promise.resolve(answerText(op, question));
      clearTimeout(idle);
      worker ??= start();
      const id = nextId++;
      const { promise, resolve, reject } = Promise.withResolvers<TextAnswer>();
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, op, question });
      // A thread that is still at a question nobody waits for would hold up the next one: it is ended.
      const timer = setTimeout(() => {
        reject(new HeadgateError('timeout', 'Our own engine did not answer in time.'));
        void stop();
      }, deadlineMs).unref();
      return promise.finally(() => clearTimeout(timer));
    },
    stop,
  };
}

/** The worker's source beside this file, or its bundle beside the bundle that this file has become part of. */
function workerFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './own-engine-worker.ts' : './own-engine-worker.js', import.meta.url);
}
