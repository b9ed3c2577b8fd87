// Calls over the connection to the cloud that wait for their answer: each has a deadline, all of them together a cap, and what
// the cloud answers is parsed by the method's own schema.
import { fromErrorData, HeadgateError } from '../../shared/errors.ts';
import { AGENT_METHODS, type AgentMethod, MAX_AGENT_MESSAGE } from '../../shared/protocol/agent.ts';
import type { ParamsIn, ResultOf, RpcMessage } from '../../shared/protocol/rpc.ts';

const MAX_WAITING = 1_000;

/** What of a connection is needed to call over it. */
export interface Wire {
  readonly readyState: number;
  readonly OPEN: number;
  send(text: string): void;
}

interface Waiting {
  method: AgentMethod;
  resolve(value: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

export interface Calls {
  /** Throws `cloud_away` at once without an open connection, `busy`, `too_large`, `timeout`, `cancelled`, or what the cloud answers. */
  send<Name extends AgentMethod>(
    open: Wire | null,
    method: Name,
    params: ParamsIn<typeof AGENT_METHODS, Name>,
    deadlineMs: number,
    signal?: AbortSignal,
  ): Promise<ResultOf<typeof AGENT_METHODS, Name>>;
  /** An answer has come; one that nobody waits for is passed over. */
  settle(message: Extract<RpcMessage, { kind: 'result' | 'failure' }>): void;
  /** The connection is gone. */
  failAll(error: HeadgateError): void;
}

export function createCalls(): Calls {
  let waiting = new Map<number, Waiting>();
  let nextId = 1;
  return {
    send: (open, method, params, deadlineMs, signal) =>
      new Promise((resolve, reject) => {
        if (open === null || open.readyState !== open.OPEN) return reject(new HeadgateError('cloud_away', 'The cloud is away.'));
        if (waiting.size >= MAX_WAITING) return reject(new HeadgateError('busy', 'Too many requests to the cloud are waiting.'));
        const json = JSON.stringify({ jsonrpc: '2.0', id: nextId, method, params });
        if (Buffer.byteLength(json) > MAX_AGENT_MESSAGE)
          return reject(new HeadgateError('too_large', 'A message to the cloud is too large.'));
        const id = nextId++;
        const give = (error: HeadgateError) => {
          if (waiting.delete(id)) settled(() => reject(error));
        };
        const cancel = () => give(new HeadgateError('cancelled', 'Cancelled.'));
        const timer = setTimeout(() => give(new HeadgateError('timeout', 'The cloud did not answer in time.')), deadlineMs);
        // A signal outlives its questions by minutes, and what listens to it is kept as long, with the message.
        const settled = (tell: () => void): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', cancel);
          tell();
        };
        // The answer was parsed by the method's own schema before it is handed over.
        waiting.set(id, {
          method,
          timer,
          reject: (error) => settled(() => reject(error)),
          resolve: (value) => settled(() => (resolve as (value: unknown) => void)(value)),
        });
        signal?.addEventListener('abort', cancel, { once: true });
        open.send(json);
      }),
    settle(message) {
      const entry = typeof message.id === 'number' ? waiting.get(message.id) : undefined;
      if (entry === undefined || typeof message.id !== 'number') return;
      waiting.delete(message.id);
      clearTimeout(entry.timer);
      if (message.kind === 'failure')
        return entry.reject(
          fromErrorData({ code: message.error.data.code, message: message.error.message, next: message.error.data.next }),
        );
      const result = AGENT_METHODS[entry.method].result.safeParse(message.result);
      if (result.success) entry.resolve(result.data);
      else
        entry.reject(
          new HeadgateError('version_mismatch', `The cloud answered ${entry.method} in a way that this host does not understand.`),
        );
    },
    failAll(error) {
      const lost = waiting;
      waiting = new Map();
      for (const { reject, timer } of lost.values()) {
        clearTimeout(timer);
        reject(error);
      }
    },
  };
}
