// `/openapi.json` is whole, and what the cloud really answers fits it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { connect, type Enrolled } from '../support/device-program.ts';
import { id, outcome, SEALED, spec } from '../support/runs.ts';
import { startTestCloud, type TestCloud } from '../support/test-cloud.ts';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
interface Operation {
  summary: string;
  operationId: string;
  security?: unknown[];
  parameters: { name: string; in: string; required: boolean; schema: JsonSchema }[];
  requestBody?: { content: { 'application/json': { schema: JsonSchema } } };
  responses: Record<string, { description: string; content: { 'application/json': { schema: JsonSchema } } }>;
}
interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

let cloud: TestCloud;
let enrolled: Enrolled;
let api: OpenApi;
beforeAll(async () => {
  cloud = await startTestCloud();
  enrolled = await cloud.enrol();
  api = (await (await fetch(`${cloud.url}/openapi.json`)).json()) as OpenApi;
}, 60_000);
afterAll(() => cloud.stop());

const operations = () =>
  Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

test('it is OpenAPI 3.1 and names every door', () => {
  expect(api.openapi).toBe('3.1.0');
  expect(operations().map(({ method, path }) => `${method} ${path}`)).toEqual([
    'get /healthz',
    'get /readyz',
    'get /.well-known/jwks.json',
    'get /.well-known/oauth-authorization-server',
    'post /v1/sign-in',
    'post /v1/codes',
    'post /v1/devices',
    'get /v1/devices',
    'delete /v1/devices/{device}',
    'post /v1/token',
    'get /v1/runs',
    'post /v1/runs',
    'get /v1/runs/{run}',
    'get /v1/runs/{run}/events',
    'get /v1/requests/{request}',
  ]);
});

test('each operation has an id of its own, its path’s parameters, and schemas that are JSON Schema', () => {
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, operation } of operations()) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    expect(
      operation.parameters.filter((parameter) => parameter.in === 'path' && parameter.required).map((parameter) => parameter.name),
    ).toEqual(inPath);
    for (const parameter of operation.parameters) expect(() => z.fromJSONSchema(parameter.schema)).not.toThrow();
    if (operation.requestBody)
      expect(() => z.fromJSONSchema(operation.requestBody?.content['application/json'].schema ?? {})).not.toThrow();
    expect(() => z.fromJSONSchema(operation.responses[200]?.content['application/json'].schema ?? {})).not.toThrow();
    expect(operation.responses.default?.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/Error' });
  }
});

test('bodies are described where they are needed, and a person where one is', () => {
  expect(api.paths['/v1/devices']?.post?.requestBody?.content['application/json'].schema).toMatchObject({
    type: 'object',
    required: ['code', 'name', 'machine', 'signKey', 'sealKey', 'proof'],
  });
  expect(api.paths['/v1/devices']?.post?.security).toBeUndefined();
  expect(api.paths['/v1/devices']?.get?.security).toEqual([{ person: [] }]);
});

test('what the cloud answers fits what it describes', async () => {
  const device = await connect(cloud.url, enrolled);
  const run = spec(enrolled.device);
  await device.ask('run.submit', { spec: run, sealed: SEALED });
  await device.report(run.id, id('info'), 1, { type: 'succeeded', outcome: outcome() });
  await device.close();
  const reads: [path: string, described: string][] = [
    ['/healthz', '/healthz'],
    ['/readyz', '/readyz'],
    ['/.well-known/jwks.json', '/.well-known/jwks.json'],
    ['/.well-known/oauth-authorization-server', '/.well-known/oauth-authorization-server'],
    ['/v1/devices', '/v1/devices'],
    ['/v1/runs', '/v1/runs'],
    [`/v1/runs/${run.id}`, '/v1/runs/{run}'],
    [`/v1/runs/${run.id}/events?after=1`, '/v1/runs/{run}/events'],
  ];
  for (const [path, described] of reads) {
    const answer: unknown = await (
      await fetch(`${cloud.url}${path}`, { headers: { authorization: `Bearer ${enrolled.tokens.access}` } })
    ).json();
    const schema = api.paths[described]?.get?.responses[200]?.content['application/json'].schema ?? {};
    expect(z.fromJSONSchema(schema).safeParse(answer).error, path).toBeUndefined();
  }
  const refused: unknown = await (await fetch(`${cloud.url}/v1/runs`)).json();
  expect(z.fromJSONSchema(api.components.schemas.Error ?? {}).safeParse(refused).error).toBeUndefined();
});

test('what is not there, not JSON, too large or of another type is answered by code', async () => {
  const codeOf = async (answer: Promise<Response>) => ((await (await answer).json()) as { error: { code: string } }).error.code;
  const body = (text: string) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
  expect(await codeOf(fetch(`${cloud.url}/etc/passwd`))).toBe('not_found');
  expect(await codeOf(fetch(`${cloud.url}/v1/sign-in`, body('{"code":')))).toBe('parse_error');
  expect(await codeOf(fetch(`${cloud.url}/v1/sign-in`, body('')))).toBe('parse_error');
  expect(await codeOf(fetch(`${cloud.url}/v1/sign-in`, body(`"${'x'.repeat(100_000)}"`)))).toBe('too_large');
  expect(await codeOf(fetch(`${cloud.url}/v1/runs`))).toBe('unauthenticated');
  expect(await codeOf(fetch(`${cloud.url}/v1/agent`))).toBe('not_found');
});
