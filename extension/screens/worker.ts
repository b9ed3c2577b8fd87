// A screen's end of its port to the worker. The worker may be put to sleep by the browser at any time: then the port
// closes, and connecting anew wakes it.
import browser, { type Runtime } from 'webextension-polyfill';
import type { ErrorData } from '../../shared/errors.ts';
import {
  type RunOutcome,
  SCREEN_PORT,
  type ScreenAnswer,
  type ScreenAsk,
  type ScreenMethod,
  type ScreenParams,
  type Snapshot,
  type WorkerMessage,
} from '../screen-protocol.ts';

/** Longer than the longest deadline of the worker itself, which is the host's folder chooser. */
const DEADLINE_MS = 620_000;

export type Ask = <Name extends ScreenMethod>(method: Name, params: ScreenParams<Name>) => Promise<ScreenAnswer<Name>>;

export interface WorkerListeners {
  /** `results`: of runs that this screen started and that are over in this snapshot. */
  onSnapshot(snapshot: Snapshot, results: readonly RunOutcome[]): void;
}

/** A failure as the worker tells it: a code with words, no Error of ours. */
export class ScreenFailure extends Error {
  readonly data: ErrorData;

  constructor(data: ErrorData) {
    super(data.message);
    this.data = data;
  }
}

const GONE: ErrorData = { code: 'cancelled', message: '', retryable: true };

/** Connects to the worker and stays connected until the page goes. Asks that a sleeping worker lost are failed as `cancelled`. */
export function connectWorker(listeners: WorkerListeners): Ask {
  const waiting = new Map<number, { resolve(result: unknown): void; reject(failure: ScreenFailure): void }>();
  let nextId = 1;
  let port = connect();

  function connect(): Runtime.Port {
    const connected = browser.runtime.connect({ name: SCREEN_PORT });
    connected.onMessage.addListener((message: unknown) => receive(message as WorkerMessage));
    connected.onDisconnect.addListener(() => {
      for (const { reject } of waiting.values()) reject(new ScreenFailure(GONE));
      waiting.clear();
      port = connect();
    });
    return connected;
  }

  function receive(message: WorkerMessage): void {
    switch (message.kind) {
      case 'snapshot':
        listeners.onSnapshot(message.snapshot, message.results);
        break;
      case 'answer':
        waiting.get(message.id)?.resolve(message.result);
        break;
      case 'failure':
        waiting.get(message.id)?.reject(new ScreenFailure(message.error));
        break;
    }
  }

  return (method, params) => {
    const id = nextId++;
    const ask: ScreenAsk = { kind: 'ask', id, method, params };
    let timer: ReturnType<typeof setTimeout>;
    const answered = new Promise<unknown>((resolve, reject) => {
      timer = setTimeout(() => reject(new ScreenFailure({ ...GONE, code: 'timeout' })), DEADLINE_MS);
      waiting.set(id, { resolve, reject });
      port.postMessage(ask);
    });
    // The worker answers a method with its own result (see ScreenAnswer); both ends are built together.
    return answered.finally(() => {
      clearTimeout(timer);
      waiting.delete(id);
    }) as Promise<ScreenAnswer<typeof method>>;
  };
}
