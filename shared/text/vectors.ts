// Sparse vectors of weighted words: what ranking, redundancy and grouping compare texts by.

/** `ids` ascend; `weights` run beside them. Of length one, or empty. */
export interface Vector {
  ids: number[];
  weights: number[];
}

/** How much a word weighs that `holders` of `total` documents have. */
export type Rarity = (holders: number, total: number) => number;

/**
 * Tells documents apart: the fewer have a word, the more it weighs. A word that only one has counts half: it cannot make
 * two alike, and in full it would drown what they share.
 */
export const strictRarity: Rarity = (holders, total) => Math.log(1 + total / holders) * (holders === 1 ? 0.5 : 1);

/** Finds what one document is about, sentence by sentence: a word that many have still counts. */
export const mildRarity: Rarity = (holders, total) => Math.sqrt(Math.log(1 + total / holders));

/** One unit vector a document, from its words' stems. A word said n times weighs (1 + ln n) × its rarity. */
export function createVectors(documents: readonly (readonly string[])[], rarity: Rarity): Vector[] {
  const idOf = new Map<string, number>();
  const holders: number[] = [];
  const counted = documents.map((stems) => countIds(stems, idOf, holders));
  return counted.map((counts) => {
    const ids = [...counts.keys()].sort((a, b) => a - b);
    const weigh = (id: number) => (1 + Math.log(counts.get(id) ?? 1)) * rarity(holders[id] ?? 1, documents.length);
    return toUnit({ ids, weights: ids.map(weigh) });
  });
}

/** Cosine of two unit vectors: 0 nothing in common, 1 the same words. */
export function cosine(a: Vector, b: Vector): number {
  let sum = 0;
  let at = 0;
  for (const [index, id] of a.ids.entries()) {
    while ((b.ids[at] ?? Number.POSITIVE_INFINITY) < id) at += 1;
    if (b.ids[at] === id) sum += (a.weights[index] ?? 0) * (b.weights[at] ?? 0);
  }
  return Math.min(1, sum);
}

function countIds(stems: readonly string[], idOf: Map<string, number>, holders: number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const stem of stems) {
    const id = idOf.get(stem) ?? idOf.size;
    idOf.set(stem, id);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  for (const id of counts.keys()) holders[id] = (holders[id] ?? 0) + 1;
  return counts;
}

function toUnit(vector: Vector): Vector {
  const length = Math.sqrt(vector.weights.reduce((sum, weight) => sum + weight * weight, 0));
  return length === 0 ? { ids: [], weights: [] } : { ids: vector.ids, weights: vector.weights.map((w) => w / length) };
}
