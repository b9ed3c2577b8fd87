// Personal data in text: numbers with their check digits, and addresses. Where a number is too common to stand for a person
// by itself, a word before it must say so. Each look takes bounded time at the place where a number or an @ stands.
import type { FindingKind } from '../../../shared/gate/findings.ts';
import {
  americanSsn,
  belgianNumber,
  britishNhs,
  dutchBsn,
  frenchNir,
  germanTaxId,
  iban,
  ibanLength,
  italianCode,
  luhn,
  polishPesel,
  spanishId,
  swissAhv,
} from './check-digits.ts';

export interface Place {
  start: number;
  end: number;
  rule: string;
  kind: FindingKind;
}

interface NumberRule {
  id: string;
  kind: FindingKind;
  digits: readonly [number, number];
  /** How it may be written, separators included. */
  written: RegExp;
  check(digits: string): boolean;
  /** Without one of these words shortly before it, it is only a number. */
  context?: RegExp;
}

/** Digits with single separators, as numbers are written. */
const GROUPED = /^\d+(?:[ \u00a0./-]\d+)*$/;
const TAX = /steuer|tax|\bidnr|\btin\b|finanzamt|\bid\b/i;
const PHONE_WORD = /tel|phone|fon|mobil|cell|fax|call|anruf|handy|appel|móvil|whatsapp|signal/i;

const NUMBER_RULES: readonly NumberRule[] = [
  {
    id: 'card',
    kind: 'identifier',
    digits: [13, 19],
    written: /^(?:\d{13,19}|\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}|\d{4}[ -]\d{6}[ -]\d{4,5})$/,
    check: (digits) =>
      /^(?:4|5[1-5]|2[2-7]|3[47]|30[0-5]|3[68]|6(?:011|4[4-9]|5|2)|35)/.test(digits) && isCardLength(digits) && luhn(digits),
  },
  { id: 'fr-nir', kind: 'identifier', digits: [15, 15], written: /^(?:\d{15}|\d \d\d \d\d \d\d \d{3} \d{3} ?\d\d)$/, check: frenchNir },
  { id: 'ch-ahv', kind: 'identifier', digits: [13, 13], written: /^(?:\d{13}|\d{3}\.\d{4}\.\d{4}\.\d\d)$/, check: swissAhv },
  { id: 'pl-pesel', kind: 'identifier', digits: [11, 11], written: /^\d{11}$/, check: polishPesel },
  {
    id: 'de-tax-id',
    kind: 'identifier',
    digits: [11, 11],
    written: /^(?:\d{11}|\d\d \d{3} \d{3} \d{3}|\d{2}\/\d{3}\/\d{3}\/\d{3})$/,
    check: germanTaxId,
  },
  {
    id: 'be-national-number',
    kind: 'identifier',
    digits: [11, 11],
    written: /^\d\d\.\d\d\.\d\d-\d{3}\.\d\d$|^\d{11}$/,
    check: belgianNumber,
    context: /rijksregister|registre national|national|niss|insz/i,
  },
  { id: 'us-ssn', kind: 'identifier', digits: [9, 9], written: /^\d{3}-\d\d-\d{4}$/, check: americanSsn },
  {
    id: 'us-ssn',
    kind: 'identifier',
    digits: [9, 9],
    written: /^\d{3}[ ]?\d\d[ ]?\d{4}$/,
    check: americanSsn,
    context: /ssn|social security/i,
  },
  {
    id: 'nl-bsn',
    kind: 'identifier',
    digits: [9, 9],
    written: /^(?:\d{9}|\d{4}[. ]\d\d[. ]\d{3}|\d{3}[. ]\d{3}[. ]\d{3})$/,
    check: dutchBsn,
    context: /bsn|burgerservice|sofi/i,
  },
  { id: 'uk-nhs', kind: 'identifier', digits: [10, 10], written: /^\d{3}[ -]?\d{3}[ -]?\d{4}$/, check: britishNhs, context: /nhs/i },
  {
    id: 'account-number',
    kind: 'identifier',
    digits: [7, 12],
    written: GROUPED,
    check: () => true,
    context:
      /(?:kontonummer|konto-?nr|account (?:number|no)|passport (?:number|no)|reisepass(?:nummer)?|personalausweis(?:nummer)?)[^\d\n]{0,12}$/i,
  },
  {
    id: 'phone',
    kind: 'contact',
    digits: [9, 12],
    written: /^(?:0\d{1,4}[ /-]\d{3,9}(?:[ -]\d{2,8}){0,3}|0\d(?:[ .]\d\d){4}|[2-9]\d\d[-.]\d{3}[-.]\d{4})$/,
    check: () => true,
  },
  {
    id: 'phone',
    kind: 'contact',
    digits: [7, 13],
    written: GROUPED,
    check: (digits) => !/^(?:19|20)\d{6}$/.test(digits),
    context: new RegExp(`(?:${PHONE_WORD.source})[^\\d\\n]{0,14}$`, 'i'),
  },
];

