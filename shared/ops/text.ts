// The portable text ops: their input, their answer, and our own engine behind them. The same function answers at home
// and, as the model `headgate-extractive`, in the cloud.
import * as z from 'zod';
import { classify } from '../text/classify.ts';
import { detectLanguage } from '../text/language.ts';
import { keywords } from '../text/keywords.ts';
import { summarize } from '../text/summarize.ts';
import type { TextOp } from './catalogue.ts';

/** The name under which our own engine signs its answers, at home and in the cloud. */
export const OWN_ENGINE = 'headgate-extractive';

/** Texts of one question, at most; the host sends the beginning of longer ones. */
export const TEXT_CAPS = { texts: 200, charsPerText: 400_000, charsTotal: 2_000_000 } as const;

export const TextQuestion = z.object({
  texts: z.array(z.string().max(TEXT_CAPS.charsPerText)).max(TEXT_CAPS.texts),
  labels: z.array(z.string().max(80)).max(40).optional(),
  maxChars: z.int().min(40).max(4000).optional(),
  max: z.int().min(1).max(40).optional(),
});
export type TextQuestion = z.infer<typeof TextQuestion>;

export const SummarizeAnswer = z.object({ summary: z.string().max(8000), language: z.string().max(12) });
export const KeywordsAnswer = z.object({ terms: z.array(z.object({ term: z.string().max(120), weight: z.number() })).max(40) });
export const ClassifyAnswer = z.object({
  labels: z.array(z.string().max(120)).max(40),
  items: z.array(z.object({ label: z.string().max(120).nullable(), score: z.number(), odd: z.boolean() })).max(TEXT_CAPS.texts),
});

export const TEXT_ANSWERS = {
  'text.summarize': SummarizeAnswer,
  'text.keywords': KeywordsAnswer,
  'text.classify': ClassifyAnswer,
} as const satisfies Record<TextOp, z.ZodType>;

export type TextAnswer<Op extends TextOp = TextOp> = z.infer<(typeof TEXT_ANSWERS)[Op]>;

/** Answers a text op without any model. Deterministic; never throws on text that fits the caps. */
export function answerText(op: TextOp, question: TextQuestion): TextAnswer {
  switch (op) {
    case 'text.summarize': {
      const text = question.texts.join('\n\n');
      const { summary } = summarize(text, question.maxChars === undefined ? {} : { maxChars: question.maxChars });
      return { summary, language: detectLanguage(text) };
    }
    case 'text.keywords':
      return { terms: keywords(question.texts, { max: question.max ?? 8 }) };
    case 'text.classify':
      return classify(question.texts, question.labels === undefined ? {} : { labels: question.labels });
  }
}
