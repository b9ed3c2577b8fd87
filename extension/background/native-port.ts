// The worker's JSON-RPC client over native messaging. One port at a time; it is opened by an event (a call, a screen, a
// click), greets with `host.hello`, and is opened again once by itself when it closes unexpectedly.
//
// A port is in one of these: *closed* (none wanted yet) → *greeting* (connected, hello under way; calls wait for it) →
// *ready* → *down* (closed with a code). From *down* any call or `connect()` starts over. After an unexpected close of a
// ready port it starts over by itself, at most `MAX_RETRIES` times in a row with a growing pause; a host that is missing,
// forbidden or of another version is not retried, because only the person can change that.
//
// Every pending call is settled exactly once: by its answer, its deadline, or the port's close.
import type * as z from 'zod';
import browser, { type Runtime } from 'webextension-polyfill';
import { type ErrorCode, fromErrorData, HeadgateError } from '../../shared/errors.ts';
import { type HostStatus, NATIVE_METHODS, NATIVE_NOTIFICATIONS, type NativeMethod } from '../../shared/protocol/native.ts';
import { type ParamsIn, parseRpc, type ResultOf, type RpcMessage } from '../../shared/protocol/rpc.ts';
import { PROTOCOL } from '../../shared/protocol/version.ts';
import type { HostState } from '../screen-protocol.ts';
import { createChunkJoiner } from './chunks.ts';
import { classifyDisconnect } from './classify-disconnect.ts';

export const HOST_NAME = 'app.headgate.host';
export const DEADLINE_MS = 15_000;
/** Calls during which the person or another machine takes its time, or all of a large run is taken back. */
const LONG_DEADLINES_MS: Partial<Record<NativeMethod, number>> = {
  'grants.choose': 600_000,
  'approvals.chooseAlways': 600_000,
  'pair.start': 60_000,
  'runs.start': 60_000,
  'runs.undo': 600_000,
  'ledger.verify': 60_000,
  'host.check': 60_000,
};
const RETRY_PAUSES_MS = [0, 500, 2_000];
export const MAX_RETRIES = RETRY_PAUSES_MS.length;
/** A port that was ready for this long was well; what closes it later is a new trouble. */
const SETTLED_MS = 10_000;

type Notifications = { [Name in keyof typeof NATIVE_NOTIFICATIONS]: z.infer<(typeof NATIVE_NOTIFICATIONS)[Name]> };

export interface NativePortEvents {
  /** The port's state changed. `status` comes with the greeting. */
  onState(state: HostState, status?: HostStatus): void;
  onRunChanged(run: Notifications['run.changed']): void;
  /** What came of a run that was started with `follow`. */
  onRunResult(told: Notifications['run.result']): void;
  onStatusChanged(status: HostStatus): void;
  onApprovalsChanged(count: number): void;
}

export interface NativePort {
  /** Calls the host, connecting first where needed. Throws HeadgateError: the host's own, `timeout`, or the layer that is down. */
  ask<Name extends NativeMethod>(
    method: Name,
    params: ParamsIn<typeof NATIVE_METHODS, Name>,
  ): Promise<ResultOf<typeof NATIVE_METHODS, Name>>;
  /** Connects unless a port is open. Never throws: `onState` tells. */
  connect(): Promise<void>;
}

interface Pending {
  schema: z.ZodType;
  resolve(result: unknown): void;
  reject(error: HeadgateError): void;
}

interface Connection {
  port: Runtime.Port;
  pending: Map<number, Pending>;
  greeted: Promise<void>;
  /** When the host answered the greeting; `null` until then. */
  readyAt: number | null;
}