const MAX_NUMBER_CHARS = 34;
const CONTEXT_CHARS = 48;

/** What a number that starts here may be. Gives the place where the number ends, and what was found. */
export function lookAtNumber(text: string, at: number): { end: number; found: Place | null } {
  const { end, count } = readNumber(text, at);
  if (isUpper(text.charCodeAt(at - 1)) || count >= 6) {
    const lettered = lookAtLettered(text, at, end, count);
    if (lettered !== null) return { end: lettered.end, found: lettered };
  }
  const area = text.charCodeAt(at - 1) === 40 ? lookAtArea(text, at) : null;
  if (area !== null) return { end: area.end, found: area };
  return { end, found: count < 7 ? null : lookAtDigits(text, at, end) };
}

function lookAtDigits(text: string, at: number, end: number): Place | null {
  const written = text.slice(at, end);
  const digits = written.replace(/\D/g, '');
  const plus = plusBefore(text, at, digits);
  if (plus !== null) return { start: plus, end, rule: 'phone', kind: 'contact' };
  if (isWordPart(text.charCodeAt(at - 1)) || isWordPart(text.charCodeAt(end)) || /[.:/-]/.test(text[at - 1] ?? ' ')) return null;
  let before: string | null = null;
  for (const rule of NUMBER_RULES) {
    if (digits.length < rule.digits[0] || digits.length > rule.digits[1] || !rule.written.test(written)) continue;
    if (/^(\d)\1+$/.test(digits) || !rule.check(digits)) continue;
    before ??= text.slice(Math.max(0, at - CONTEXT_CHARS), at);
    if (rule.context !== undefined && !rule.context.test(before)) continue;
    if (rule.id === 'de-tax-id' && written === digits && !TAX.test(before)) continue;
    return { start: at, end, rule: rule.id, kind: rule.kind };
  }
  return null;
}

/** Numbers that have letters in them or before them: IBAN, Spanish and Italian ids, Corsican NIRs, British insurance numbers. */
function lookAtLettered(text: string, at: number, numberEnd: number, count: number): Place | null {
  const identifier = (start: number, end: number, rule: string): Place | null =>
    isWordPart(text.charCodeAt(start - 1)) || isWordPart(text.charCodeAt(end)) ? null : { start, end, rule, kind: 'identifier' };
  if (isUpper(text.charCodeAt(at - 1)) && isUpper(text.charCodeAt(at - 2))) {
    const end = readIban(text, at - 2);
    if (end > 0) return identifier(at - 2, end, 'iban');
    const code = take(/[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]/y, text, at - 6);
    if (code !== null && italianCode(code)) return identifier(at - 6, at + 10, 'it-codice-fiscale');
  }
  if (count === 6) {
    const start = at - (text.charCodeAt(at - 1) === 32 ? 3 : 2);
    const insurance = take(/[A-CEGHJ-PR-TW-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]/y, text, start);
    if (insurance !== null && !/^(?:BG|GB|KN|NK|NT|TN|ZZ)/.test(insurance))
      return identifier(start, start + insurance.length, 'uk-insurance-number');
  }
  if (count === 7 || count === 8) {
    const start = count === 8 ? at : at - (text.charCodeAt(at - 1) === 45 ? 2 : 1);
    const spanish = take(/(?:\d{8}|[XYZ]-?\d{7})-?[A-Z]/y, text, start);
    if (spanish !== null && spanishId(spanish.replaceAll('-', ''))) return identifier(start, start + spanish.length, 'es-id');
  }
  if (count !== 6 || (text.charCodeAt(numberEnd) !== 65 && text.charCodeAt(numberEnd) !== 66)) return null;
  const corsican = take(/[12] ?\d\d ?\d\d ?2[AB] ?\d{3} ?\d{3} ?\d\d/y, text, at);
  return corsican !== null && frenchNir(corsican.replaceAll(' ', '')) ? identifier(at, at + corsican.length, 'fr-nir') : null;
}

