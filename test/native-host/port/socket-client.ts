// A client of the agent's socket, for tests: raw bytes out, frames in.
import { connect, type Socket } from 'node:net';
import { encodeFrame, type Framed, FrameReader } from '../../../native-host/port/framing.ts';
import { MAX_FRAME_TO_BROWSER } from '../../../shared/protocol/hello.ts';

export interface SocketClient {
  socket: Socket;
  received: Framed[];
  /** Sizes of the frames that came, in bytes of JSON. */
  sizes(): number[];
  send(message: unknown): void;
  /** Waits for the n-th message (from 0) and gives its value. */
  message(n: number): Promise<Record<string, unknown>>;
  closed: Promise<void>;
}

const DEADLINE_MS = 15_000;

export async function openClient(path: string, hello?: unknown): Promise<SocketClient> {
  const socket = connect(path);
  const reader = new FrameReader({ maxBytes: MAX_FRAME_TO_BROWSER });
  const received: Framed[] = [];
  const waiters = new Set<() => void>();
  const wake = () => {
    for (const waiter of waiters) waiter();
  };
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    received.push(...reader.push(chunk));
    wake();
  });
  socket.on('close', wake);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  if (hello !== undefined) socket.write(typeof hello === 'string' ? hello : `${JSON.stringify(hello)}\n`);
  return {
    socket,
    received,
    closed,
    sizes: () => received.map((framed) => (framed.kind === 'message' ? framed.bytes : 0)),
    send: (message) => void socket.write(encodeFrame(message, 64 * 1024 * 1024)),
    async message(n) {
      const deadline = Date.now() + DEADLINE_MS;
      while (received.length <= n) {
        if (Date.now() > deadline) throw new Error(`message ${n} did not come; ${received.length} did`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(done, DEADLINE_MS);
          function done() {
            clearTimeout(timer);
            waiters.delete(done);
            resolve();
          }
          waiters.add(done);
        });
        if (socket.destroyed && received.length <= n) throw new Error(`the socket closed before message ${n}`);
      }
      const framed = received[n];
      if (framed?.kind !== 'message') throw new Error(`frame ${n} is no message`);
      return framed.value as Record<string, unknown>;
    },
  };
}
