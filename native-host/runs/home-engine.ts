// Our own text engine at home. Small questions are answered at once; large ones in a thread, so that the one which keeps the
// heartbeat never stands still.
import { answerText, type TextAnswer, type TextQuestion } from '../../shared/ops/text.ts';
import { OPS, type TextOp } from '../../shared/ops/catalogue.ts';
import { createThread } from '../thread.ts';

/** Characters up to which an answer takes a few milliseconds at most. */
const SMALL_CHARS = 40_000;
/** Far above what the largest texts take. */
const MEGABYTES = 768;

export interface HomeEngine {
  answer(op: TextOp, question: TextQuestion, signal: AbortSignal): Promise<TextAnswer>;
  close(): void;
}

export function createHomeEngine(): HomeEngine {
  const thread = createThread<{ op: TextOp; question: TextQuestion }, TextAnswer>({
    bundled: 'worker.cjs',
    source: new URL('./worker.ts', import.meta.url),
    deadlineMs: OPS['text.summarize'].timeoutMs,
    megabytes: MEGABYTES,
  });
  return {
    close: thread.close,
    async answer(op, question, signal) {
      const chars = question.texts.reduce((sum, text) => sum + text.length, 0);
      if (chars <= SMALL_CHARS) return answerText(op, question);
      const answer = await thread.ask({ op, question }, signal);
      if (answer === null) throw new Error('the text engine came to no end');
      return answer;
    },
  };
}
