// One WebSocket that speaks JSON-RPC, as both doors use it: messages in are parsed and capped, requests are answered,
// what goes out is bounded. A peer that does not read is dropped (it resyncs when it comes back); one that sends faster
// than it is served is paused, so nothing piles up.
import type { WebSocket } from 'ws';
import * as z from 'zod';
import { HeadgateError, toErrorData } from '../../shared/errors.ts';
import { CLOSE, MAX_AGENT_MESSAGE } from '../../shared/protocol/agent.ts';
import { type MethodTable, parseRpc, type RpcId, rpcFailure } from '../../shared/protocol/rpc.ts';
import { factsOf, type Log } from '../log.ts';

export const CLOSE_GOING_AWAY = 1001;
export const CLOSE_TRY_LATER = 1013;
const MAX_OUTGOING_BYTES = 2 * MAX_AGENT_MESSAGE;
/** Before it has said who it is, a peer has nothing long to say. */
const MAX_FIRST_MESSAGE_CHARS = 200_000;
/** Nor much of anything: only whole messages come from ws, and meanwhile it keeps what comes. */
const MAX_FIRST_BYTES = 1_000_000;
const LOOK_MS = 100;
const PAUSE_AT = 64;
const RESUME_AT = 32;

export interface RpcSocket {
  notify(method: string, params: unknown): void;
  close(code: number, reason: string): void;
  isOpen(): boolean;
}

/** What carries the WebSocket. */
export interface Carrier {
  readonly bytesRead: number;
}

export interface RpcSocketServices {
  socket: WebSocket;
  carrier: Carrier;
  methods: MethodTable;
  log: Log;
  isKnown(): boolean;
  /** Answers a request whose parameters have been parsed by the method's schema. */
  handle(method: string, params: unknown): Promise<unknown>;
  onMessage(): void;
}

export function openRpcSocket(services: RpcSocketServices): RpcSocket {
  const { socket, carrier, methods, log, isKnown, handle, onMessage } = services;
  let working = 0;

  const send = (message: unknown): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_OUTGOING_BYTES) close(CLOSE_TRY_LATER, 'reads too slowly');
    else socket.send(JSON.stringify(message));
  };
  const close = (code: number, reason: string): void => {
    if (socket.readyState === socket.CLOSED || socket.readyState === socket.CLOSING) return;
    socket.close(code, reason);
    setTimeout(() => socket.terminate(), 2_000).unref();
  };
  const answer = async (id: RpcId, method: string, params: unknown): Promise<void> => {
    try {
      const row = Object.hasOwn(methods, method) ? methods[method] : undefined;
      if (row === undefined) throw new HeadgateError('unknown_method', 'There is no such method.');
      const parsed = row.params.safeParse(params);
      if (!parsed.success)
        throw new HeadgateError(
          'invalid_params',
          `The parameters of ${method} are not as expected at ${z.core.toDotPath(parsed.error.issues[0]?.path ?? []).slice(0, 80)}.`,
        );
      send({ jsonrpc: '2.0', id, result: await handle(method, parsed.data) });
    } catch (error) {
      if (!(error instanceof HeadgateError)) log('error', 'rpc.failed', { method: method.slice(0, 40), ...factsOf(error) });
      send(rpcFailure(id, toErrorData(error)));
      // Whoever has not said who it is gets one try. A door that has a better code closes with it first.
      if (!isKnown()) setImmediate(() => close(CLOSE.unauthenticated, 'the first message must say who it is'));
    }
  };

  const looking = setInterval(() => {
    if (isKnown()) clearInterval(looking);
    else if (carrier.bytesRead > MAX_FIRST_BYTES) socket.terminate();
  }, LOOK_MS);
  socket.on('close', () => clearInterval(looking));

  socket.on('message', (data, isBinary) => {
    const text = isBinary ? null : String(data);
    if (text === null || (!isKnown() && text.length > MAX_FIRST_MESSAGE_CHARS))
      return close(CLOSE.badMessage, 'not a message of this protocol');
    const message = parseRpc(parseJson(text));
    if (message === null) return close(CLOSE.badMessage, 'not a message of this protocol');
    onMessage();
    if (message.kind !== 'request') return;
    working += 1;
    if (working === PAUSE_AT) socket.pause();
    void answer(message.id, message.method, message.params).finally(() => {
      working -= 1;
      if (working === RESUME_AT && socket.isPaused) socket.resume();
    });
  });

  return {
    notify: (method, params) => send({ jsonrpc: '2.0', method, params }),
    close,
    isOpen: () => socket.readyState === socket.OPEN,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
