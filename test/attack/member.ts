// What a member of the attack suite is. A member plays one kind of attack against the real product and says what came of
// it. To add one: write `test/attack/NAME.ts` that exports it as `member`, put a row into members.ts, and add
// `test/attack/NAME.test.ts` of two lines (see short-form.ts), which is the short form that `npm test` runs.
import type { Random } from './random.ts';

export interface Attack {
  /** Everything random comes from it: the same seed plays the same attacks. */
  seed: number;
  random: Random;
  /** All of it, minutes if need be (`npm run attack`); else seconds (`npm test`). */
  full: boolean;
  /** A line for whoever waits; it goes nowhere in the short form. */
  say(line: string): void;
}

export interface Outcome {
  /** Counts and measures, for people and for comparison. */
  figures: Record<string, number | string>;
  /** Each attack that succeeded and each promise that did not hold, told so that it can be repeated. Empty is good. */
  failures: string[];
}

export interface Member {
  name: string;
  /** What holds when nothing fails: a fact, in the present tense. */
  says: string;
  run(attack: Attack): Promise<Outcome>;
}

/** A list that stops growing: an attack that succeeds a million times is told a few times and counted. */
export function collectFailures(kept = 20): { readonly list: string[]; readonly count: number; add(failure: string): void } {
  const list: string[] = [];
  let count = 0;
  return {
    get list() {
      return count <= kept ? list : [...list, `… and ${count - kept} more`];
    },
    get count() {
      return count;
    },
    add(failure) {
      count += 1;
      if (list.length < kept) list.push(failure);
    },
  };
}
