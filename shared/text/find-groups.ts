// Finds groups of texts that are alike: agglomerative clustering by average link over cosines.
import { cosine, type Vector } from './vectors.ts';

/** Average cosine below which groups stay apart. Texts on one subject reach 0.15 to 0.6, by chance it is up to 0.13. */
const MIN_LINK = 0.14;

/** Cosines of each text with each other one; the diagonal is 0. Takes (texts)² comparisons. */
export function compareAll(vectors: readonly Vector[]): number[][] {
  const rows = vectors.map(() => new Array<number>(vectors.length).fill(0));
  for (const [a, vector] of vectors.entries()) {
    for (let b = a + 1; b < vectors.length; b += 1) {
      const other = vectors[b];
      const alike = other ? cosine(vector, other) : 0;
      setPair(rows, a, b, alike);
    }
  }
  return rows;
}

/**
 * Groups of two or more indexes, largest first. Joins the two most alike groups again and again until none are alike
 * enough. Takes at most (texts)³ cheap steps: callers cap the number of texts.
 */
export function findGroups(likeness: readonly (readonly number[])[]): number[][] {
  const links = likeness.map((row) => [...row]);
  const groups = new Map(likeness.map((_, index) => [index, [index]]));
  for (let pair = closest(links, groups); pair; pair = closest(links, groups)) join(links, groups, pair);
  return [...groups.values()].filter((group) => group.length > 1).sort((a, b) => b.length - a.length);
}

interface Pair {
  a: number;
  b: number;
}

function closest(links: readonly number[][], groups: ReadonlyMap<number, number[]>): Pair | undefined {
  const open = [...groups.keys()];
  let best: Pair | undefined;
  let most = MIN_LINK;
  for (const [at, a] of open.entries()) {
    const row = links[a] ?? [];
    for (let next = at + 1; next < open.length; next += 1) {
      const b = open[next] ?? 0;
      const link = row[b] ?? 0;
      if (link > most) {
        most = link;
        best = { a, b };
      }
    }
  }
  return best;
}

/** Joins group b into group a; its links become the averages over all members (Lance–Williams). */
function join(links: number[][], groups: Map<number, number[]>, { a, b }: Pair): void {
  const first = groups.get(a) ?? [];
  const second = groups.get(b) ?? [];
  groups.set(
    a,
    [...first, ...second].sort((x, y) => x - y),
  );
  groups.delete(b);
  for (const other of groups.keys()) {
    const sum = (links[a]?.[other] ?? 0) * first.length + (links[b]?.[other] ?? 0) * second.length;
    if (other !== a) setPair(links, a, other, sum / (first.length + second.length));
  }
}

function setPair(rows: number[][], a: number, b: number, value: number): void {
  const first = rows[a];
  const second = rows[b];
  if (first) first[b] = value;
  if (second) second[a] = value;
}
