// A terminal's connection to the agent: opens the socket (starting the agent when there is none), says hello, asks
// methods with a deadline and passes notifications on. Answers are parsed by the method's schema.
import type { Socket } from 'node:net';
import { fromErrorData, HeadgateError } from '../../shared/errors.ts';
import { CHUNK_BYTES, MAX_FRAME_TO_BROWSER, MAX_FRAME_TO_HOST } from '../../shared/protocol/hello.ts';
import { type HostStatus, NATIVE_METHODS, NATIVE_NOTIFICATIONS, TERMINAL_METHODS } from '../../shared/protocol/native.ts';
import type { NotificationTable, ParamsIn, ResultOf } from '../../shared/protocol/rpc.ts';
import { parseRpc } from '../../shared/protocol/rpc.ts';
import { PROTOCOL } from '../../shared/protocol/version.ts';
import { encodeFrame, FrameReader } from '../port/framing.ts';
import { reachAgent } from '../port/reach-agent.ts';
import { VERSION } from '../version.ts';
import type * as z from 'zod';

const METHODS = { ...NATIVE_METHODS, ...TERMINAL_METHODS };
type Methods = typeof METHODS;
type Notifications = typeof NATIVE_NOTIFICATIONS;

const CALL_DEADLINE_MS = 20_000;
const MAX_CHUNKED_MESSAGES = 8;

export interface Terminal extends Disposable {
  /** The status that came with the hello. */
  readonly status: HostStatus;
  call<Name extends keyof Methods>(method: Name, params: ParamsIn<Methods, Name>, deadlineMs?: number): Promise<ResultOf<Methods, Name>>;
  /** Calls `listener` at each such notification until the connection ends. */
  on<Name extends keyof Notifications>(name: Name, listener: (params: z.infer<Notifications[Name]>) => void): void;
  /** Resolves when the connection has ended, from either side. */
  readonly closed: Promise<void>;
  close(): void;
}

export interface TerminalOptions {
  home: string;
  /** Whether to start an agent when none answers; default yes. */
  start?: boolean;
  deadlineMs?: number;
}

/** Connects to the agent. Throws `agent_down` when none can be had and `version_mismatch` when we have no protocol in common. */
export async function connectTerminal(options: TerminalOptions): Promise<Terminal> {
  const socket = await reach(options);
  const connection = createConnection(socket);
  try {
    const client = { kind: 'terminal', name: 'headgate', version: VERSION } as const;
    const { status } = await connection.call('host.hello', { protocol: PROTOCOL, client }, options.deadlineMs);
    return { ...connection, status };
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function reach({ home, start, deadlineMs }: TerminalOptions): Promise<Socket> {
  try {
    return await reachAgent({
      home,
      from: 'terminal',
      ...(start !== undefined && { start }),
      ...(deadlineMs !== undefined && { deadlineMs }),
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new HeadgateError('agent_down', message, {
      cause,
      next: start === false ? 'Any other command starts it, and so does a browser.' : 'Run "headgate doctor".',
    });
  }
}

interface Waiting {
  settle(outcome: { result: unknown } | { error: Error }): void;
}

function createConnection(socket: Socket): Omit<Terminal, 'status'> {
  const reader = new FrameReader({ maxBytes: MAX_FRAME_TO_BROWSER, maxSkipBytes: MAX_FRAME_TO_BROWSER });
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, ((params: unknown) => void)[]>();
  const chunks = createChunkJoiner();
  let lastId = 0;
  let ended = new HeadgateError('agent_down', 'The Headgate agent ended the connection.', { next: 'Run "headgate doctor".' });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));

  const take = (value: unknown): void => {
    const message = parseRpc(value);
    if (message?.kind === 'result') waiting.get(Number(message.id))?.settle({ result: message.result });
    if (message?.kind === 'failure') {
      const { message: says, data } = message.error;
      const error = fromErrorData({ code: data.code, message: says, next: data.next });
      if (message.id === null) ended = error;
      else waiting.get(Number(message.id))?.settle({ error });
    }
    if (message?.kind === 'notification') notify(message.method, message.params);
  };
  const notify = (method: string, params: unknown): void => {
    const schema = (NATIVE_NOTIFICATIONS as NotificationTable)[method];
    const parsed = schema?.safeParse(params);
    if (parsed?.success !== true) return;
    if (method === '$chunk') {
      const whole = chunks.join(parsed.data as z.infer<Notifications['$chunk']>);
      if (whole !== null) take(whole);
      return;
    }
    for (const listener of listeners.get(method) ?? []) listener(parsed.data);
  };

  socket.on('data', (bytes: Buffer) => {
    for (const framed of reader.push(bytes)) {
      if (framed.kind === 'message') take(framed.value);
      else if (framed.fatal) {
        ended = new HeadgateError(framed.code, framed.message);
        socket.destroy();
      }
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    for (const { settle } of waiting.values()) settle({ error: ended });
  });

  return {
    closed,
    call(method, params, deadlineMs = CALL_DEADLINE_MS) {
      return new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(ended);
        const id = ++lastId;
        const timer = setTimeout(
          () => settle({ error: new HeadgateError('timeout', `The agent did not answer ${method} within ${deadlineMs / 1000} s.`) }),
          deadlineMs,
        );
        const settle: Waiting['settle'] = (outcome) => {
          clearTimeout(timer);
          waiting.delete(id);
          if ('error' in outcome) return reject(outcome.error);
          const parsed = METHODS[method].result.safeParse(outcome.result);
          // The schema is that of the method, which is what ResultOf reads.
          if (parsed.success) resolve(parsed.data as never);
          else
            reject(
              new HeadgateError('version_mismatch', `The agent's answer to ${method} is not understood; it runs another version.`, {
                cause: parsed.error,
                next: 'Run "headgate stop" and try again.',
              }),
            );
        };
        waiting.set(id, { settle });
        socket.write(encodeFrame({ jsonrpc: '2.0', id, method, params }, MAX_FRAME_TO_HOST));
      });
    },
    on(name, listener) {
      // Parameters are parsed by the schema of this very name before listeners are called.
      listeners.set(name, [...(listeners.get(name) ?? []), listener as (params: unknown) => void]);
    },
    close: () => void socket.destroy(),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** Puts messages together that came in `$chunk`s; keeps at most a few unfinished ones. */
function createChunkJoiner() {
  const unfinished = new Map<number, string[]>();
  return {
    /** The whole message once its last part is there, else `null`. */
    join({ id, index, count, text }: z.infer<Notifications['$chunk']>): unknown {
      const parts = unfinished.get(id) ?? [];
      if (index !== parts.length || text.length > CHUNK_BYTES) return null;
      parts.push(text);
      unfinished.set(id, parts);
      if (unfinished.size > MAX_CHUNKED_MESSAGES) unfinished.delete(unfinished.keys().next().value as number);
      if (parts.length < count) return null;
      unfinished.delete(id);
      return JSON.parse(parts.join(''));
    },
  };
}
