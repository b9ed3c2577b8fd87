// What a route of the API is, and how it is put on the server: parse at the edge, ask for the person where one is needed,
// answer JSON. The same rows make `/openapi.json`.
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import { firstProblem, IN_WORDS } from '../../shared/issue-words.ts';
import type { AccessClaims } from '../auth/tokens.ts';

interface Shape<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType, Result extends z.ZodType> {
  method: 'GET' | 'POST' | 'DELETE';
  /** `{name}` stands for a parameter. */
  path: string;
  says: string;
  params: Params;
  query: Query;
  body: Body;
  result: Result;
}

export interface Call<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  /** The caller's address, for rate limits. */
  address: string;
}

/** A route whose types have been forgotten, as the table and the server see it. */
export interface Route extends Shape<z.ZodType, z.ZodType, z.ZodType, z.ZodType> {
  auth: 'none' | 'person';
  handle(call: Call<unknown, unknown, unknown>, person: AccessClaims | null): Promise<unknown>;
}

const NOTHING = z.unknown();
type Partly<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType, Result extends z.ZodType> = Pick<
  Shape<Params, Query, Body, Result>,
  'method' | 'path' | 'says' | 'result'
> &
  Partial<Shape<Params, Query, Body, Result>>;

/** A route that anybody may call. */
export function openRoute<
  Result extends z.ZodType,
  Params extends z.ZodType = z.ZodUnknown,
  Query extends z.ZodType = z.ZodUnknown,
  Body extends z.ZodType = z.ZodUnknown,
>(
  shape: Partly<Params, Query, Body, Result>,
  handle: (call: Call<z.infer<Params>, z.infer<Query>, z.infer<Body>>) => Promise<z.input<Result>>,
): Route {
  // The server calls `handle` only with what these very schemas made.
  return { params: NOTHING, query: NOTHING, body: NOTHING, ...shape, auth: 'none', handle: handle as Route['handle'] };
}

/** A route for a signed-in person; one that is no GET, for who holds more than a token for reading. */
export function personRoute<
  Result extends z.ZodType,
  Params extends z.ZodType = z.ZodUnknown,
  Query extends z.ZodType = z.ZodUnknown,
  Body extends z.ZodType = z.ZodUnknown,
>(
  shape: Partly<Params, Query, Body, Result>,
  handle: (call: Call<z.infer<Params>, z.infer<Query>, z.infer<Body>>, person: AccessClaims) => Promise<z.input<Result>>,
): Route {
  return { params: NOTHING, query: NOTHING, body: NOTHING, ...shape, auth: 'person', handle: handle as Route['handle'] };
}

export function addRoute(
  app: FastifyInstance,
  route: Route,
  readPerson: (authorization: string | undefined) => Promise<AccessClaims>,
): void {
  app.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    handler: async (request) => {
      const person = route.auth === 'person' ? await readPerson(request.headers.authorization) : null;
      if (person !== null && person.scope !== 'write' && route.method !== 'GET')
        throw new HeadgateError('forbidden', 'With this token things can be looked at, and nothing changed or asked for.', {
          next: 'Sign in for a token of your own.',
        });
      const call = {
        params: parse(route.params, request.params, 'path'),
        query: parse(route.query, request.query, 'query'),
        body: parse(route.body, request.body, 'body'),
        address: request.ip,
      };
      return route.handle(call, person);
    },
  });
}

/** Names the field that is wrong, never its value. */
function parse(schema: z.ZodType, value: unknown, part: string): unknown {
  const parsed = schema.safeParse(value, IN_WORDS);
  if (parsed.success) return parsed.data;
  throw new HeadgateError('invalid_params', `The ${part} is not as expected: ${firstProblem(parsed.error, 'the whole')}.`, {
    next: 'See /openapi.json.',
  });
}
