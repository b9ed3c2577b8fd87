// A small pattern language that cannot be made slow: matching walks all possibilities at once, so the time is text × states,
// whatever the text (Thompson's construction; https://swtch.com/~rsc/regexp/regexp1.html). It is the part of the usual
// syntax that people need for an argument: letters, `.`, `\d` `\w` `\s`, classes, groups, `|`, `* + ? {n} {n,} {n,m}`.
// A pattern always means the whole text.

export const MAX_PATTERN_CHARS = 200;
const MAX_STATES = 2_000;
const MAX_REPEAT = 1_000;

type Test = (point: number) => boolean;
type Node =
  | { kind: 'char'; test: Test }
  | { kind: 'all'; parts: Node[] }
  | { kind: 'any'; parts: Node[] }
  | { kind: 'repeat'; part: Node; min: number; max: number };
/** Either takes a character and goes on to `next`, or goes on to each of `next` without one. */
interface State {
  test: Test | null;
  next: number[];
}

export interface LinearPattern {
  matches(text: string): boolean;
}

/** Throws a SyntaxError that says in words what is wrong with the pattern. */
export function parseLinearPattern(source: string): LinearPattern {
  if (source.length > MAX_PATTERN_CHARS) throw new SyntaxError(`it is longer than ${MAX_PATTERN_CHARS} characters`);
  const states: State[] = [{ test: null, next: [] }];
  const add = (state: State): number => {
    if (states.length >= MAX_STATES) throw new SyntaxError('it repeats too much');
    return states.push(state) - 1;
  };
  const start = build(parse(source), 0, add, states);
  return { matches: (text) => walk(states, start, text) };
}

/** Adds the states of a node that go on to `next`; gives the first of them. */
function build(node: Node, next: number, add: (state: State) => number, states: State[]): number {
  switch (node.kind) {
    case 'char':
      return add({ test: node.test, next: [next] });
    case 'all':
      return node.parts.reduceRight((after, part) => build(part, after, add, states), next);
    case 'any':
      return add({ test: null, next: node.parts.map((part) => build(part, next, add, states)) });
    case 'repeat': {
      let entry = next;
      if (node.max === Number.POSITIVE_INFINITY) {
        entry = add({ test: null, next: [next] });
        states[entry]?.next.push(build(node.part, entry, add, states));
      } else
        for (let more = node.min; more < node.max; more++) entry = add({ test: null, next: [next, build(node.part, entry, add, states)] });
      for (let count = 0; count < node.min; count++) entry = build(node.part, entry, add, states);
      return entry;
    }
  }
}

function walk(states: readonly State[], start: number, text: string): boolean {
  let now = closure(states, [start]);
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    const after = [...now].flatMap((at) => (states[at]?.test?.(point) === true ? (states[at]?.next ?? []) : []));
    if (after.length === 0) return false;
    now = closure(states, after);
  }
  return now.has(0);
}

/** Every state that is reached without another character. State 0 is the end. */
function closure(states: readonly State[], from: readonly number[]): Set<number> {
  const reached = new Set<number>();
  const open = [...from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    const state = states[at];
    if (state?.test === null) open.push(...state.next);
  }
  return reached;
}

const CLASSES: Readonly<Record<string, Test>> = {
  d: (point) => point >= 48 && point <= 57,
  w: (point) => (point >= 48 && point <= 57) || (point >= 65 && point <= 90) || point === 95 || (point >= 97 && point <= 122),
  s: (point) => point === 32 || (point >= 9 && point <= 13) || point === 0xa0 || point === 0x2028 || point === 0x2029 || point === 0xfeff,
};
for (const [name, test] of Object.entries(CLASSES)) Object.assign(CLASSES, { [name.toUpperCase()]: (point: number) => !test(point) });

