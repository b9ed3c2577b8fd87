// What tells a secret from a word that stands where a secret could: entropy, kinds of characters, and the placeholders that
// people write into documentation. Pure.

/** Shannon entropy in bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<number, number>();
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  let sum = 0;
  for (const count of counts.values()) sum -= (count / text.length) * Math.log2(count / text.length);
  return sum;
}

const PLACEHOLDER =
  /^(?:x+|\*+|\.+|-+|_+|<.*>|\[.*\]|\{.*\}|\$.*|%.*|your.*|my.*|the.*|some.*|change.{0,3}me.*|example.*|placeholder.*|dummy.*|insert.*|replace.*|redacted.*|hidden.*|test(?:ing)?\d{0,4}|foo.*|bar.*|baz.*|none|null|nil|undefined|true|false|yes|no|string|integer|boolean|text|required|optional|default|empty|password\d{0,3}|secret\d{0,3}|token\d{0,3}|hunter2)$/i;
const EXAMPLE = /example|placeholder|changeme|change_me|your[_-]|xxxx|\*\*\*|\.\.\.|<[^>]{1,40}>|\$\{|\$\(|\{\{|%[a-z]\b|%[({]|…|‹/i;
/** `config.secret_key`, `os.environ`, `get_password(…)`, `self::TOKEN`, `A_CONSTANT`, `/a/path`. */
const CODE =
  /^(?:[A-Za-z_$@][\w$-]{0,60}(?:(?:\.|::|->)[A-Za-z_$][\w$-]{0,60}){1,8}(?<!\d{3})[;,]?|[A-Z][A-Z_]{2,80}|\.{0,2}\/[\w./-]{0,200}|~\/.{0,200}|https?:.{0,300})$/;

export function isPlaceholder(secret: string): boolean {
  return PLACEHOLDER.test(secret) || EXAMPLE.test(secret);
}

/** A value after `password =`: no placeholder, no code, no plain word; `kinds` of characters at least (lower, upper, digit, other). */
export function looksLikePassword(secret: string, kinds: number): boolean {
  const plain = secret.replace(/[,;.)\]}]+$/, '');
  if (plain.length < 6 || isPlaceholder(plain) || CODE.test(plain) || /[()[\]{}\\|]|&#?\w{1,8};/.test(plain)) return false;
  // A word, perhaps with its punctuation, or words joined: `user-password`, `type=text`.
  if (/^[\p{L}'’]+(?:[-_./:=,+&][\p{L}]*)*[.,;:!?]?$/u.test(plain) && !isMixed(plain)) return false;
  if (/^[\d.,:/-]+$/.test(plain) && plain.length < 8) return false;
  return kindsOf(plain) >= kinds;
}

/** A value after `token =`: long, mixed, no code. */
export function looksLikeToken(secret: string): boolean {
  const plain = secret.replace(/[,;.)]+$/, '');
  if (isPlaceholder(plain) || CODE.test(plain)) return false;
  if (!/\d/.test(plain) || !/[A-Za-z]/.test(plain)) return false;
  if (plain.length >= 24 && isMixed(plain)) return true;
  // Names of versions, files and constants: words and short numbers between separators.
  const parts = plain.split(/[-_./=]/);
  return parts.some((part) => part.length >= 10 && /\d/.test(part) && /[A-Za-z]/.test(part) && !/^[A-Za-z]+\d{1,4}$/.test(part));
}

/** Upper case after lower case again and again, as words are not written. */
function isMixed(text: string): boolean {
  return (text.match(/[a-z][A-Z]/g)?.length ?? 0) >= 3;
}

function kindsOf(text: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(text)).length;
}
