// Input made to hang or break the engine. Each case is so long that quadratic work would take
// minutes: the deadline tells that from a slow machine.
import { expect, test } from 'vitest';
import { classify } from '../../../shared/text/classify.ts';
import { keywords } from '../../../shared/text/keywords.ts';
import { splitSentences } from '../../../shared/text/sentences.ts';
import { summarize } from '../../../shared/text/summarize.ts';

const MEGA = 1_000_000;
const fill = (part: string, length = MEGA) => part.repeat(Math.ceil(length / part.length)).slice(0, length);

const CASES: Record<string, string> = {
  'one line without spaces': fill('x'),
  'one line of Chinese': fill('漢字', MEGA / 4),
  emoji: fill('😀👨‍👩‍👧'),
  'lone surrogates': fill('\ud800\udc00\ud800a\udc00'),
  'only punctuation': fill('?!.,;:()[]{}<>*_`~|"'),
  'only full stops': fill('.'),
  'full stops and spaces': fill('. '),
  'NUL characters': fill('a\0\0 \0b. '),
  'right to left': fill('שלום עולם. \u202eمرحبا بالعالم؟ '),
  spaces: `${fill(' ')}x`,
  'line breaks': fill('\n'),
  'opening brackets': fill('[a]('),
  'image brackets': fill('![](('),
  'open comments': fill('<!--'),
  'open tags': fill('<p '),
  'table rule': `|--${fill(' ')}x`,
  asterisks: fill('*a '),
  backticks: fill('`'),
  'addresses without end': fill('a@'),
  'dots between letters': fill('a.'),
  'combining marks': fill('\u0301'),
  abbreviations: fill('z. B. '),
  'quotation marks': fill('"'),
};

test.each(Object.entries(CASES))('%s neither hangs nor throws', { timeout: 60_000 }, (_, text) => {
  const { summary, ranges } = summarize(text);
  expect(summary.length).toBeLessThanOrEqual(600);
  expect(ranges.every(({ start, end }) => start < end && end <= text.length)).toBe(true);
  expect(splitSentences(text).every((sentence) => sentence.text.length <= 600)).toBe(true);
  expect(keywords([text, text]).length).toBeLessThanOrEqual(10);
  expect(classify([text, text, text]).items).toHaveLength(3);
  expect(classify([text], { labels: [text.slice(0, 100), 'a'] }).items).toHaveLength(1);
});