function parse(source: string): Node {
  const chars = [...source];
  let at = 0;
  const take = (char: string): boolean => chars[at] === char && ++at > 0;

  const alternatives = (): Node => {
    const parts = [sequence()];
    while (take('|')) parts.push(sequence());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'any', parts };
  };
  const sequence = (): Node => {
    const parts: Node[] = [];
    while (at < chars.length && chars[at] !== '|' && chars[at] !== ')') parts.push(repeated(atom()));
    return { kind: 'all', parts };
  };
  const repeated = (part: Node): Node => {
    if (take('*')) return { kind: 'repeat', part, min: 0, max: Number.POSITIVE_INFINITY };
    if (take('+')) return { kind: 'repeat', part, min: 1, max: Number.POSITIVE_INFINITY };
    if (take('?')) return { kind: 'repeat', part, min: 0, max: 1 };
    const counts = /^\{(\d{1,4})(,(\d{1,4})?)?\}/.exec(chars.slice(at, at + 12).join(''));
    if (counts === null) return part;
    at += counts[0].length;
    const min = Number(counts[1]);
    const max = counts[2] === undefined ? min : counts[3] === undefined ? Number.POSITIVE_INFINITY : Number(counts[3]);
    if (max < min || Math.max(min, max === Number.POSITIVE_INFINITY ? 0 : max) > MAX_REPEAT)
      throw new SyntaxError(`${counts[0]} does not count`);
    return { kind: 'repeat', part, min, max };
  };
  const atom = (): Node => {
    const char = chars[at++] ?? '';
    if (char === '(') {
      if (take('?')) throw new SyntaxError('groups that begin with (? are not known here');
      const inner = alternatives();
      if (!take(')')) throw new SyntaxError('a group is not closed');
      return inner;
    }
    if (char === '[') return { kind: 'char', test: charClass() };
    if (char === '.') return { kind: 'char', test: (point) => point !== 10 && point !== 13 && point !== 0x2028 && point !== 0x2029 };
    if (char === '\\') return { kind: 'char', test: escaped() };
    if ('*+?{}])^$'.includes(char)) throw new SyntaxError(`${char} has no place there; write \\${char} for the character itself`);
    return { kind: 'char', test: exactly(char) };
  };
  const escaped = (): Test => {
    const char = chars[at++];
    if (char === undefined) throw new SyntaxError('it ends in \\');
    const named = Object.hasOwn(CLASSES, char) ? CLASSES[char] : undefined;
    if (named !== undefined) return named;
    if (/[A-Za-z0-9]/.test(char)) throw new SyntaxError(`\\${char} is not known here`);
    return exactly(char);
  };
  const charClass = (): Test => {
    const not = take('^');
    const tests: Test[] = [];
    while (chars[at] !== ']') {
      if (at >= chars.length) throw new SyntaxError('a class is not closed');
      const first = chars[at++] ?? '';
      if (first === '\\' && /[dws]/i.test(chars[at] ?? '')) {
        tests.push(escaped());
        continue;
      }
      const from = first === '\\' ? literal() : first;
      if (chars[at] !== '-' || chars[at + 1] === ']' || at + 1 >= chars.length) {
        tests.push(exactly(from));
        continue;
      }
      at += 1;
      const last = chars[at++] ?? '';
      const [low, high] = [pointOf(from), pointOf(last === '\\' ? literal() : last)];
      if (high < low) throw new SyntaxError('a range in a class is the wrong way round');
      tests.push((point) => point >= low && point <= high);
    }
    at += 1;
    return (point) => tests.some((test) => test(point)) !== not;
  };
  const literal = (): string => {
    const char = chars[at++];
    if (char === undefined || /[A-Za-z0-9]/.test(char)) throw new SyntaxError(`\\${char ?? ''} is not known here`);
    return char;
  };

  const whole = alternatives();
  if (at < chars.length) throw new SyntaxError('a group is closed that was not opened');
  return whole;
}

function exactly(char: string): Test {
  const wanted = pointOf(char);
  return (point) => point === wanted;
}

function pointOf(char: string): number {
  return char.codePointAt(0) ?? 0;
}
