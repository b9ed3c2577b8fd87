// What must reach the cloud, in order, however often the link breaks. Rows are written in the transaction that makes them
// true and leave when the cloud has answered; the cloud takes repeats as one.
import type { RunId } from '../../shared/ids.ts';
import { HeadgateError } from '../../shared/errors.ts';
import type { Store } from '../state/database.ts';
import type { Link, Outgoing } from './socket.ts';

export type OutboxMethod = 'run.submit' | 'task.report' | 'run.cancel' | 'run.replicate' | 'request.report';

export interface Outbox {
  /** Within the caller's transaction. */
  put(run: RunId, method: OutboxMethod, params: unknown): void;
  /** Sends what is there; call after the transaction, and when the link is back. */
  flush(): void;
  size(): number;
  /** Before the store is closed: what was not acknowledged goes again next time. */
  close(): void;
}

interface Row {
  n: number;
  run: RunId;
  method: OutboxMethod;
  params: string;
}

const IN_FLIGHT = 64;
const ACK_EVERY_MS = 50;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

/** `prepare` completes a row just before it goes (sealing, names, no words), or drops it by answering `null`. */
export function createOutbox(
  store: Store,
  link: () => Link,
  prepare: (method: OutboxMethod, params: unknown) => Promise<Outgoing<OutboxMethod> | null>,
  log: (line: string) => void,
): Outbox {
  const sent = new Set<number>();
  let acked: number[] = [];
  let ackTimer: NodeJS.Timeout | null = null;
  let retryTimer: NodeJS.Timeout | null = null;
  let pause = FIRST_RETRY_MS;
  let closed = false;
  let chain: Promise<void> = Promise.resolve();

  const acknowledge = (n: number): void => {
    if (closed) return;
    pause = FIRST_RETRY_MS;
    acked.push(n);
    ackTimer ??= setTimeout(() => {
      ackTimer = null;
      const done = acked;
      acked = [];
      // A row that comes back after a power cut is sent once more.
      store.unsynced(() => {
        for (const row of done) store.run('DELETE FROM outbox WHERE n = ?', row);
      });
      for (const row of done) sent.delete(row);
      if (done.length > 0) flush();
    }, ACK_EVERY_MS);
  };

  /** The link's return brings a lost row back at once; the timer is for a cloud that is there and could not take it now. */
  const tryAgainLater = (n: number): void => {
    sent.delete(n);
    if (closed || retryTimer !== null) return;
    retryTimer = setTimeout(
      () => {
        retryTimer = null;
        flush();
      },
      pause * (0.5 + Math.random() / 2),
    ).unref();
    pause = Math.min(LONGEST_RETRY_MS, pause * 2);
  };

  const send = async (row: Row): Promise<void> => {
    const params = await prepare(row.method, JSON.parse(row.params));
    if (params === null) return acknowledge(row.n);
    // Sent in order on one socket; answers are awaited apart, so that rows do not wait for each other's round trip.
    link()
      // `prepare` has made them for this method.
      .ask(row.method, params as never)
      .then(
        () => acknowledge(row.n),
        (error: unknown) => {
          if (error instanceof HeadgateError && !isPassing(error)) {
            log(`the cloud refused ${row.method} (${error.code})`);
            acknowledge(row.n);
          } else tryAgainLater(row.n);
        },
      );
  };

  const flush = (): void => {
    if (closed || link().state().state !== 'connected') return;
    const rows = store.all<Row>('SELECT n, run, method, params FROM outbox ORDER BY n LIMIT ?', IN_FLIGHT);
    for (const row of rows) {
      if (sent.has(row.n)) continue;
      sent.add(row.n);
      chain = chain.then(() => send(row)).catch(() => tryAgainLater(row.n));
    }
  };

  return {
    put(run, method, params) {
      store.run('INSERT INTO outbox (run, method, params) VALUES (?, ?, ?)', run, method, JSON.stringify(params));
    },
    flush,
    close() {
      closed = true;
      for (const timer of [ackTimer, retryTimer]) if (timer !== null) clearTimeout(timer);
    },
    size: () => store.get<{ count: number }>('SELECT count(*) AS count FROM outbox')?.count ?? 0,
  };
}

/** Errors after which the same message may still be taken. */
function isPassing(error: HeadgateError): boolean {
  return ['cloud_away', 'timeout', 'busy', 'internal', 'unavailable', 'cancelled'].includes(error.code);
}
