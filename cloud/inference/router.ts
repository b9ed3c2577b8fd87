// Which model answers which op: the first row that fits. Our own engine ends every chain, so there is always an answer.
import type { TextOp } from '../../shared/ops/catalogue.ts';
import type { TextQuestion } from '../../shared/ops/text.ts';

export type Choice = 'configured' | 'own';

interface Rule {
  ops: readonly TextOp[];
  fits(question: TextQuestion): boolean;
  chain: readonly Choice[];
}

/** More texts than these make a reply that models get wrong more often than right. */
const MAX_TEXTS_TO_CLASSIFY = 60;

const RULES: readonly Rule[] = [
  {
    ops: ['text.summarize', 'text.keywords', 'text.classify'],
    fits: ({ texts }) => texts.every((text) => text.trim() === ''),
    chain: ['own'],
  },
  { ops: ['text.classify'], fits: ({ texts }) => texts.length > MAX_TEXTS_TO_CLASSIFY, chain: ['own'] },
  { ops: ['text.summarize', 'text.keywords', 'text.classify'], fits: () => true, chain: ['configured', 'own'] },
];

export function chooseChain(op: TextOp, question: TextQuestion): readonly Choice[] {
  return RULES.find((rule) => rule.ops.includes(op) && rule.fits(question))?.chain ?? ['own'];
}
