// Answers a text op from memory: the configured model where there is one, and our own engine when that is down, slow or
// talks nonsense. The answer says which one it was and why.
import { randomBytes } from 'node:crypto';
import { HeadgateError } from '../../shared/errors.ts';
import type { DeviceId } from '../../shared/ids.ts';
import { TEXT_OPS, type TextOp } from '../../shared/ops/catalogue.ts';
import { OWN_ENGINE, TEXT_CAPS, type TextAnswer, type TextQuestion } from '../../shared/ops/text.ts';
import type { AGENT_METHODS } from '../../shared/protocol/agent.ts';
import type { ResultIn } from '../../shared/protocol/rpc.ts';
import { factsOf, type Log } from '../log.ts';
import { type ChatModel, readJsonReply } from './chat-model.ts';
import type { OwnEngine } from './own-engine.ts';
import { makePrompt } from './prompts.ts';
import { chooseChain } from './router.ts';
import { findNonsense } from './sanity.ts';

export type InferAnswer = ResultIn<typeof AGENT_METHODS, 'infer'>;

export interface Inference {
  /** Models for text ops, best first. */
  models(): readonly string[];
  /** Throws `unsupported`, `too_large`, `busy`, `timeout`. */
  answer(device: DeviceId, op: string, question: TextQuestion, deadlineMs: number): Promise<InferAnswer>;
}

/** Questions of one device that may be open at once. */
const MAX_OPEN = 8;
/** Part of the deadline that is kept for our own engine, should the model fail. */
const RESERVE = { part: 0.2, leastMs: 200, mostMs: 5_000 };

export function createInference(services: { model: ChatModel | null; own: OwnEngine; log: Log }): Inference {
  const { model, own, log } = services;
  const open = new Map<DeviceId, number>();

  const infer = async (op: TextOp, question: TextQuestion, deadlineMs: number): Promise<InferAnswer> => {
    const startedAt = performance.now();
    const ms = () => Math.round((performance.now() - startedAt) * 10) / 10;
    let note: string | undefined;
    if (model !== null && chooseChain(op, question).includes('configured')) {
      try {
        const reply = await askModel(model, op, question, deadlineMs - reserveOf(deadlineMs));
        return {
          answer: reply.answer,
          model: model.name,
          ...(reply.isCut && { note: 'the model read the beginnings of the texts only' }),
          ms: ms(),
        };
      } catch (error) {
        const why = error instanceof HeadgateError ? error.message : 'answered in a form that was not asked for';
        log('warn', 'model.failed', { op, model: model.name, ms: ms(), ...factsOf(error) });
        note = `the model ${model.name} ${why}, so our own engine answered`;
      }
    }
    const answer = await own.answer(op, question, Math.max(RESERVE.leastMs, deadlineMs - ms()));
    return { answer, model: OWN_ENGINE, ...(note !== undefined && { note: note.slice(0, 300) }), ms: ms() };
  };

  return {
    models: () => (model === null ? [OWN_ENGINE] : [model.name, OWN_ENGINE]),
    async answer(device, op, question, deadlineMs) {
      const textOp = TEXT_OPS.find((candidate) => candidate === op);
      if (textOp === undefined) throw new HeadgateError('unsupported', 'The cloud does text ops only.');
      if (question.texts.reduce((sum, text) => sum + text.length, 0) > TEXT_CAPS.charsTotal)
        throw new HeadgateError('too_large', 'This is more text than one question may hold.');
      const count = open.get(device) ?? 0;
      if (count >= MAX_OPEN) throw new HeadgateError('busy', 'This device has too many questions open.');
      open.set(device, count + 1);
      try {
        return await infer(textOp, question, deadlineMs);
      } finally {
        const left = (open.get(device) ?? 1) - 1;
        if (left === 0) open.delete(device);
        else open.set(device, left);
      }
    },
  };
}

/** Throws `timeout` and `model_failed`, with words that fit behind the model's name. */
async function askModel(
  model: ChatModel,
  op: TextOp,
  question: TextQuestion,
  deadlineMs: number,
): Promise<{ answer: TextAnswer; isCut: boolean }> {
  const mark = `text-${randomBytes(6).toString('hex')}`;
  const { instructions, prompt, read, isCut } = makePrompt(op, question, mark);
  const reply = await model.ask(instructions, prompt, deadlineMs);
  const answer = read(readJsonReply(reply));
  const nonsense = findNonsense(op, question, answer, mark);
  if (nonsense !== null) throw new HeadgateError('model_failed', `answered ${nonsense}`);
  return { answer, isCut };
}

function reserveOf(deadlineMs: number): number {
  return Math.min(RESERVE.mostMs, Math.max(RESERVE.leastMs, deadlineMs * RESERVE.part), deadlineMs / 2);
}
