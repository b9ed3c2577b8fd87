import { expect, test } from 'vitest';
import { RunResult } from '../../../shared/protocol/native.ts';
import { parseRpc } from '../../../shared/protocol/rpc.ts';
import { Report, RunEvent } from '../../../shared/run/events.ts';
import { foldAll } from '../../../shared/run/fold.ts';
import { allGolden, readFixture, strayFixtures } from './fixtures.ts';

const GOLDEN = allGolden();

/**
 * Objects that refuse a field they do not know, with the reason. Everything else tolerates it, so that a newer side can
 * say more than an older one understands.
 */
const STRICT: readonly (readonly [path: RegExp, why: string])[] = [
  [/\.spec$/, 'a plan does exactly what was approved; a field that is not understood could mean something'],
  [/\.spec\.steps\.\d+$/, 'the same, of a step'],
  [/\.spec\.steps\.\d+\.args\.\w+$/, 'the same, of an argument: a reference is an input or an output and nothing else'],
  [/commands\.add\/params#\d+\.arguments\.\d+(\.option)?$/, 'a command line is exactly what the person allowed'],
  [/^hello\/SocketHello#\d+$/, 'the first line on the socket comes from the same version of Headgate'],
];
/** Objects whose keys are data. */
const RECORDS = [/(run\.request|RequestRun\/body)#\d+\.input$/, /\.spec\.inputs$/, /\.spec\.steps\.\d+\.args$/, /\.speed$/];

test('every message has an example', () => {
  expect(GOLDEN.filter(({ examples }) => examples === undefined || examples.length === 0).map(({ name }) => name)).toEqual([]);
});

test('every example belongs to a message', () => {
  expect(strayFixtures()).toEqual([]);
});

test.each(GOLDEN)('the examples of $name parse', ({ schema, examples = [] }) => {
  for (const example of examples) expect(schema.safeParse(example)).toMatchObject({ success: true });
});

test.each(GOLDEN)('$name tolerates fields of the future, except where strictness is safety', ({ name, schema, examples = [] }) => {
  for (const [index, example] of examples.entries()) {
    for (const { path, changed } of withUnknownField(example, `${name}#${index}`)) {
      if (RECORDS.some((record) => record.test(path))) continue;
      const strict = STRICT.some(([pattern]) => pattern.test(path));
      expect({ path, tolerated: schema.safeParse(changed).success }).toEqual({ path, tolerated: !strict });
    }
  }
});

/** The example once for each object in it, with one more field there. */
function withUnknownField(value: unknown, path: string): { path: string; changed: unknown }[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      withUnknownField(item, `${path}.${index}`).map(({ path, changed }) => ({ path, changed: value.with(index, changed) })),
    );
  }
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, child]) =>
    withUnknownField(child, `${path}.${key}`).map(({ path, changed }) => ({ path, changed: { ...value, [key]: changed } })),
  );
  return [{ path, changed: { ...value, fromTheFuture: { any: ['thing'] } } }, ...inside];
}

test('each kind of envelope is recognised as what it is', () => {
  const rpc = readFixture('rpc') as Record<string, unknown[]>;
  for (const [kind, examples] of Object.entries(rpc)) for (const example of examples) expect(parseRpc(example)).toMatchObject({ kind });
});

test.each([
  null,
  1,
  'x',
  [],
  {},
  { jsonrpc: '1.0', id: 1, method: 'x' },
  { jsonrpc: '2.0', id: {}, method: 'x' },
  { jsonrpc: '2.0', id: 1, method: 7 },
  { jsonrpc: '2.0', id: null, result: 1 },
])('%j is no message', (value) => {
  expect(parseRpc(value)).toBeNull();
});

test('an error code that is not known yet is read as internal', () => {
  const [, , future] = (readFixture('rpc') as Record<string, unknown[]>).failure ?? [];
  expect(parseRpc(future)).toMatchObject({ kind: 'failure', error: { data: { code: 'internal', retryable: true } } });
});

test.each([
  ['events', RunEvent, 'run-events'],
  ['reports', Report, 'reports'],
])('every kind of %s has an example that parses', (_name, union, file) => {
  const examples = readFixture(file) as unknown as { type: string }[];
  for (const example of examples) expect(union.safeParse(example)).toMatchObject({ success: true });
  const kinds = union.options.map((option) => option.shape.type.value);
  expect([...new Set(examples.map((example) => example.type))].sort()).toEqual([...kinds].sort());
});

test('the example log folds', () => {
  const log = (readFixture('run-events') as unknown as unknown[]).map((event) => RunEvent.parse(event));
  expect(foldAll(log)).toMatchObject({ seq: log.length, epoch: 2, status: 'cancelled' });
});

test('every kind of result has an example', () => {
  const examples = (readFixture('native-methods') as Record<string, { result: { kind: string }[] }>)['runs.result']?.result ?? [];
  expect(examples.map((example) => example.kind).sort()).toEqual(RunResult.options.map((option) => option.shape.kind.value).sort());
});
