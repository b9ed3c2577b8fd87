// Statements by way of `withPrepared` beside the same ones asked of PGlite itself: the same rows, counts and errors, the first
// time and the times after.
import { type PGlite, PGlite as Engine, types } from '@electric-sql/pglite';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withPrepared } from '../../../cloud/store/prepared.ts';
import { loadTemplate } from '../support/test-cloud.ts';

let pglite: PGlite;
let asked: ReturnType<typeof withPrepared>;
beforeAll(async () => {
  pglite = await Engine.create({ loadDataDir: await loadTemplate(), parsers: { [types.INT8]: Number } });
  await pglite.exec('create table kept (id text primary key, at int8, body json, many int8[])');
  asked = withPrepared(pglite);
}, 60_000);
afterAll(() => pglite.close());

test('parameters of every kind come back as they come back from PGlite, also the third time', async () => {
  const sql =
    'select $1::text as word, $2::int8 as number, $3::json as body, $4::text[] as words, $5::int8[] as numbers, $6::boolean as yes';
  const word = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.includes('\0'));
  const values = fc.tuple(
    fc.option(word),
    fc.option(fc.maxSafeInteger()),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.array(word, { maxLength: 5 }),
    fc.array(fc.maxSafeInteger(), { maxLength: 5 }),
    fc.option(fc.boolean()),
  );
  await fc.assert(
    fc.asyncProperty(values, async (params) => {
      expect((await asked.query(sql, params, { rowMode: 'object' })).rows).toEqual((await pglite.query(sql, params)).rows);
    }),
    { numRuns: 60 },
  );
});

test('rows that were changed are counted, and found again', async () => {
  const insert = 'insert into kept (id, at, body) values ($1, $2, $3) on conflict (id) do nothing';
  for (const [id, count] of [
    ['one', 1],
    ['two', 1],
    ['one', 0],
    ['three', 1],
  ] as const)
    expect(await asked.query(insert, [id, 2 ** 52, '{"a":"\\u0000"}'])).toMatchObject({ affectedRows: count, rows: [] });
  const { rows } = await asked.query('select id, at, body from kept order by id limit 1');
  expect(rows).toEqual([{ id: 'one', at: 2 ** 52, body: { a: '\0' } }]);
});

test('what PostgreSQL refuses is thrown with its code, and the next statement is answered', async () => {
  const divide = 'select 10 / $1::int4 as part';
  for (let round = 0; round < 3; round++) {
    await expect(asked.query(divide, [0])).rejects.toMatchObject({ code: '22012' });
    expect((await asked.query(divide, [5])).rows).toEqual([{ part: 2 }]);
    await expect(asked.query('select nothing from nowhere')).rejects.toMatchObject({ code: '42P01' });
  }
});

test('a table that was changed since a statement was prepared is read as it is', async () => {
  const read = 'select at from kept where id = $1';
  for (let round = 0; round < 3; round++) await asked.query(read, ['one']);
  await asked.query('create index on kept (at)');
  expect((await asked.query(read, ['two'])).rows).toEqual([{ at: 2 ** 52 }]);
});

test('statements beyond those that are kept are answered as well', async () => {
  for (let number = 0; number < 250; number++) expect((await asked.query(`select ${number}::int4 as number`)).rows).toEqual([{ number }]);
  expect((await asked.query('select 249::int4 as number')).rows).toEqual([{ number: 249 }]);
});
