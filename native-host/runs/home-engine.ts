// Our own text engine at home. Small questions are answered at once; large ones in a worker thread, so that the thread
// which keeps the heartbeat never stands still. The worker is started when it is needed and leaves after a while.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { HeadgateError } from '../../shared/errors.ts';
import { answerText, type TextAnswer, type TextQuestion } from '../../shared/ops/text.ts';
import type { TextOp } from '../../shared/ops/catalogue.ts';

/** Characters up to which an answer takes a few milliseconds at most. */
const SMALL_CHARS = 40_000;
const WORKER_IDLE_MS = 20_000;

interface Waiting {
  resolve(answer: TextAnswer): void;
  reject(error: Error): void;
}

export interface HomeEngine {
  answer(op: TextOp, question: TextQuestion, signal: AbortSignal): Promise<TextAnswer>;
  close(): void;
}

export function createHomeEngine(): HomeEngine {
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | null = null;
  let count = 0;
  const waiting = new Map<number, Waiting>();

  const close = (): void => {
    if (idle !== null) clearTimeout(idle);
    void worker?.terminate();
    worker = null;
    for (const { reject } of waiting.values()) reject(new HeadgateError('cancelled', 'The text engine was stopped.'));
    waiting.clear();
  };
  const start = (): Worker => {
    const fresh = new Worker(workerFile(), { execArgv: [] });
    fresh.unref();
    fresh.on('message', ({ id, answer }: { id: number; answer: TextAnswer }) => {
      waiting.get(id)?.resolve(answer);
      waiting.delete(id);
      if (waiting.size === 0) idle = setTimeout(close, WORKER_IDLE_MS).unref();
    });
    fresh.on('error', (error) => {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
      worker = null;
    });
    return fresh;
  };

  return {
    close,
    async answer(op, question, signal) {
      const chars = question.texts.reduce((sum, text) => sum + text.length, 0);
      if (chars <= SMALL_CHARS) return answerText(op, question);
      if (idle !== null) clearTimeout(idle);
      worker ??= start();
      const id = ++count;
      return await new Promise<TextAnswer>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        signal.addEventListener('abort', () => (waiting.delete(id) ? reject(new HeadgateError('cancelled', 'Cancelled.')) : undefined), {
          once: true,
        });
        worker?.postMessage({ id, op, question });
      });
    },
  };
}

/** The bundle's own file for the worker; from source the module itself. */
function workerFile(): string | URL {
  if (typeof __filename === 'string' && __filename.endsWith('.cjs')) return join(__dirname, 'worker.cjs');
  return new URL('./worker.ts', import.meta.url);
}
