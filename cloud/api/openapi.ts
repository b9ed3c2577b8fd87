// `/openapi.json`, made from the very schemas that the routes parse with (OpenAPI 3.1, which is JSON Schema 2020-12).
import * as z from 'zod';
import { ApiError } from '../../shared/protocol/api.ts';
import { openRoute, type Route } from './route.ts';

const Document = z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) });
type Schema = Record<string, unknown>;

export function openApiRoutes(routes: readonly Route[], issuer: () => string): Route[] {
  const paths = describePaths(routes);
  return [
    openRoute({ method: 'GET', path: '/openapi.json', says: 'This description', result: Document }, async () => describe(paths, issuer())),
  ];
}

function describe(paths: Record<string, Record<string, unknown>>, url: string): z.infer<typeof Document> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Headgate cloud',
      version: '1',
      description: 'The control plane. WebSockets: /v1/agent for devices, /v1/stream for persons.',
    },
    servers: [{ url }],
    paths,
    components: {
      securitySchemes: { person: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Error: schemaOf(ApiError, 'output') },
    },
  };
}

function describePaths(routes: readonly Route[]): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: describeRoute(route) };
  }
  return paths;
}

function describeRoute(route: Route): Schema {
  const body = schemaOf(route.body, 'input');
  const error = { description: 'An error, by code', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } };
  return {
    summary: route.says,
    operationId: `${route.method.toLowerCase()} ${route.path}`.replace(/[^a-zA-Z0-9]+/g, '_').replace(/_$/, ''),
    ...(route.auth === 'person' && { security: [{ person: [] }] }),
    parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
    ...(Object.keys(body).length > 0 && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: schemaOf(route.result, 'output') } } },
      default: error,
    },
  };
}

function parametersOf(schema: z.ZodType, place: 'path' | 'query'): Schema[] {
  const { properties = {}, required = [] } = z
    .looseObject({ properties: z.record(z.string(), z.unknown()).optional(), required: z.array(z.string()).optional() })
    .parse(schemaOf(schema, 'output'));
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (required.includes(name) && !hasDefault(property)),
    schema: property,
  }));
}

function hasDefault(property: unknown): boolean {
  return typeof property === 'object' && property !== null && 'default' in property;
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return rest;
}
