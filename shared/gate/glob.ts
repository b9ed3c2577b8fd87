// Glob patterns over relative paths, as the reference filesystem server of MCP reads them (minimatch with `dot`): `*` and
// `?` within a segment, `**` over segments, `[…]` sets, `{a,b}`. A pattern may come from a model, so it is matched without
// backtracking regular expressions: the time is at most pattern × path. The one glob engine of the product.

const MAX_PATTERN_CHARS = 1_000;
const MAX_ALTERNATIVES = 64;

export type Matches = (path: string) => boolean;

/** Compiles one pattern. Throws a TypeError for one that is too long or branches too often. */
export function compileGlob(pattern: string): Matches {
  const matches = compileInFolder(pattern);
  return (path) => {
    const start = path.lastIndexOf('/') + 1;
    return matches(path.slice(0, start), path.slice(start));
  };
}

/** The same for a path in two parts, `folder/` and name: who goes through a tree has them apart, and most patterns ask for the name alone. */
export function compileInFolder(pattern: string): (folder: string, name: string) => boolean {
  const alternatives = compileAlternatives(pattern);
  // What fits at any depth is told by the last name alone.
  const names = alternatives.flatMap(([first, name, ...rest]) =>
    first === ANY_DEPTH && name !== undefined && name !== ANY_DEPTH && rest.length === 0 ? [name] : [],
  );
  const [only] = names;
  if (names.length < alternatives.length || only === undefined)
    return (folder, name) => {
      const segments = `${folder}${name}`.split('/');
      return alternatives.some((wanted) => matchSegments(wanted, segments));
    };
  return names.length === 1 ? (_, name) => matchSegment(only, name) : (_, name) => names.some((wanted) => matchSegment(wanted, name));
}

/** Whether something that matches could lie in a folder. Throws as `compileGlob` does. */
export function compileGlobLead(pattern: string): Matches {
  const alternatives = compileAlternatives(pattern);
  return (folder) => {
    const segments = folder.split('/');
    return alternatives.some((wanted) => leadsOn(wanted, segments));
  };
}

function compileAlternatives(pattern: string): Segment[][] {
  if (pattern.length > MAX_PATTERN_CHARS) throw new TypeError(`The pattern is longer than ${MAX_PATTERN_CHARS} characters.`);
  return expandBraces(pattern).map((each) => each.replace(/^\.\//, '').split('/').map(compileSegment));
}

/** Whether segments are the beginning of what the pattern matches; anything can be below a `**`. */
function leadsOn(wanted: readonly Segment[], segments: readonly string[]): boolean {
  for (const [at, segment] of segments.entries()) {
    const next = wanted[at];
    if (next === ANY_DEPTH) return true;
    if (next === undefined || !matchSegment(next, segment)) return false;
  }
  return segments.length < wanted.length;
}

const ANY_DEPTH = Symbol('**');
type Segment = typeof ANY_DEPTH | string | Affixes | readonly Piece[];
/** Plain text with one `*` in it. */
interface Affixes {
  before: string;
  after: string;
}
/** `*`, or a test of one character. */
type Piece = typeof STAR | ((char: string) => boolean);
const STAR = Symbol('*');

/** One pass with a mark at the last `**`, to which a mismatch returns. */
function matchSegments(wanted: readonly Segment[], segments: readonly string[]): boolean {
  let at = 0;
  let mark: { wanted: number; segment: number } | null = null;
  let segment = 0;
  while (segment < segments.length) {
    const next = wanted[at];
    if (next === ANY_DEPTH) {
      mark = { wanted: at, segment };
      at += 1;
    } else if (next !== undefined && matchSegment(next, segments[segment] ?? '')) {
      at += 1;
      segment += 1;
    } else if (mark !== null) {
      mark.segment += 1;
      at = mark.wanted + 1;
      segment = mark.segment;
    } else return false;
  }
  // `a/**` matches what is in `a`, and not `a` itself.
  return at === wanted.length;
}

function matchSegment(pattern: Segment, name: string): boolean {
  if (typeof pattern === 'string') return pattern === name;
  if (pattern === ANY_DEPTH) return true;
  if ('before' in pattern) {
    const { before, after } = pattern;
    return name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after);
  }
  let at = 0;
  let mark: { piece: number; char: number } | null = null;
  let char = 0;
  while (char < name.length) {
    const piece = pattern[at];
    if (piece === STAR) {
      mark = { piece: at, char };
      at += 1;
    } else if (piece?.(name[char] ?? '') === true) {
      at += 1;
      char += 1;
    } else if (mark !== null) {
      mark.char += 1;
      at = mark.piece + 1;
      char = mark.char;
    } else return false;
  }
  return pattern.slice(at).every((piece) => piece === STAR);
}

function compileSegment(text: string): Segment {
  if (text === '**') return ANY_DEPTH;
  if (!/[*?[\\]/.test(text)) return text;
  const affixes = /^([^*?[\\]*)\*([^*?[\\]*)$/.exec(text);
  if (affixes !== null) return { before: affixes[1] ?? '', after: affixes[2] ?? '' };
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '*') pieces.push(STAR);
    else if (char === '?') pieces.push(() => true);
    else if (char === '[') {
      const set = readSet(text, at);
      pieces.push(set === null ? is('[') : set.test);
      at = set?.end ?? at;
    } else if (char === '\\' && at + 1 < text.length) {
      at += 1;
      pieces.push(is(text[at] ?? ''));
    } else pieces.push(is(char));
  }
  return pieces;
}

function is(wanted: string): (char: string) => boolean {
  return (char) => char === wanted;
}

/** A set that starts at `[`; `null` when it is never closed. */
function readSet(text: string, start: number): { test: (char: string) => boolean; end: number } | null {
  const negated = text[start + 1] === '!' || text[start + 1] === '^';
  const first = start + (negated ? 2 : 1);
  const end = text.indexOf(']', first + 1);
  if (end < 0) return null;
  const ranges: [string, string][] = [];
  for (let at = first; at < end; at += 1) {
    const from = text[at] ?? '';
    const isRange = text[at + 1] === '-' && at + 2 < end;
    ranges.push([from, isRange ? (text[at + 2] ?? '') : from]);
    if (isRange) at += 2;
  }
  return { test: (char) => ranges.some(([from, to]) => char >= from && char <= to) !== negated, end };
}

/** `a{b,c}d` as `abd` and `acd`; braces without a comma stay as they are. */
function expandBraces(pattern: string): string[] {
  const pending = [pattern];
  const done: string[] = [];
  while (pending.length > 0) {
    const text = pending.pop() ?? '';
    const brace = innermostBrace(text);
    if (brace === null) done.push(text);
    else for (const option of brace.options) pending.push(text.slice(0, brace.start) + option + text.slice(brace.end + 1));
    if (pending.length + done.length > MAX_ALTERNATIVES) throw new TypeError(`The pattern has more than ${MAX_ALTERNATIVES} alternatives.`);
  }
  return done;
}

function innermostBrace(text: string): { start: number; end: number; options: string[] } | null {
  const found = /\{([^{}]*,[^{}]*)\}/.exec(text);
  return found === null ? null : { start: found.index, end: found.index + found[0].length - 1, options: (found[1] ?? '').split(',') };
}
