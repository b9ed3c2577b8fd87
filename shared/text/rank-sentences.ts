// How central each sentence is: PageRank over the graph whose edges are the cosines between sentences (LexRank, Erkan
// and Radev 2004, in its continuous form). The graph is never built: its matrix is V·Vᵀ with one unit vector a row, so a
// step is two passes over the words and the whole is linear in the text's length.
import type { Vector } from './vectors.ts';

const STEPS = 12;

/** The share of rank that follows the edges; the rest is spread evenly. */
const DAMPING = 0.85;

/**
 * Ranks sentences by how much of the others they say; 1 is the average. A sentence that shares no word with another
 * keeps only its even share.
 */
export function rankSentences(vectors: readonly Vector[]): number[] {
  const even = vectors.map(() => 1);
  const degrees = spread(vectors, even);
  let ranks = even;
  for (let step = 0; step < STEPS; step += 1) {
    const shares = ranks.map((rank, index) => ((degrees[index] ?? 0) > MIN_DEGREE ? rank / (degrees[index] ?? 1) : 0));
    ranks = spread(vectors, shares).map((reached) => DAMPING * reached + 1 - DAMPING);
  }
  return ranks;
}

/** Less is rounding, left over where a sentence's likeness to itself was taken off. */
const MIN_DEGREE = 1e-9;

/** Gives each sentence the amounts of the others, weighted by cosine: V·(Vᵀ·amounts), less its own. */
function spread(vectors: readonly Vector[], amounts: readonly number[]): number[] {
  const received = project(vectors, collect(vectors, amounts));
  return received.map((value, index) => Math.max(0, vectors[index]?.ids.length ? value - (amounts[index] ?? 0) : 0));
}

/** Sentences to words: how much rank each word gets from the sentences that hold it. */
function collect(vectors: readonly Vector[], amounts: readonly number[]): Float64Array {
  const wordCount = vectors.reduce((most, vector) => Math.max(most, (vector.ids.at(-1) ?? -1) + 1), 0);
  const words = new Float64Array(wordCount);
  vectors.forEach(({ ids, weights }, row) => {
    const amount = amounts[row] ?? 0;
    for (let at = 0; at < ids.length; at += 1) add(words, ids[at] ?? 0, amount * (weights[at] ?? 0));
  });
  return words;
}

function add(sums: Float64Array, at: number, amount: number): void {
  sums[at] = (sums[at] ?? 0) + amount;
}

/** Words back to sentences. */
function project(vectors: readonly Vector[], words: Float64Array): number[] {
  return vectors.map((vector) => vector.ids.reduce((sum, id, at) => sum + (words[id] ?? 0) * (vector.weights[at] ?? 0), 0));
}
