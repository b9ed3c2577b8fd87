// The agent's socket: relays and terminals of this user. The first line proves the user by the secret of a 0600 file; from
// then on both sides speak frames of JSON-RPC. Nothing else of the host listens anywhere.
import { timingSafeEqual } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { HeadgateError, toErrorData } from '../../shared/errors.ts';
import { CHUNK_BYTES, MAX_FRAME_TO_BROWSER, MAX_FRAME_TO_HOST, SocketHello } from '../../shared/protocol/hello.ts';
import type { NATIVE_NOTIFICATIONS } from '../../shared/protocol/native.ts';
import { parseRpc, type RpcId, rpcFailure } from '../../shared/protocol/rpc.ts';
import { encodeFrameText, type Framed, FrameReader } from './framing.ts';

export interface Client {
  from: 'relay' | 'terminal';
  origin: string;
  /** Set by `host.hello`; before it no other method is answered. */
  greeted: boolean;
  notify(method: keyof typeof NATIVE_NOTIFICATIONS, params: unknown): void;
  /** Ends with the connection; with `agent_down` when it is the agent that leaves. */
  gone: AbortSignal;
}

export interface ServerServices {
  secret: string;
  /** Answers one request, or throws. */
  answer(client: Client, method: string, params: unknown): Promise<unknown>;
  onClients(count: number): void;
  logError(error: unknown, where: string): void;
}

export interface AgentServer {
  clients(): ReadonlySet<Client>;
  close(): Promise<void>;
}

const HELLO_DEADLINE_MS = 2_000;
const MAX_HELLO_BYTES = 1_024;
const MAX_CLIENTS = 64;
/** What may wait for a client that does not read. */
const MAX_UNSENT_BYTES = 32 * 1024 * 1024;
/** Requests of one client that are answered at the same time. */
const MAX_PENDING = 256;

