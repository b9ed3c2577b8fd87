// The HTTP server: the door check before everything, the routes, the two WebSockets, and the one place where what was
// thrown becomes an answer.
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { WebSocket } from 'ws';
import { ERRORS, type ErrorCode, HeadgateError, toErrorData } from '../shared/errors.ts';
import { MAX_AGENT_MESSAGE } from '../shared/protocol/agent.ts';
import { type Carrier, CLOSE_TRY_LATER } from './agents/rpc-socket.ts';
import { addRoute, type Route } from './api/route.ts';
import type { AccessClaims } from './auth/tokens.ts';
import { checkDoor, type Door } from './door.ts';
import { factsOf, type Log } from './log.ts';

export interface ServerServices {
  log: Log;
  /** Known once the port is. */
  door(): Door;
  routes: readonly Route[];
  sockets: Readonly<Record<`/${string}`, (socket: WebSocket, carrier: Carrier) => void>>;
  readPerson(token: string): Promise<AccessClaims>;
  now(): number;
}

const MAX_BODY_BYTES = 64 * 1024;
const MAX_SOCKETS = 2_000;

export async function createServer(services: ServerServices): Promise<FastifyInstance> {
  const { log, door, routes, sockets, readPerson } = services;
  const app = Fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: 15_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 100 },
  });
  app.removeContentTypeParser('text/plain');

  // Before our own hooks: it must have marked a request as an upgrade to end its socket when the door refuses it.
  await app.register(websocket, {
    options: { maxPayload: MAX_AGENT_MESSAGE, perMessageDeflate: false },
    // A peer that breaks the protocol or the cap has been closed by ws with the fitting code.
    errorHandler: (error, socket) => {
      log('warn', 'socket.failed', factsOf(error));
      setTimeout(() => socket.terminate(), 1_000).unref();
    },
    // Sockets are closed with their reason before the server is, see `stop` in cloud.ts.
    preClose: (done) => done(),
  });

  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', vary: 'origin' });
    checkDoor(door(), { host: request.headers.host, origin: request.headers.origin });
    if (request.headers.origin !== undefined) allowOrigin(reply, request.headers.origin);
  });
  app.addHook('onResponse', async (request, reply) => {
    log('info', 'http', {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });
  app.setErrorHandler((error, _request, reply) => sendError(reply, error, log));
  app.setNotFoundHandler(() => {
    throw new HeadgateError('not_found', 'There is nothing at this address.', { next: 'See /openapi.json.' });
  });

  for (const [path, open] of Object.entries(sockets)) {
    app.route({
      method: 'GET',
      url: path,
      handler: () => {
        throw new HeadgateError('not_found', 'This address is a WebSocket.', { next: 'Open it with a WebSocket client.' });
      },
      wsHandler: (socket, request) => {
        if (app.websocketServer.clients.size > MAX_SOCKETS) return socket.close(CLOSE_TRY_LATER, 'too many connections');
        open(socket, request.raw.socket);
      },
    });
  }

  const bearer = async (authorization: string | undefined): Promise<AccessClaims> => {
    const token = /^Bearer ([\w.-]{1,4000})$/.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new HeadgateError('unauthenticated', 'This needs an access token.', { next: 'Sign in first.' });
    return readPerson(token);
  };
  for (const route of routes) addRoute(app, route, bearer);
  app.options('/*', async (_request, reply) => reply.code(204).send());
  return app;
}

/** The origin has passed the door. */
function allowOrigin(reply: FastifyReply, origin: string): void {
  reply.headers({
    'access-control-allow-origin': origin,
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-private-network': 'true',
    'access-control-max-age': '600',
  });
}

/** What Fastify itself throws, by its own codes. */
const FASTIFY_ERRORS: Readonly<Record<string, { code: ErrorCode; message: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'too_large', message: 'The body is too large.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'invalid_request', message: 'The body must be JSON, with content-type application/json.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'parse_error', message: 'The body is empty.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'parse_error', message: 'The body is not JSON.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'invalid_request', message: 'The body is not as long as it says.' },
  FST_ERR_BAD_URL: { code: 'invalid_request', message: 'The address is malformed.' },
};

function sendError(reply: FastifyReply, thrown: unknown, log: Log): FastifyReply {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined;
  const row = typeof code === 'string' ? FASTIFY_ERRORS[code] : undefined;
  const isBadJson = thrown instanceof SyntaxError && Reflect.get(thrown, 'statusCode') === 400;
  const known = isBadJson
    ? new HeadgateError('parse_error', 'The body is not JSON.')
    : row === undefined
      ? thrown
      : new HeadgateError(row.code, row.message);
  if (!(known instanceof HeadgateError)) log('error', 'http.failed', factsOf(known));
  const data = toErrorData(known);
  return reply.code(ERRORS[data.code].http).send({ error: data });
}
