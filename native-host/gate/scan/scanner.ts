// Scans content for secrets and personal data. Small texts at once; large ones in a thread of their own, so that the thread
// which keeps the heartbeat never stands still. A scan that takes too long is ended and counts as not inspected: so does one
// whose thread died. The thread is started when it is needed and leaves after a while.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { HeadgateError } from '../../../shared/errors.ts';
import type { Scan } from '../../../shared/gate/findings.ts';
import { unpackScan } from './packed-scan.ts';
import { isSlowToScan, scanBytes, scanTexts } from './scan-content.ts';
import type { ScanAnswer, ScanTask } from './worker.ts';

/** UTF-16 units up to which a scan takes a few milliseconds at most. */
export const SMALL_CHARS = 64_000;
const WORKER_IDLE_MS = 20_000;
/** A document that needs more than this to be read ends its thread, and is not inspected. */
const WORKER_MEGABYTES = 768;
/** Ten times what the largest texts take on a slow machine. */
const SCAN_DEADLINE_MS = 10_000;

export interface Scanner {
  /** Never rejects but for a cancelled signal: what goes wrong is a scan that did not inspect. */
  texts(texts: readonly string[], signal?: AbortSignal): Promise<Scan>;
  bytes(bytes: Uint8Array, signal?: AbortSignal): Promise<Scan>;
  close(): void;
}

interface Waiting {
  settle(scan: Scan): void;
  timer: NodeJS.Timeout;
}

export function createScanner(deadlineMs = SCAN_DEADLINE_MS): Scanner {
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | null = null;
  let count = 0;
  const waiting = new Map<number, Waiting>();

  /** Ends the thread; every scan in it counts as not inspected. */
  const stop = (problem: string): void => {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    void worker?.terminate();
    worker = null;
    const lost = [...waiting.values()];
    waiting.clear();
    for (const { settle, timer } of lost) {
      clearTimeout(timer);
      settle({ findings: [], inspected: false, problem });
    }
  };
  const start = (): Worker => {
    const fresh = new Worker(workerFile(), { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: WORKER_MEGABYTES } });
    fresh.unref();
    fresh.on('message', ({ id, packed }: ScanAnswer) => {
      const entry = waiting.get(id);
      if (entry === undefined) return;
      waiting.delete(id);
      clearTimeout(entry.timer);
      entry.settle(unpackScan(packed));
      if (waiting.size === 0) idle = setTimeout(() => stop('the scanner was stopped'), WORKER_IDLE_MS).unref();
    });
    fresh.on('error', () => {
      if (worker === fresh) stop('the scan failed');
    });
    return fresh;
  };
  const inWorker = (task: { texts: readonly string[] } | { bytes: Uint8Array }, signal?: AbortSignal): Promise<Scan> => {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    worker ??= start();
    const id = ++count;
    return new Promise<Scan>((resolve, reject) => {
      const timer = setTimeout(() => stop('looking through it took too long'), deadlineMs);
      waiting.set(id, { settle: resolve, timer });
      signal?.addEventListener(
        'abort',
        () => {
          const entry = waiting.get(id);
          if (entry === undefined) return;
          waiting.delete(id);
          clearTimeout(entry.timer);
          reject(new HeadgateError('cancelled', 'Cancelled.'));
        },
        { once: true },
      );
      worker?.postMessage({ id, ...task } satisfies ScanTask);
    });
  };

  return {
    close: () => stop('the scanner was stopped'),
    async texts(texts, signal) {
      return texts.reduce((sum, text) => sum + text.length, 0) <= SMALL_CHARS ? scanTexts(texts) : inWorker({ texts }, signal);
    },
    async bytes(bytes, signal) {
      return bytes.length <= SMALL_CHARS && !isSlowToScan(bytes) ? scanBytes(bytes) : inWorker({ bytes }, signal);
    },
  };
}

/** The bundle's own file for the worker; from source the module itself. */
function workerFile(): string | URL {
  if (typeof __filename === 'string' && __filename.endsWith('.cjs')) return join(__dirname, 'scan.cjs');
  return new URL('./worker.ts', import.meta.url);
}
