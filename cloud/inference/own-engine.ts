// Our own engine as a model: short texts are answered on the spot, long ones in a worker thread, so that sockets and
// heartbeats never wait for them. The thread is given one question at a time, so that one that is ended takes no other with
// it; it starts with the first long text and leaves after a minute without work.
import { Worker } from 'node:worker_threads';
import { HeadgateError } from '../../shared/errors.ts';
import type { TextOp } from '../../shared/ops/catalogue.ts';
import { answerText, type TextAnswer, type TextQuestion } from '../../shared/ops/text.ts';

export interface OwnEngine {
  /** Throws `timeout` when a long text takes longer than `deadlineMs`, its wait for others included, and `busy` when too many wait. */
  answer(op: TextOp, question: TextQuestion, deadlineMs: number): Promise<TextAnswer>;
  stop(): Promise<void>;
}

/** About 5 ms of work. */
const ON_THE_SPOT_CHARS = 20_000;
const IDLE_MS = 60_000;
/** Questions that wait for their turn; more are not taken. */
const MAX_WAITING = 1_000;

interface Asked {
  op: TextOp;
  question: TextQuestion;
  resolve(answer: TextAnswer): void;
  reject(error: Error): void;
}

export function createOwnEngine(): OwnEngine {
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;
  let current: { id: number; asked: Asked } | null = null;
  const waiting = new Set<Asked>();

  const start = (): Worker => {
    const started = new Worker(workerFile());
    started.unref();
    started.on('message', ({ id, answer }: { id: number; answer: TextAnswer }) => {
      if (current?.id !== id) return;
      const { resolve } = current.asked;
      current = null;
      resolve(answer);
      next();
    });
    const ended = (): void => {
      if (worker === started) giveUp(new HeadgateError('unavailable', 'Our own engine was stopped.'));
    };
    started.on('error', ended);
    started.on('exit', ended);
    return started;
  };
  const next = (): void => {
    const [asked] = waiting;
    if (current !== null) return;
    clearTimeout(idle);
    if (asked === undefined) {
      idle = setTimeout(() => void end(), IDLE_MS).unref();
      return;
    }
    waiting.delete(asked);
    worker ??= start();
    current = { id: ++lastId, asked };
    worker.postMessage({ id: lastId, op: asked.op, question: asked.question });
  };
  const end = async (): Promise<void> => {
    clearTimeout(idle);
    const running = worker;
    worker = null;
    await running?.terminate();
  };
  /** Ends the thread and what it is at; the next question begins on another. */
  const giveUp = (error: HeadgateError): void => {
    void end();
    const ended = current?.asked;
    current = null;
    ended?.reject(error);
    next();
  };

  return {
    answer(op, question, deadlineMs) {
      const chars = question.texts.reduce((sum, text) => sum + text.length, 0);
      if (chars <= ON_THE_SPOT_CHARS) return Promise.resolve(answerText(op, question));
      if (waiting.size >= MAX_WAITING) return Promise.reject(new HeadgateError('busy', 'Too many questions wait for our own engine.'));
      const { promise, resolve, reject } = Promise.withResolvers<TextAnswer>();
      const asked: Asked = { op, question, resolve, reject };
      waiting.add(asked);
      next();
      const timer = setTimeout(() => {
        const error = new HeadgateError('timeout', 'Our own engine did not answer in time.');
        // A thread that is still at a question nobody waits for would hold up the next one: it is ended.
        if (current?.asked === asked) giveUp(error);
        else if (waiting.delete(asked)) reject(error);
      }, deadlineMs).unref();
      return promise.finally(() => clearTimeout(timer));
    },
    async stop() {
      const stopped = [...waiting, ...(current === null ? [] : [current.asked])];
      waiting.clear();
      current = null;
      for (const { reject } of stopped) reject(new HeadgateError('unavailable', 'Our own engine was stopped.'));
      await end();
    },
  };
}

/** The worker's source beside this file, or its bundle beside the bundle that this file has become part of. */
function workerFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './own-engine-worker.ts' : './own-engine-worker.js', import.meta.url);
}
