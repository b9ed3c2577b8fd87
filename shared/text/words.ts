// Words with their places in the text. Scripts that are written without spaces (Chinese, Japanese, Thai, …) give
// overlapping pairs of characters instead: no dictionary, so the same result on every machine.
import { type Language, stem } from './stem.ts';
import { isStopWord } from './stop-words.ts';

/** `text` is as written; `start` and `end` are UTF-16 offsets, `end` exclusive. */
export interface Word {
  text: string;
  start: number;
  end: number;
}

/** A word that carries a subject, with the key under which its forms meet. */
export interface ContentWord extends Word {
  stem: string;
}

/** Longer "words" are hashes, base64 or garbage. */
const MAX_WORD_CHARS = 64;

// Links first, so that their parts are not words. A dot or an apostrophe joins (`node.js`, `don't`), a hyphen only after
// one or two letters (`e-mail`, `U-Bahn`) or before digits (`covid-19`); other hyphens part, so that `open-source` meets
// `open source`. No two neighbouring parts can match the same character, so matching takes linear time.
const LETTERS = '[\\p{L}\\p{N}\\p{M}]+';
const WORD = new RegExp(
  `‹[a-z]+:[a-z0-9-]+:[0-9]+›|https?://[^\\s<>"]+|www\\.[^\\s<>"]+|(?:(?<![\\p{L}\\p{N}\\p{M}])\\p{L}{1,2}[-‑](?=\\p{L}))?${LETTERS}(?:['’.]${LETTERS})*(?:-\\p{N}+)?(?:@\\S*)?`,
  'giu',
);

const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, 'u');
const SCRIPT_RUN = new RegExp(`[${UNSPACED}\\p{M}]+|[^${UNSPACED}]+`, 'gu');
/** Links, addresses, and the placeholders that the gate leaves in a text. */
const LINK = /^(?:https?:\/\/|www\.|‹)|@/i;

const IS_ASCII = /^[\x00-\x7f]*$/;

/** Splits text into words. Leaves out links, e-mail addresses and anything longer than 64 characters. */
export function splitWords(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const found = match[0];
    if (LINK.test(found)) continue;
    if (HAS_UNSPACED.test(found)) pushUnspaced(words, found, match.index);
    else if (found.length <= MAX_WORD_CHARS) words.push(wordAt(found, match.index));
  }
  return words;
}

/** The form of a word for looking up: composed, lower case (by Unicode, not by locale), straight apostrophe. */
export function fold(word: string): string {
  const lower = word.toLowerCase();
  return IS_ASCII.test(lower) ? lower : lower.normalize('NFC').replaceAll('’', "'");
}

/** The words of a text that carry a subject: no stop words, no numbers, no single letters. */
export function contentWords(text: string, language: Language): ContentWord[] {
  const found: ContentWord[] = [];
  for (const whole of splitWords(text)) {
    const word = language === 'und' ? dropElision(whole) : whole;
    const folded = fold(word.text);
    if (isSubject(folded, language)) found.push({ ...word, stem: stem(folded, language) });
  }
  return found;
}

/** French and Italian: "l'institut" is about the institute. */
function dropElision(word: Word): Word {
  const length = /^(?:[cdjlmnst]|qu|dell|nell|all|un)['’](?=\p{L})/iu.exec(word.text)?.[0].length ?? 0;
  return length === 0 ? word : { text: word.text.slice(length), start: word.start + length, end: word.end };
}

function pushUnspaced(words: Word[], found: string, at: number): void {
  for (const run of found.matchAll(SCRIPT_RUN)) {
    const start = at + run.index;
    if (HAS_UNSPACED.test(run[0])) pushPairs(words, run[0], start);
    else if (run[0].length <= MAX_WORD_CHARS) words.push(wordAt(run[0], start));
  }
}

function pushPairs(words: Word[], run: string, at: number): void {
  const characters = [...run];
  let start = at;
  for (const [index, character] of characters.entries()) {
    const next = characters[index + 1];
    if (next !== undefined || characters.length === 1) words.push(wordAt(character + (next ?? ''), start));
    start += character.length;
  }
}

function wordAt(text: string, start: number): Word {
  return { text, start, end: start + text.length };
}

function isSubject(folded: string, language: Language): boolean {
  if (isStopWord(folded, language) || !/\p{L}/u.test(folded)) return false;
  return folded.length > 1 || HAS_UNSPACED.test(folded);
}
