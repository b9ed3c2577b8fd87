// A cloud of a few lines on a loopback port: the token endpoint, and `/v1/agent` as far as the greeting. Each test says
// how it behaves; what it was asked is kept.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

export interface SmallCloud {
  url: string;
  /** Messages in the order in which they came, over all connections. */
  received: { method: string; params: Record<string, unknown>; id: number; socket: WebSocket }[];
  connections: WebSocket[];
  tokensGiven: number;
  behave: Behaviour;
  notify(method: string, params: unknown): void;
  close(): Promise<void>;
}

export interface Behaviour {
  /** What the token endpoint says: a status and a body, and headers in the place of the usual ones. */
  token(body: Record<string, unknown>): { status: number; body: unknown; headers?: Record<string, string> };
  /** Whether a connection is challenged. */
  challenge: boolean;
  /** What a method is answered with; `undefined`: not at all. */
  answer(method: string, params: Record<string, unknown>, socket: WebSocket): { result: unknown } | { error: unknown } | undefined;
}

export const DEVICE = `d_${'5'.repeat(32)}`;
export const IN_TEN_MINUTES = () => Date.now() + 600_000;

export function goodBehaviour(): Behaviour {
  return {
    token: () => ({ status: 200, body: { token: 'device-token', expiresAt: IN_TEN_MINUTES() } }),
    challenge: true,
    answer(method) {
      if (method === 'agent.hello') return { result: { protocol: 1, device: DEVICE, expiresAt: IN_TEN_MINUTES(), models: ['test-model'] } };
      if (method === 'agent.renew') return { result: { expiresAt: IN_TEN_MINUTES() } };
      if (method === 'agent.heartbeat') return { result: { at: 1 } };
      return { result: {} };
    },
  };
}

export async function openSmallCloud(): Promise<SmallCloud> {
  const server = createServer((request, response) => {
    void readJson(request).then((body) => {
      cloud.tokensGiven += 1;
      const answer = cloud.behave.token(body);
      const headers = answer.headers ?? { 'content-type': 'application/json', connection: 'close' };
      response.writeHead(answer.status, headers).end(JSON.stringify(answer.body));
    });
  });
  const sockets = new WebSocketServer({ server, path: '/v1/agent' });
  const cloud: SmallCloud = {
    url: '',
    received: [],
    connections: [],
    tokensGiven: 0,
    behave: goodBehaviour(),
    notify(method, params) {
      cloud.connections.at(-1)?.send(JSON.stringify({ jsonrpc: '2.0', method, params }));
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  sockets.on('connection', (socket) => {
    cloud.connections.push(socket);
    socket.on('message', (data) => {
      const { id, method, params } = JSON.parse(String(data)) as { id: number; method: string; params: Record<string, unknown> };
      cloud.received.push({ id, method, params, socket });
      const answer = cloud.behave.answer(method, params, socket);
      if (answer !== undefined) socket.send(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
    });
    if (cloud.behave.challenge)
      socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'agent.challenge', params: { nonce: 'bm9uY2U', issuer: cloud.url } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cloud.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return cloud;
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text) as Record<string, unknown>;
}
