// One pass over one text: where secrets and personal data stand in it. Time is linear in the text: the keyword machine takes
// one step a character, and what it points at is looked at in bounded time. Not for encoded content: see scan-content.ts.
import { createKeywordMachine, ENDS } from './keyword-machine.ts';
import { lookAtAddress, lookAtNumber, type Place } from './personal-rules.ts';
import { isSecret, SECRET_RULES, type SecretRule } from './secret-rules.ts';
import { unitsOf } from './units.ts';

const DIGITS = '0123456789';
const KEYWORDS = [...new Set(SECRET_RULES.flatMap((rule) => rule.keywords))];
const PRIVATE_KEY = '-----begin';
const PUTTY_KEY = 'putty-user-key-file';
const ALL = [...KEYWORDS, ...DIGITS, '@', PRIVATE_KEY, PUTTY_KEY].filter((keyword, index, all) => all.indexOf(keyword) === index);
const MACHINE = createKeywordMachine(ALL);
const RULES_OF: readonly (readonly SecretRule[])[] = ALL.map((keyword) => SECRET_RULES.filter((rule) => rule.keywords.includes(keyword)));
const FIRST_DIGIT = ALL.indexOf('0');
/** By state: whether what ends in it is a digit and nothing else, which within a number says nothing new. */
const DIGIT_ALONE = MACHINE.outputs.map((output) => (MACHINE.ending[output - 1]?.every(isDigit) === true ? 1 : 0));
const AT_SIGN = ALL.indexOf('@');
const PRIVATE_KEY_MARK = ALL.indexOf(PRIVATE_KEY);
const PUTTY_KEY_MARK = ALL.indexOf(PUTTY_KEY);

/** Findings in a text, unmerged, in no order that means anything. */
export function scanText(text: string, units: Uint16Array = unitsOf(text)): Place[] {
  const { columns, next } = MACHINE;
  const seen: Seen = { text, found: [], doneUntil: new Map(), numberEnd: 0, blockEnd: 0 };
  let state = 0;
  // Nothing else in this loop: it is what a scan spends its time in.
  for (let at = 0; at < text.length; at += 1) {
    state = next[state + (columns[units[at] as number] as number)] as number;
    if (state < ENDS) continue;
    state -= ENDS;
    if (at >= seen.numberEnd || DIGIT_ALONE[state] === 0) lookCloser(seen, state, at);
  }
  return seen.found;
}

/** What a scan knows so far. */
interface Seen {
  readonly text: string;
  readonly found: Place[];
  /** Per rule, where it last matched: within that it has nothing more to say. */
  readonly doneUntil: Map<SecretRule, number>;
  /** Where the last number and the last block end that were looked at. */
  numberEnd: number;
  blockEnd: number;
}

/** At the end of one or more keywords. */
function lookCloser(seen: Seen, state: number, at: number): void {
  const { outputs, ending, lengths } = MACHINE;
  const { text, found } = seen;
  const ended = ending[(outputs[state] as number) - 1] as readonly number[];
  for (let each = 0; each < ended.length; each += 1) {
    const keyword = ended[each] as number;
    if (isDigit(keyword)) {
      if (at < seen.numberEnd) continue;
      const number = lookAtNumber(text, at);
      seen.numberEnd = Math.max(at + 1, number.end);
      if (number.found !== null) found.push(number.found);
    } else if (keyword === AT_SIGN) {
      const address = lookAtAddress(text, at);
      if (address !== null) found.push(address);
    } else if (keyword === PRIVATE_KEY_MARK || keyword === PUTTY_KEY_MARK) {
      if (at < seen.blockEnd) continue;
      const block = lookAtBlock(text, at + 1 - (lengths[keyword] ?? 0));
      if (block === null) continue;
      seen.blockEnd = block.end;
      found.push(block);
    } else for (const rule of RULES_OF[keyword] ?? []) look(text, at + 1 - (lengths[keyword] ?? 0), rule, seen.doneUntil, found);
  }
}

function isDigit(keyword: number): boolean {
  return keyword >= FIRST_DIGIT && keyword < FIRST_DIGIT + 10;
}

function look(text: string, keywordAt: number, rule: SecretRule, doneUntil: Map<SecretRule, number>, found: Place[]): void {
  const start = keywordAt - (rule.back ?? 0);
  if (start < 0 || start < (doneUntil.get(rule) ?? 0)) return;
  if (rule.anywhere === undefined && isAlphanumeric(text.charCodeAt(start - 1))) return;
  rule.pattern.lastIndex = start;
  const match = rule.pattern.exec(text);
  if (match === null) return;
  const end = start + match[0].length;
  const secret = match[1] ?? match[0];
  if (!isSecret(rule, secret)) return;
  doneUntil.set(rule, end);
  found.push({ start: end - secret.length, end, rule: rule.id, kind: 'secret' });
}

/** Longest private key block that is looked for. */
const MAX_BLOCK_CHARS = 20_000;
/** Of a block without an end this much is taken. */
const OPEN_BLOCK_CHARS = 4_000;
const BEGIN = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:/iy;
const END = /-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----|Private-MAC: ?[0-9a-f]{40,64}/gi;

/** A private key in its armour (RFC 7468, OpenSSH, OpenPGP, PuTTY), also where its end was cut off. */
function lookAtBlock(text: string, start: number): Place | null {
  BEGIN.lastIndex = start;
  const begin = BEGIN.exec(text)?.[0];
  if (begin === undefined) return null;
  const body = text.slice(start + begin.length, start + MAX_BLOCK_CHARS);
  // A sentence that names the marker is no key: what follows must look like one.
  if (!/[A-Za-z0-9+/=]{16}/.test(body.slice(0, 800))) return null;
  END.lastIndex = 0;
  const end = END.exec(body);
  const length = end === null ? Math.min(body.length, OPEN_BLOCK_CHARS) : end.index + end[0].length;
  return { start, end: start + begin.length + length, rule: 'private-key', kind: 'secret' };
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
