// Random choices that a seed repeats (mulberry32).

export interface Random {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  pick<Thing>(things: readonly Thing[]): Thing;
  shuffle<Thing>(things: readonly Thing[]): Thing[];
  bytes(length: number): Buffer;
  /** Whether something with this chance happens. */
  chance(of: number): boolean;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    pick<Thing>(things: readonly Thing[]): Thing {
      if (things.length === 0) throw new TypeError('nothing to pick from');
      // The index is below the length.
      return things[below(things.length)] as Thing;
    },
    shuffle<Thing>(things: readonly Thing[]): Thing[] {
      return things
        .map((thing) => [next(), thing] as const)
        .sort(([a], [b]) => a - b)
        .map(([, thing]) => thing);
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
    chance: (of) => next() < of,
  };
}

/** A seed for who gives none: another one each time. */
export function freshSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
