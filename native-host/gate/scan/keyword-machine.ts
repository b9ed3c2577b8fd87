// Finds many keywords in one pass, whatever their number: an Aho-Corasick automaton over folded ASCII (A. V. Aho, M. J.
// Corasick, 1975). This is the pre-filter: rules look closer only where one of their keywords stands.

/** Marks, in `next`, a state in which a keyword ends. */
export const ENDS = 1 << 28;

export interface KeywordMachine {
  /** Column of each UTF-16 unit; all that stand in no keyword are column 0. */
  columns: Uint8Array;
  width: number;
  /** Next state × width by [state × width + column], plus ENDS where a keyword ends in it. */
  next: Int32Array;
  /** By state: 0, or one more than the index into `ending`. */
  outputs: Uint16Array;
  /** Keywords that end in a state, longest first. */
  ending: readonly (readonly number[])[];
  lengths: readonly number[];
}

/** Builds the automaton. Keywords are lower-case ASCII; text is compared without case. */
export function createKeywordMachine(keywords: readonly string[]): KeywordMachine {
  const columns = columnsOf(keywords);
  const width = columns.reduce((most, column) => Math.max(most, column)) + 1;
  const edges: Map<number, number>[] = [new Map()];
  const ends: number[][] = [[]];
  for (const [index, keyword] of keywords.entries()) {
    let state = 0;
    for (const char of keyword) {
      const column = columns[char.charCodeAt(0)] ?? 0;
      let target = edges[state]?.get(column);
      if (target === undefined) {
        target = edges.length;
        edges.push(new Map());
        ends.push([]);
        edges[state]?.set(column, target);
      }
      state = target;
    }
    ends[state]?.push(index);
  }
  return { columns, width, lengths: keywords.map((keyword) => keyword.length), ...close(edges, ends, width) };
}

function columnsOf(keywords: readonly string[]): Uint8Array {
  const columns = new Uint8Array(1 << 16);
  let count = 0;
  for (const char of new Set(keywords.join(''))) {
    count += 1;
    columns[char.charCodeAt(0)] = count;
    columns[char.toUpperCase().charCodeAt(0)] = count;
  }
  return columns;
}

/** Fills in every missing edge by the longest suffix that is a prefix of a keyword, breadth first. */
function close(
  edges: readonly Map<number, number>[],
  ends: number[][],
  width: number,
): Pick<KeywordMachine, 'next' | 'outputs' | 'ending'> {
  const next = new Int32Array(edges.length * width);
  const fail = new Int32Array(edges.length);
  const queue: number[] = [0];
  for (const state of queue) {
    const back = fail[state] ?? 0;
    if (state !== 0) ends[state]?.push(...(ends[back] ?? []));
    for (let column = 0; column < width; column += 1) {
      const fallback = state === 0 ? 0 : (next[back * width + column] ?? 0);
      const target = edges[state]?.get(column);
      next[state * width + column] = target === undefined ? fallback : target * width;
      if (target === undefined) continue;
      fail[target] = fallback / width;
      queue.push(target);
    }
  }
  const outputs = new Uint16Array(edges.length * width);
  const ending: number[][] = [];
  for (const [state, found] of ends.entries()) if (found.length > 0) outputs[state * width] = ending.push(found);
  for (const [at, target] of next.entries()) if ((outputs[target] ?? 0) > 0) next[at] = target + ENDS;
  return { next, outputs, ending };
}
