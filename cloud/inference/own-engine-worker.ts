// The worker thread of our own engine: one question in, one answer out. An entry point of its own in the bundle.
import { parentPort } from 'node:worker_threads';
import type { TextOp } from '../../shared/ops/catalogue.ts';
import { answerText, type TextQuestion } from '../../shared/ops/text.ts';

parentPort?.on('message', ({ id, op, question }: { id: number; op: TextOp; question: TextQuestion }) => {
  parentPort?.postMessage({ id, answer: answerText(op, question) });
});
