// Standing warrants: what the person lets others start on this device without being asked. Kept in the agent's own store. They
// are made in the terminal or in the host's own window, never by a method that an extension or a cloud can call. One is good
// under the labels that it was made under: when one of them becomes stricter, or a grant goes, it starts nothing more.
import { randomBytes } from 'node:crypto';
import { HeadgateError } from '../../shared/errors.ts';
import { isTightened, Terms, termsOf } from '../../shared/gate/terms.ts';
import { StandingWarrant } from '../../shared/gate/warrants.ts';
import { makeId, type WarrantId } from '../../shared/ids.ts';
import { findRecipe } from '../../shared/recipes/all.ts';
import type { Store } from '../state/database.ts';
import { allAllowed, type AllowedNow, allowedOrNull } from './allowed-now.ts';

const DAY_MS = 24 * 3600_000;
const MAX_STANDING = 200;

/** What the person leaves unsaid. `changes`: where a recipe makes more, their number is said or none are made. */
export const STANDING_DEFAULTS = { days: 90, runsPerDay: 24, egressBytes: 0, changes: 1 } as const;

export type NewStanding = Pick<StandingWarrant, 'recipe' | 'grants'> & {
  [Limit in 'egressBytes' | 'changes' | 'runsPerDay' | 'days']?: number | undefined;
};
export type CountedStanding = StandingWarrant & { runsToday: number };

export interface Standing {
  /** Those that have neither ended nor expired, with how many runs each has started today (UTC). */
  list(): CountedStanding[];
  /** Throws as `add` would. */
  check(wish: NewStanding): void;
  /** Throws `not_found`, `unsupported` for a recipe that only the person starts, and `conflict` when there are too many. */
  add(wish: NewStanding): CountedStanding;
  /** Throws `not_found`. */
  end(id: WarrantId): void;
  /** Ends those that were made under looser labels than hold now, and says which. */
  endTightened(): WarrantId[];
}

interface Row {
  id: WarrantId;
  warrant: string;
  terms: string | null;
}

export function createStanding(store: Store, grants: AllowedNow, now: () => number): Standing {
  const rows = () => store.all<Row>('SELECT id, warrant, terms FROM standing_warrants WHERE ended_at IS NULL ORDER BY id');
  const runsToday = (id: WarrantId): number => {
    const today = now() - (now() % DAY_MS);
    return store.get<{ count: number }>('SELECT count(*) AS count FROM runs WHERE standing = ? AND created_at >= ?', id, today)?.count ?? 0;
  };
  const list = (): CountedStanding[] => {
    const standing = rows();
    if (standing.length === 0) return [];
    const allowed = allAllowed(grants);
    return standing
      .filter((row) => holds(row, allowed))
      .map(({ warrant }) => StandingWarrant.parse(JSON.parse(warrant)))
      .filter(({ expiresAt }) => expiresAt > now())
      .map((warrant) => ({ ...warrant, runsToday: runsToday(warrant.id) }));
  };

  const check = (wish: NewStanding): void => {
    const recipe = findRecipe(wish.recipe);
    if (recipe.requested === undefined) throw new HeadgateError('unsupported', `“${recipe.says}” is started only by you, on this device.`);
    if (recipe.lend !== undefined)
      throw new HeadgateError('unsupported', `“${recipe.says}” is asked about each time: what it would do differs from run to run.`);
    if (list().length >= MAX_STANDING)
      throw new HeadgateError('conflict', `There are already ${MAX_STANDING} standing warrants.`, {
        next: 'End one: headgate warrants end ID',
      });
  };

  return {
    list,
    check,
    add(wish) {
      check(wish);
      const recipe = findRecipe(wish.recipe);
      const { egressBytes, changes, runsPerDay, days } = { ...STANDING_DEFAULTS, ...defined(wish) };
      const warrant = StandingWarrant.parse({
        id: makeId('w', randomBytes),
        recipe: recipe.name,
        // A recipe's plan is fixed: its ops do not depend on the input.
        ops: [...new Set(recipe.plan({} as never).map(({ op }) => op))],
        grants: [...new Set(wish.grants)],
        egressBytes: Math.min(egressBytes, recipe.egressBytes),
        changes: Math.min(changes, recipe.changes),
        runsPerDay,
        createdAt: now(),
        expiresAt: now() + days * DAY_MS,
      });
      const terms = termsOf(allAllowed(grants), { grants: warrant.grants });
      store.run(
        'INSERT INTO standing_warrants (id, warrant, terms) VALUES (?, ?, ?)',
        warrant.id,
        JSON.stringify(warrant),
        JSON.stringify(terms),
      );
      return { ...warrant, runsToday: 0 };
    },
    end(id) {
      const { changes } = store.run('UPDATE standing_warrants SET ended_at = ? WHERE id = ? AND ended_at IS NULL', now(), id);
      if (changes === 0)
        throw new HeadgateError('not_found', 'There is no such standing warrant.', { next: '"headgate warrants" lists them.' });
    },
    endTightened() {
      const allowed = allowedOrNull(grants);
      if (allowed === null) return [];
      const over = rows().filter((row) => !holds(row, allowed));
      for (const { id } of over) store.run('UPDATE standing_warrants SET ended_at = ? WHERE id = ?', now(), id);
      return over.map(({ id }) => id);
    },
  };
}

/** One that was made before terms were kept holds no more: nobody can tell what it was made under. */
function holds({ terms }: Row, allowed: Parameters<typeof isTightened>[1]): boolean {
  return terms !== null && !isTightened(Terms.parse(JSON.parse(terms)), allowed);
}

function defined<Wish extends object>(wish: Wish): { [Name in keyof Wish]: Exclude<Wish[Name], undefined> } {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)) as never;
}