/** Where the IBAN that starts here ends, 0 when there is none. */
function readIban(text: string, at: number): number {
  const length = ibanLength(text.slice(at, at + 2));
  if (length === 0) return 0;
  let compact = '';
  let end = at;
  for (; end < at + length + 9 && compact.length < length; end += 1) {
    const code = text.charCodeAt(end);
    if (isDigit(code) || isUpper(code) || (code >= 97 && code <= 122)) compact += text[end];
    else if ((code !== 32 && code !== 0xa0 && code !== 45) || compact.length < 4) break;
  }
  return iban(compact.toUpperCase()) ? end : 0;
}

function lookAtArea(text: string, at: number): Place | null {
  const written = take(/\d{2,5}\) ?\d{2,5}[ /.-]?\d{2,8}(?:[ -]\d{1,6}){0,2}(?!\d|\.\d)/y, text, at);
  return written !== null && /^(?:\d{3}\) ?\d{3}[-. ]?\d{4}$|0)/.test(written)
    ? { start: at - 1, end: at + written.length, rule: 'phone', kind: 'contact' }
    : null;
}

/** Where the `+` or `00` of an international number stands. */
function plusBefore(text: string, at: number, digits: string): number | null {
  const hasPlus = text[at - 1] === '+' && !isWordPart(text.charCodeAt(at - 2));
  if (hasPlus && digits.length >= 8 && digits.length <= 15 && digits[0] !== '0') return at - 1;
  return /^00[1-9]\d{8,13}$/.test(digits) && /^00\d{1,3}[ /-]/.test(text.slice(at, at + 6)) ? at : null;
}

/** Digits and single separators between them, as far as a number may be long. */
function readNumber(text: string, at: number): { end: number; count: number } {
  let count = 0;
  let end = at;
  const last = Math.min(text.length, at + MAX_NUMBER_CHARS);
  for (let here = at; here < last; here += 1) {
    const code = text.charCodeAt(here);
    if (isDigit(code)) {
      count += 1;
      end = here + 1;
    } else if (here === end) {
      if (!isSeparator(code) && code !== 41) break;
      // `+49 (0)30 123`: a bracket or one more space may follow a separator.
    } else if (here !== end + 1 || (code !== 40 && code !== 41 && code !== 32)) break;
  }
  return { end, count };
}

const EMAIL_AFTER = /@(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.){1,8}\p{L}{2,24}/uy;
const EMAIL_AFTER_ASCII = /@(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24}(?![\w\u0080-\uffff])/y;
const LOCAL_PART = new Set([...".!#$%&'*+/=?^_`{|}~-"].map((char) => char.charCodeAt(0)));
const MAX_LOCAL_CHARS = 64;

/** The address around an `@`. Addresses of documentation (RFC 2606) reach nobody. */
export function lookAtAddress(text: string, at: number): Place | null {
  let start = at;
  while (start > 0 && at - start < MAX_LOCAL_CHARS && isLocalPart(text.charCodeAt(start - 1))) start -= 1;
  while (start < at && !isAlphanumeric(text.charCodeAt(start))) start += 1;
  if (start === at) return null;
  const after = take(EMAIL_AFTER_ASCII, text, at) ?? take(EMAIL_AFTER, text, at);
  if (after === null || RESERVED.test(after)) return null;
  return { start, end: at + after.length, rule: 'email', kind: 'contact' };
}

const RESERVED = /[@.](?:example\.(?:com|org|net)|example|invalid|test|localhost)$/i;

function isLocalPart(code: number): boolean {
  return isAlphanumeric(code) || LOCAL_PART.has(code);
}

/** Letters beyond ASCII count. */
function isAlphanumeric(code: number): boolean {
  return (isWordPart(code) && code !== 95) || (code > 127 && code !== 0xa0 && (code < 0x2000 || code > 0x206f));
}

function take(pattern: RegExp, text: string, at: number): string | null {
  if (at < 0) return null;
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function isCardLength(digits: string): boolean {
  if (digits.startsWith('3')) return digits.length >= 14 && digits.length <= 16;
  return digits.length === 16 || (digits.startsWith('4') && (digits.length === 13 || digits.length === 19));
}

function isSeparator(code: number): boolean {
  return code === 32 || code === 45 || code === 46 || code === 47 || code === 0xa0;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90;
}

/** Letters, digits and `_`: a number next to one is part of something else. */
function isWordPart(code: number): boolean {
  return isDigit(code) || isUpper(code) || (code >= 97 && code <= 122) || code === 95;
}
