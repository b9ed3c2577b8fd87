// What a sentence's place and shape say before its words are weighed: openings summarise, fragments and sentences that
// lean on the one before do not. Multipliers, found by reading outputs on English and German articles, mail and notes.
import type { Block } from './blocks.ts';

/** A sentence as it stands in its text. */
export interface Placed {
  text: string;
  kind: Block['kind'];
  /** How many sentences that can stand alone come before it in the text. */
  position: number;
  /** Which sentence of its block it is, from 0. */
  index: number;
  /** Words that carry a subject. */
  words: number;
}

const RULES: readonly { when: (sentence: Placed) => boolean; times: number }[] = [
  { when: ({ position }) => position === 0, times: 1.6 },
  { when: ({ position }) => position > 0 && position < 4, times: 1.2 },
  { when: ({ text }) => CONCLUDES.test(text), times: 1.3 },
  { when: ({ index, kind }) => index === 0 && kind === 'paragraph', times: 1.2 },
  { when: ({ kind }) => kind === 'heading', times: 0.15 },
  { when: ({ kind }) => kind === 'item', times: 0.8 },
  { when: ({ text }) => !isWhole(text), times: 0.3 },
  { when: ({ words }) => words < 4, times: 0.4 },
  { when: ({ words }) => words > 30, times: 0.6 },
  { when: ({ text }) => text.length > 400, times: 0.3 },
  { when: ({ text }) => /[?？؟]["'”’»›)\]]*$/u.test(text), times: 0.5 },
  { when: ({ text }) => /https?:|www\.|@/.test(text), times: 0.5 },
  { when: ({ text }) => LEANS_BACK.test(text), times: 0.6 },
  { when: ({ text }) => ADDRESSES.test(text), times: 0.3 },
  { when: ({ text }) => /^["“„«»]/u.test(text), times: 0.7 },
  { when: ({ text }) => countDigits(text) > text.length / 4, times: 0.3 },
];

// Both languages at once: their words do not clash at the head of a sentence.
const LEANS_BACK =
  /^(?:But|However|This|That|These|Those|It|He|She|They|And|So|Then|Also|Thus|Therefore|Moreover|Furthermore|For example|For instance|In addition|As a result|Er|Sie|Es|Dies|Diese[rsmn]?|Das ist|Aber|Doch|Und|Dann|Danach|Dabei|Dafür|Dazu|Dadurch|Daher|Deshalb|Damit|Außerdem|Zudem|Auch|Jedoch|Allerdings|Zum Beispiel|So)(?=[\s,])/u;

const CONCLUDES =
  /^(?:In summary|In conclusion|To sum up|We conclude|We recommend|Overall|Zusammenfassend|Insgesamt|Fazit|Wir empfehlen)(?=[\s,:])/u;

const ADDRESSES =
  /^(?:Dear|Hi|Hello|Kind regards|Best regards|Yours|Thanks|thanks|Thank you|thank you|Liebe[rs]?|Hallo|Sehr geehrte[rs]?|Mit freundlichen|Viele Grüße|Beste Grüße|Vielen Dank|vielen Dank)(?=[\s,!])/u;

/** How likely a sentence is to stand well alone in a summary: a weight around 1, never 0. */
export function sentencePrior(sentence: Placed): number {
  return RULES.reduce((weight, rule) => (rule.when(sentence) ? weight * rule.times : weight), 1);
}

/** Whether a sentence closes itself; headings, list items and data mostly do not. */
export function isWhole(text: string): boolean {
  return /[.!?…。！？؟۔।]["'”’»›)\]“‘」』）]*$/u.test(text);
}

function countDigits(text: string): number {
  return text.match(/\p{N}/gu)?.length ?? 0;
}