export function createNativePort(events: NativePortEvents): NativePort {
  let connection: Connection | null = null;
  let nextId = 1;
  let retries = 0;
  /** What the last try ended with; a port that is ready has none. */
  let trouble: ErrorCode | null = null;

  function open(): Connection {
    const port = browser.runtime.connectNative(HOST_NAME);
    const join = createChunkJoiner();
    const opened: Connection = { port, pending: new Map(), greeted: Promise.resolve(), readyAt: null };
    const receive = (message: unknown) => {
      const parsed = parseRpc(message);
      if (parsed?.kind === 'notification' && parsed.method === '$chunk') {
        const chunk = NATIVE_NOTIFICATIONS.$chunk.safeParse(parsed.params);
        const joined = chunk.success ? parseRpc(join(chunk.data)) : null;
        if (joined !== null) dispatch(opened, joined);
      } else if (parsed !== null) dispatch(opened, parsed);
    };
    port.onMessage.addListener(receive);
    port.onDisconnect.addListener((closed) => close(opened, classifyDisconnect(disconnectText(closed))));
    connection = opened;
    opened.greeted = greet(opened);
    // Whoever asked gets the failure; without this a greeting that nobody waits for would be an unhandled rejection.
    opened.greeted.catch(() => undefined);
    return opened;
  }

  async function greet(opened: Connection): Promise<void> {
    // Later tries are quiet: a screen keeps saying what is down until it no longer is.
    if (retries <= 1) events.onState(connecting());
    const { name, version } = browser.runtime.getManifest();
    try {
      const hello = await send(opened, 'host.hello', {
        protocol: PROTOCOL,
        client: { kind: 'extension', name: name.slice(0, 80), version },
      });
      opened.readyAt = Date.now();
      trouble = null;
      events.onState({ state: 'ready' }, hello.status);
    } catch (error) {
      const code = error instanceof HeadgateError ? error.code : 'internal';
      close(opened, code === 'timeout' ? 'agent_down' : code);
      throw error;
    }
  }

  function send<Name extends NativeMethod>(
    to: Connection,
    method: Name,
    params: ParamsIn<typeof NATIVE_METHODS, Name>,
  ): Promise<ResultOf<typeof NATIVE_METHODS, Name>> {
    const id = nextId++;
    return new Promise((resolve, reject) => {
      const deadlineMs = LONG_DEADLINES_MS[method] ?? DEADLINE_MS;
      const timer = setTimeout(
        () => settle()?.reject(new HeadgateError('timeout', `The host did not answer ${method} within ${deadlineMs / 1000} s.`)),
        deadlineMs,
      );
      const settle = () => {
        clearTimeout(timer);
        const pending = to.pending.get(id);
        to.pending.delete(id);
        return pending;
      };
      to.pending.set(id, {
        schema: NATIVE_METHODS[method].result,
        // The schema of this very method has parsed it (see `dispatch`).
        resolve: (result) => settle() && resolve(result as ResultOf<typeof NATIVE_METHODS, Name>),
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      try {
        to.port.postMessage({ jsonrpc: '2.0', id, method, params });
      } catch (cause) {
        // A closed port, or a message above the browser's 64 MiB.
        const code = /size|64/i.test(String(cause)) ? 'too_large' : 'host_crashed';
        to.pending.get(id)?.reject(new HeadgateError(code, 'The message could not be sent to the host.', { cause }));
      }
    });
  }

  function dispatch(from: Connection, message: RpcMessage): void {
    if (message.kind === 'notification') notify(message.method, message.params);
    if (message.kind === 'notification' || message.kind === 'request') return;
    const pending = typeof message.id === 'number' ? from.pending.get(message.id) : undefined;
    if (pending === undefined) return;
    if (message.kind === 'failure') {
      const { code, next } = message.error.data;
      pending.reject(fromErrorData({ code, message: message.error.message, next }));
      return;
    }
    const result = pending.schema.safeParse(message.result);
    if (result.success) pending.resolve(result.data);
    else
      pending.reject(new HeadgateError('version_mismatch', 'The host answered in a form that this extension does not know. Update both.'));
  }

  function notify(method: string, params: unknown): void {
    if (method === 'run.changed') whenParsed(NATIVE_NOTIFICATIONS['run.changed'], params, events.onRunChanged);
    if (method === 'run.result') whenParsed(NATIVE_NOTIFICATIONS['run.result'], params, events.onRunResult);
    if (method === 'status.changed') whenParsed(NATIVE_NOTIFICATIONS['status.changed'], params, events.onStatusChanged);
    if (method === 'approvals.changed')
      whenParsed(NATIVE_NOTIFICATIONS['approvals.changed'], params, ({ count }) => events.onApprovalsChanged(count));
  }

  function close(closed: Connection, code: ErrorCode): void {
    if (connection !== closed) return;
    connection = null;
    closed.port.disconnect();
    for (const pending of [...closed.pending.values()])
      pending.reject(new HeadgateError(code, 'The connection to the host closed before it answered.'));
    const pause = pauseBeforeRetry(closed, code);
    if (pause !== 0 || closed.readyAt === null) trouble = code;
    // The first try follows at once, so that an agent that was restarted does not flash as a host that is down.
    events.onState(pause === 0 ? connecting() : { state: 'down', code });
    if (pause !== null) setTimeout(() => void reach().catch(() => undefined), pause);
  }

  function pauseBeforeRetry(closed: Connection, code: ErrorCode): number | null {
    if (code !== 'host_crashed' && code !== 'agent_down') return null;
    if (closed.readyAt !== null && Date.now() - closed.readyAt > SETTLED_MS) retries = 0;
    const pause = RETRY_PAUSES_MS[retries] ?? null;
    if (pause !== null) retries += 1;
    return pause;
  }

  const connecting = (): HostState => (trouble === null ? { state: 'connecting' } : { state: 'connecting', after: trouble });

  async function reach(): Promise<Connection> {
    const current = connection ?? open();
    await current.greeted;
    return current;
  }

  return {
    async ask(method, params) {
      return send(await reach(), method, params);
    },
    async connect() {
      if (connection === null) retries = 0;
      await reach().catch(() => undefined);
    },
  };
}

function whenParsed<Schema extends z.ZodType>(schema: Schema, value: unknown, then: (value: z.infer<Schema>) => void): void {
  const parsed = schema.safeParse(value);
  if (parsed.success) then(parsed.data);
}

/** Firefox tells on the port, Chromium in `runtime.lastError`, which must be read inside the listener. */
function disconnectText(port: Runtime.Port): string | undefined {
  return port.error?.message ?? browser.runtime.lastError?.message;
}
