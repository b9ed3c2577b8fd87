// Looks through the whole ledger and names what was done to it. The chain shows any line that was changed, taken out, moved
// or put in again; the signed heads show what was cut off its end. Whoever holds the device key can sign another ledger:
// against that stand only the heads that the cloud holds.
import { hash } from 'node:crypto';
import type { Store } from '../state/database.ts';

/** What the first line follows. */
export const FIRST_LINE = '0'.repeat(64);

/** What the next line is chained to. */
export function lineOf(json: string): string {
  return hash('sha256', json);
}

export interface LedgerProblem {
  /** The line's number, where there is one. */
  n: number;
  kind: 'changed' | 'missing' | 'moved' | 'repeated' | 'cut' | 'replaced' | 'unsigned';
  says: string;
}

/** How far a ledger reached when its head was signed: `n` counts lines, `line` is the last one's hash. */
export interface LedgerHead {
  n: number;
  line: string;
  at: number;
}

export interface LedgerVerdict {
  records: number;
  problems: LedgerProblem[];
}

interface Row {
  n: number;
  id: string;
  receipt: string;
  line: string;
}

const PAGE = 4_000;
const MAX_PROBLEMS = 100;

/** Verifies in pages, letting other work go on between them. `heads` are those whose signature holds. */
export async function verifyLedger(store: Store, heads: readonly LedgerHead[]): Promise<LedgerVerdict> {
  const walk = startWalk(store, heads);
  while (walk.page()) await new Promise((resolve) => setImmediate(resolve));
  return walk.verdict();
}

/** The first line whose chain does not hold, by its number; `null` when all do. */
export function findBrokenLine(store: Store): number | null {
  const walk = startWalk(store, []);
  let more = true;
  while (more && walk.problems.length === 0) more = walk.page();
  return walk.problems[0]?.n ?? null;
}

interface Walk {
  problems: LedgerProblem[];
  /** Looks at the next page; false when that was the last. */
  page(): boolean;
  verdict(): LedgerVerdict;
}

/**
 * `expected` is what the next line must follow: the stored line of the one before, so that one changed line is one problem.
 * `records` counts lines; heads are compared where the count reaches theirs.
 */
function startWalk(store: Store, heads: readonly LedgerHead[]): Walk {
  const problems: LedgerProblem[] = [];
  const seen = new Set<string>();
  let known: Map<string, number> | null = null;
  let from = Number.MIN_SAFE_INTEGER;
  let expected = FIRST_LINE;
  let records = 0;

  const report = (problem: LedgerProblem): void => {
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  };
  /** A line that does not follow: where is the one that it follows? */
  const explain = (row: Row, previous: string): LedgerProblem => {
    known ??= new Map(store.all<{ n: number; line: string }>('SELECT n, line FROM ledger').map(({ n, line }) => [line, n]));
    const at = known.get(previous);
    if (at === undefined && previous !== FIRST_LINE)
      return { n: row.n, kind: 'missing', says: `before line ${row.n} at least one line is missing` };
    return {
      n: row.n,
      kind: 'moved',
      says: `line ${row.n} is not in its place${at === undefined ? ': it was the first' : `: it followed line ${at}`}`,
    };
  };
  const check = (row: Row): void => {
    records += 1;
    const own = lineOf(row.receipt);
    const { id, previous } = idAndPrevious(row.receipt);
    if (own !== row.line || id !== row.id) report({ n: row.n, kind: 'changed', says: `line ${row.n} was changed` });
    else if (seen.has(id)) report({ n: row.n, kind: 'repeated', says: `line ${row.n} repeats an earlier one` });
    else if (previous !== expected) report(explain(row, previous));
    seen.add(id);
    expected = row.line;
    for (const head of heads) {
      if (head.n === records && head.line !== row.line && problems.length === 0)
        report({ n: row.n, kind: 'replaced', says: `line ${row.n} is not the one that was signed: the ledger was written anew` });
    }
  };

  return {
    problems,
    page() {
      const rows = store.all<Row>('SELECT n, id, receipt, line FROM ledger WHERE n > ? ORDER BY n LIMIT ?', from, PAGE);
      for (const row of rows) check(row);
      from = rows.at(-1)?.n ?? from;
      return rows.length === PAGE;
    },
    verdict() {
      const furthest = heads.reduce<LedgerHead | null>((best, head) => (best === null || head.n > best.n ? head : best), null);
      if (furthest !== null && furthest.n > records) {
        const lost = furthest.n - records;
        report({
          n: records + 1,
          kind: 'cut',
          says: `the ledger had ${furthest.n} lines when it was signed and has ${records}: ${lost} ${lost === 1 ? 'is' : 'are'} missing at its end`,
        });
      }
      return { records, problems };
    },
  };
}

/** Both stand in every receipt as we write it; the whole is parsed only where it is shown. */
function idAndPrevious(json: string): { id: string; previous: string } {
  const id = json.startsWith('{"id":"') ? json.slice(7, 41) : '';
  const at = json.indexOf('"previous":"');
  return { id, previous: at < 0 ? '' : json.slice(at + 12, at + 76) };
}
