// The browser never touches raw files: a proof over the schemas of everything that the host tells an extension. Each string
// there has a cap, no cap is above the screen's, every list has an end, and nothing may be just anything.
import { expect, test } from 'vitest';
import * as z from 'zod';
import { SCREEN_CAPS } from '../../../shared/gate/release.ts';
import { ApprovalDetail, NATIVE_METHODS, NATIVE_NOTIFICATIONS, RunResult, TERMINAL_METHODS } from '../../../shared/protocol/native.ts';

/** What a JSON schema of zod's says, as far as it is looked at here. */
interface Node {
  type?: string;
  maxLength?: number;
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Node;
  maxItems?: number;
  properties?: Record<string, Node>;
  additionalProperties?: boolean | Node;
  anyOf?: Node[];
  oneOf?: Node[];
}

/** Strings that carry what is in the person's files, as opposed to names, places and our own words. */
const CONTENT = new Set(['excerpt', 'value']);
/** A part of a message that was too long for one frame; the whole is of one of the other schemas. */
const ENVELOPES = new Set(['$chunk']);

const MESSAGES: [string, z.ZodType][] = [
  ...Object.entries(NATIVE_METHODS).map(([name, { result }]): [string, z.ZodType] => [name, result]),
  ...Object.entries(NATIVE_NOTIFICATIONS).filter(([name]) => !ENVELOPES.has(name)),
];

const jsonSchema = (schema: z.ZodType): Node => z.toJSONSchema(schema, { io: 'output', reused: 'inline', unrepresentable: 'any' }) as Node;

/** Everything in a schema that could carry a file, by its path. */
function leaks(node: Node, path: string): string[] {
  const branches = node.anyOf ?? node.oneOf;
  if (branches !== undefined) return branches.flatMap((branch, index) => leaks(branch, `${path}|${index}`));
  if (node.const !== undefined || node.enum !== undefined) return [];
  switch (node.type) {
    case 'string':
      return longest(node) <= SCREEN_CAPS.textChars ? [] : [`${path}: a string of up to ${longest(node)} characters`];
    case 'array':
      return [...(node.maxItems === undefined ? [`${path}: a list without an end`] : []), ...leaks(node.items ?? {}, `${path}[]`)];
    case 'object':
      return [
        ...(node.additionalProperties === false ? [] : [`${path}: an object with any fields`]),
        ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => leaks(child, `${path}.${key}`)),
      ];
    case 'number':
    case 'integer':
    case 'boolean':
    case 'null':
      return [];
    default:
      return [`${path}: anything`];
  }
}

/** Characters of the longest string that fits; a pattern counts when it is anchored and repeats nothing without end. */
function longest(node: Node): number {
  if (node.maxLength !== undefined) return node.maxLength;
  const { pattern } = node;
  if (pattern === undefined || !/^\^.*\$$/.test(pattern) || /[*+]|,\}/.test(pattern)) return Number.POSITIVE_INFINITY;
  return [...pattern.matchAll(/\{(?:\d+,)?(\d+)\}/g)].reduce((sum, [, count]) => sum + Number(count), pattern.length);
}

/** Characters of content in the largest message that fits. */
function mostContent(node: Node, name = ''): number {
  const branches = node.anyOf ?? node.oneOf;
  if (branches !== undefined) return Math.max(...branches.map((branch) => mostContent(branch, name)));
  if (node.type === 'array') return (node.maxItems ?? Number.POSITIVE_INFINITY) * mostContent(node.items ?? {}, name);
  if (node.type === 'object') return Object.entries(node.properties ?? {}).reduce((sum, [key, child]) => sum + mostContent(child, key), 0);
  return node.type === 'string' && CONTENT.has(name) ? longest(node) : 0;
}

test.each(MESSAGES)('%s cannot carry a file to the browser', (name, schema) => {
  expect(leaks(jsonSchema(schema), name)).toEqual([]);
});

test.each([
  ['a string without a cap', z.object({ a: z.string() }), ['x.a: a string of up to Infinity characters']],
  ['a string above the cap', z.string().max(6001), ['x: a string of up to 6001 characters']],
  ['a pattern without an end', z.string().regex(/^[a-z]+$/), ['x: a string of up to Infinity characters']],
  ['a list without an end', z.array(z.int()), ['x: a list without an end']],
  ['anything', z.object({ a: z.unknown() }), ['x.a: anything']],
  ['any fields', z.looseObject({}), ['x: an object with any fields']],
  ['a record', z.record(z.string().max(3), z.int()), ['x: an object with any fields']],
  ['a leak in a branch', z.union([z.null(), z.array(z.string()).max(3).optional()]), ['x|1[]: a string of up to Infinity characters']],
])('the proof sees %s', (_name, schema, found) => {
  const seen = leaks(jsonSchema(schema), 'x');
  for (const leak of found) expect(seen.some((each) => each.endsWith(leak.replace(/^x\|\d/, '')))).toBe(true);
});

test.each([
  ['result', RunResult],
  ['change to approve', ApprovalDetail],
])('the largest %s shows less than 100 000 characters of content', (_name, schema) => {
  const most = mostContent(jsonSchema(schema));
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(100_000);
});

test('content reaches the browser in results only', () => {
  const carriers = MESSAGES.filter(([, schema]) => mostContent(jsonSchema(schema)) > 0).map(([name]) => name);
  expect(carriers).toEqual(['runs.result', 'approvals.show', 'run.result']);
});

test('no method of the terminal is one of the extension’s', () => {
  expect(Object.keys(TERMINAL_METHODS).filter((name) => Object.hasOwn(NATIVE_METHODS, name))).toEqual([]);
});

test('a grant can be widened by no method of the extension', () => {
  const takingRights = Object.keys(NATIVE_METHODS).filter((name) => name.startsWith('grants.'));
  expect(takingRights.sort()).toEqual(['grants.choose', 'grants.list', 'grants.narrow', 'grants.revoke']);
});

test('a warrant is made, kept standing or lengthened by no method of the extension', () => {
  const names = Object.keys(NATIVE_METHODS);
  // The window of the host's own is answered on the device alone; what stands can be seen and ended.
  expect(names.filter((name) => /warrant|always|standing/i.test(name)).sort()).toEqual([
    'approvals.chooseAlways',
    'warrants.end',
    'warrants.list',
  ]);
  expect(Object.keys(NATIVE_METHODS['approvals.chooseAlways'].params.shape)).toEqual(['approval']);
  const answers = NATIVE_METHODS['approvals.answer'].params.shape.answer;
  expect(answers.options).toEqual(['once', 'run', 'no']);
  // What starts a run takes a recipe and its input: no limit of a warrant can be named there.
  expect(Object.keys(NATIVE_METHODS['runs.start'].params.shape).sort()).toEqual(['ask', 'follow', 'input', 'recipe', 'where']);
  expect(
    Object.keys(TERMINAL_METHODS)
      .filter((name) => /warrants|always/.test(name))
      .sort(),
  ).toEqual(['approvals.always', 'warrants.add']);
});
