// Where text holds base64: long runs of its alphabet, also wrapped over lines. Looks at every 20th character only, because
// no shorter run matters.

/** Shorter runs hold less than a short secret. */
export const MIN_RUN_CHARS = 20;

export interface Run {
  start: number;
  end: number;
}

const IN_ALPHABET = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_') IN_ALPHABET[char.charCodeAt(0)] = 1;

/** Runs in order, with their padding. A run goes on over a line's end when both lines are nothing but the alphabet. */
export function findBase64Runs(text: string): Run[] {
  const runs: Run[] = [];
  let free = 0;
  for (let at = MIN_RUN_CHARS - 1; at < text.length; at += MIN_RUN_CHARS) {
    if (!isBase64(text.charCodeAt(at)) || at < free) continue;
    let start = at;
    while (start > free && isBase64(text.charCodeAt(start - 1))) start -= 1;
    let end = lineEnd(text, at);
    if (end - start < MIN_RUN_CHARS) continue;
    for (let next = nextLine(text, end); next > 0; next = nextLine(text, end)) end = next;
    while (end < text.length && text.charCodeAt(end) === 61) end += 1;
    if (isMixed(text, start, end)) runs.push({ start, end });
    free = end;
    at = Math.max(at, end - MIN_RUN_CHARS);
  }
  return runs;
}

/** Paths, rulers and CONSTANTS are of the alphabet too; base64 of anything has capital and small letters early on. */
function isMixed(text: string, start: number, end: number): boolean {
  let upper = false;
  let lower = false;
  const last = Math.min(end, start + 64);
  for (let at = start; at < last && !(upper && lower); at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 97 && code <= 122) lower = true;
    else if (code >= 65 && code <= 90) upper = true;
  }
  return upper && lower;
}

/** Where the run ends that goes on in the next line; 0 when it does not. Lines of mail and PEM may be indented or quoted. */
function nextLine(text: string, end: number): number {
  let at = end;
  if (text.charCodeAt(at) === 13) at += 1;
  if (text.charCodeAt(at) !== 10) return 0;
  at += 1;
  for (let indent = 0; indent < 12 && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9); indent += 1) at += 1;
  const last = lineEnd(text, at);
  const code = text.charCodeAt(last);
  const isWholeLine = last === text.length || code === 10 || code === 13 || code === 61;
  return last > at && isWholeLine ? last : 0;
}

function lineEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && isBase64(text.charCodeAt(end))) end += 1;
  return end;
}

function isBase64(code: number): boolean {
  return code < 128 && IN_ALPHABET[code] === 1;
}
