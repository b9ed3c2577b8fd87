// Whether a model's answer can be true at all. Pure. It catches what models do when they fail: nothing, the prompt again, the
// text again, one word over and over, a wrong number of items.
import type { TextOp } from '../../shared/ops/catalogue.ts';
import { TEXT_ANSWERS, type TextAnswer, type TextQuestion } from '../../shared/ops/text.ts';

/** `null` when it is sane, else what is wrong with it, in words for the answer's note. */
export function findNonsense(op: TextOp, question: TextQuestion, answer: TextAnswer, mark: string): string | null {
  if (!TEXT_ANSWERS[op].safeParse(answer).success) return 'in a form that was not asked for';
  if (JSON.stringify(answer).includes(mark)) return 'with the question again';
  if ('summary' in answer) return summaryNonsense(answer.summary, question);
  if ('terms' in answer) return answer.terms.every(({ term }) => /[\p{L}\p{N}]/u.test(term)) ? null : 'without words';
  return answer.items.length === question.texts.length ? null : 'for another number of texts';
}

function summaryNonsense(summary: string, question: TextQuestion): string | null {
  const words = summary.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length === 0) return 'with nothing';
  if (summary.length > 2 * (question.maxChars ?? 600) + 200) return 'at far too great a length';
  if (words.length >= 12 && new Set(words).size < words.length / 5) return 'with the same words over and over';
  const text = question.texts.join('\n');
  if (text.length > 2 * summary.length || summary.length < 200) return null;
  return text.includes(summary) ? 'with the text again' : null;
}
