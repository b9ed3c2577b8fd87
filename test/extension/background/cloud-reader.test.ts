import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { fakeBrowser } from 'wxt/testing/fake-browser';
import { createCloudReader } from '../../../extension/background/cloud-reader.ts';
import { run, runId } from '../support/samples.ts';
import { eventually } from '../../support/eventually.ts';

let server: Server;
let sockets: WebSocketServer;
let allowed: boolean;

beforeEach(async () => {
  allowed = true;
  Object.assign(fakeBrowser.permissions, { contains: async () => allowed });
  const { files, ...told } = run({ run: runId(7) });
  server = createServer((request, answer) =>
    answer.end(JSON.stringify(request.headers.authorization === 'Bearer tok' ? { runs: [told] } : {})),
  );
  sockets = new WebSocketServer({ server, path: '/v1/stream' });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const socket of sockets.clients) socket.terminate();
  sockets.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function reader() {
  const askSession = vi.fn(async () => ({ token: 'tok', cloud: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
  const onRun = vi.fn();
  return { askSession, onRun, cloud: createCloudReader({ askSession, onRun, random: () => 0 }) };
}

const nextSocket = () => new Promise<WebSocket>((resolve) => sockets.once('connection', resolve));
const nextMessage = (socket: WebSocket) =>
  new Promise<unknown>((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)))));

test('the first message authenticates, and runs are told from then on', async () => {
  const { cloud, onRun } = reader();
  const opened = nextSocket();
  cloud.want(true);
  const socket = await opened;
  expect(await nextMessage(socket)).toMatchObject({ method: 'stream.hello', params: { token: 'tok', protocol: { min: 1, max: 1 } } });
  const { files, ...told } = run({ run: runId(8), status: 'running' });
  socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'run.changed', params: told }));
  socket.send('no JSON');
  await eventually(() => expect(onRun.mock.calls.map(([one]) => one.run).toSorted()).toEqual([runId(7), runId(8)]));
  cloud.want(false);
});

test('a list without end is cut off', async () => {
  const cut = Promise.withResolvers<number>();
  server.removeAllListeners('request').on('request', (_request, answer) => {
    let sent = 0;
    const more = () => {
      if (sent > 50_000_000) answer.end();
      else if (!answer.destroyed) {
        sent += 100_000;
        answer.write(' '.repeat(100_000), () => setImmediate(more));
      }
    };
    answer.on('close', () => cut.resolve(sent));
    more();
  });
  const { cloud } = reader();
  cloud.want(true);
  expect(await cut.promise).toBeLessThan(20_000_000);
  cloud.want(false);
});

test('without the permission for the origin the list is not read', async () => {
  allowed = false;
  const { cloud, onRun } = reader();
  const opened = nextSocket();
  cloud.want(true);
  await nextMessage(await opened);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(onRun).not.toHaveBeenCalled();
  cloud.want(false);
});

test('the socket closes when no screen is open any more', async () => {
  const { cloud, askSession } = reader();
  const opened = nextSocket();
  cloud.want(true);
  const socket = await opened;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  cloud.want(false);
  await closed;
  expect(askSession).toHaveBeenCalledOnce();
});

test('a socket that the cloud closes is opened again with a new token', async () => {
  const { cloud, askSession } = reader();
  const first = nextSocket();
  cloud.want(true);
  const socket = await first;
  const second = nextSocket();
  socket.close(4401);
  await second;
  expect(askSession).toHaveBeenCalledTimes(2);
  cloud.want(false);
});
