// PGlite as kysely asks it, with the statements that come again prepared. PGlite itself parses and plans a statement every time
// and takes six calls into PostgreSQL for it; a prepared one takes one call, and most of the time of a small statement is in those.
import { parse, protocol, type PGlite } from '@electric-sql/pglite';
import type { PGliteDialectConfig } from 'kysely';

/** What is used of PGlite. */
type Used = Pick<
  PGlite,
  'query' | 'transaction' | 'close' | 'closed' | 'ready' | 'waitReady' | 'execProtocolStream' | 'serializers' | 'parsers'
>;
/** What kysely asks of it. */
type Asked = Exclude<PGliteDialectConfig['pglite'], (...args: never[]) => unknown>;

interface Prepared {
  name: string;
  /** Types of the parameters, as PostgreSQL inferred them. */
  types: readonly number[];
}

/** Statements kept; ours are some fifty. What comes beyond, lists of varying length for one, is asked the long way. */
const MAX_STATEMENTS = 200;

/** For one user at a time: kysely lets none begin before the other is done, and nobody else may ask this PGlite meanwhile. */
export function withPrepared(pglite: Used): Asked {
  const { serialize } = protocol;
  /** `null`: has come once, so that what comes at most once (migrations) leaves nothing behind. */
  const statements = new Map<string, Prepared | null>();
  let count = 0;

  /** PGlite's NodeFS and MemoryFS have nothing to be synced to, so that is not waited for. */
  const send = (...messages: Uint8Array[]) => pglite.execProtocolStream(Buffer.concat(messages), { syncToFs: false });

  const prepare = async (sql: string): Promise<Prepared> => {
    const name = `s${++count}`;
    const described = await send(serialize.parse({ name, text: sql }), serialize.describe({ type: 'S', name }), serialize.sync());
    return { name, types: parse.parseDescribeStatementResults(described) };
  };

  const query: Asked['query'] = async <Row>(sql: string, params: unknown[] = [], options = {}) => {
    const known = statements.get(sql);
    if (known === undefined) {
      if (statements.size < MAX_STATEMENTS) statements.set(sql, null);
      return pglite.query<Row>(sql, params, options);
    }
    const { name, types } = known ?? (await prepare(sql));
    statements.set(sql, { name, types });
    const values = params.map((value, at) => serializeValue(pglite, value, types[at]));
    const messages = await send(
      serialize.bind({ statement: name, values }),
      serialize.describe({ type: 'P' }),
      serialize.execute({}),
      serialize.sync(),
    );
    // One statement has one result, whose rows are what the caller's types say, as with `pglite.query`.
    return parse.parseResults(messages, pglite.parsers, options)[0] as Awaited<ReturnType<typeof pglite.query<Row>>>;
  };

  return {
    query,
    transaction: (work) => pglite.transaction(work),
    close: () => pglite.close(),
    waitReady: pglite.waitReady,
    get ready() {
      return pglite.ready;
    },
    get closed() {
      return pglite.closed;
    },
  };
}

function serializeValue(pglite: Used, value: unknown, type: number | undefined): string | null {
  if (value === null || value === undefined) return null;
  const serialize = type === undefined ? undefined : pglite.serializers[type];
  return serialize === undefined ? String(value) : serialize(value);
}