/** Listens at `path`, in a folder of this user's own (0700). Throws `state_damaged` when that folder is somebody else's. */
export async function openAgentServer(path: string, services: ServerServices): Promise<AgentServer> {
  const clients = new Set<Client>();
  const sockets = new Set<Socket>();
  /** Those of `sockets` that have not said hello, the longest waiting first. */
  const unknown = new Set<Socket>();
  let isLeaving = false;
  if (process.platform !== 'win32') prepareFolder(dirname(path), path);
  const server = createServer((socket) => {
    if (sockets.size >= MAX_CLIENTS) {
      // Who stands at the door in silence keeps nobody out who knows the secret.
      const [waiting] = unknown;
      if (waiting === undefined) return void socket.destroy();
      unknown.delete(waiting);
      sockets.delete(waiting);
      waiting.destroy();
    }
    sockets.add(socket);
    unknown.add(socket);
    socket.on('error', () => socket.destroy());
    let client: Client | null = null;
    socket.on('close', () => {
      sockets.delete(socket);
      unknown.delete(socket);
      if (client !== null) clients.delete(client);
      services.onClients(clients.size);
    });
    awaitHello(socket, services.secret, (hello, rest) => {
      unknown.delete(socket);
      const gone = new AbortController();
      socket.on('close', () => gone.abort(isLeaving ? new HeadgateError('agent_down', 'The agent is leaving.') : undefined));
      client = serve(socket, hello, rest, services, gone.signal);
      clients.add(client);
      services.onClients(clients.size);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  return {
    clients: () => clients,
    close: () => {
      isLeaving = true;
      return closeServer(server, sockets);
    },
  };
}

function prepareFolder(folder: string, path: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) {
    throw new HeadgateError('state_damaged', `The folder ${folder} for the agent's socket belongs to somebody else.`, {
      next: 'Remove it, or set XDG_RUNTIME_DIR.',
    });
  }
  chmodSync(folder, 0o700);
  // We own the store's lock, so whatever lies there is left from an agent that is gone.
  rmSync(path, { force: true });
}

function awaitHello(socket: Socket, secret: string, onHello: (hello: SocketHello, rest: Buffer) => void): void {
  let head = Buffer.alloc(0);
  let isOver = false;
  const timer = setTimeout(() => {
    // When this whole process stood still for so long, what was said in time is still to be read.
    setImmediate(() => {
      if (!isOver) socket.destroy();
    });
  }, HELLO_DEADLINE_MS);
  socket.on('close', () => clearTimeout(timer));
  const onData = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(10);
    if (end < 0) {
      if (head.length > MAX_HELLO_BYTES) socket.destroy();
      return;
    }
    isOver = true;
    clearTimeout(timer);
    socket.off('data', onData);
    const hello = parseHello(head.subarray(0, end).toString('utf8'));
    if (hello === null || !sameSecret(hello.secret, secret)) return void socket.destroy();
    onHello(hello, head.subarray(end + 1));
  };
  socket.on('data', onData);
}

function parseHello(line: string): SocketHello | null {
  try {
    const parsed = SocketHello.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function sameSecret(given: string, secret: string): boolean {
  const one = Buffer.from(given);
  const two = Buffer.from(secret);
  return one.length === two.length && timingSafeEqual(one, two);
}

function serve(socket: Socket, hello: SocketHello, rest: Buffer, services: ServerServices, gone: AbortSignal): Client {
  const reader = new FrameReader({ maxBytes: MAX_FRAME_TO_HOST });
  let pending = 0;
  let chunks = 0;
  const write = (message: unknown): void => {
    if (socket.destroyed) return;
    // What is said in one turn goes in one piece, so that the browser takes it in one piece.
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    const json = JSON.stringify(message);
    for (const part of Buffer.byteLength(json) > CHUNK_BYTES ? chunk(json, ++chunks) : [json])
      socket.write(encodeFrameText(part, MAX_FRAME_TO_BROWSER));
    if (socket.writableLength > MAX_UNSENT_BYTES) socket.destroy();
  };
  const client: Client = {
    from: hello.from,
    origin: hello.origin ?? '',
    greeted: false,
    gone,
    notify: (method, params) => {
      if (client.greeted) write({ jsonrpc: '2.0', method, params });
    },
  };
  const fail = (id: RpcId | null, error: unknown, where: string): void => {
    const data = toErrorData(error);
    if (data.code === 'internal') services.logError(error, where);
    write(rpcFailure(id, data));
  };
  const take = (framed: Framed): void => {
    if (framed.kind === 'error') {
      fail(null, new HeadgateError(framed.code, framed.message), 'frame');
      if (framed.fatal) socket.end();
      return;
    }
    const message = parseRpc(framed.value);
    if (message === null) return fail(null, new HeadgateError('invalid_request', 'A message is not JSON-RPC 2.0.'), 'message');
    if (message.kind !== 'request') return;
    if (pending >= MAX_PENDING) return fail(message.id, new HeadgateError('busy', 'Too many requests at once.'), 'message');
    pending += 1;
    services
      .answer(client, message.method, message.params ?? {})
      .then(
        (result) => write({ jsonrpc: '2.0', id: message.id, result }),
        (error: unknown) => fail(message.id, error, message.method),
      )
      .finally(() => {
        pending -= 1;
      });
  };
  const takeAll = (chunk: Uint8Array): void => {
    for (const framed of reader.push(chunk)) take(framed);
  };
  socket.on('data', takeAll);
  if (rest.length > 0) takeAll(rest);
  return client;
}

/** Splits a message above the browser's limit into parts whose frames are well below it. */
function chunk(json: string, id: number): string[] {
  // JSON text in JSON: quotes and backslashes double, other characters are up to 3 bytes; a third stays below the cap.
  const size = Math.floor(CHUNK_BYTES / 3);
  const count = Math.ceil(json.length / size);
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({ jsonrpc: '2.0', method: '$chunk', params: { id, index, count, text: json.slice(index * size, (index + 1) * size) } }),
  );
}

async function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of sockets) socket.destroySoon();
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 1_000))]);
  for (const socket of sockets) socket.destroy();
}
