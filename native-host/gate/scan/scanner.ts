// Scans content for secrets and personal data. Small texts at once; large ones in a thread of their own, so that the thread
// which keeps the heartbeat never stands still. A scan that takes too long is ended and counts as not inspected: so does one
// whose thread died.
import type { Scan } from '../../../shared/gate/findings.ts';
import { createThread } from '../../thread.ts';
import { findBase64Runs } from './base64-runs.ts';
import { type PackedScan, unpackScan } from './packed-scan.ts';
import { isSlowToScan, scanBytes, scanTexts } from './scan-content.ts';
import type { ScanTask } from './worker.ts';

/** UTF-16 units, or bytes, up to which a scan takes a few milliseconds at most; and so much base64, which may hold what unpacks to far more. */
const SMALL = 64_000;
const SMALL_ENCODED = 1_500;
/** A document that needs more than this to be read ends its thread, and is not inspected. */
const MEGABYTES = 768;
/** Ten times what the largest texts take on a slow machine. */
const DEADLINE_MS = 10_000;
const NO_END: Scan = { findings: [], inspected: false, problem: 'looking through it took too long, or failed' };

export interface Scanner {
  /** Never rejects but for a cancelled signal: what goes wrong is a scan that did not inspect. */
  texts(texts: readonly string[], signal?: AbortSignal): Promise<Scan>;
  bytes(bytes: Uint8Array, signal?: AbortSignal): Promise<Scan>;
  close(): void;
}

/** Whether texts are looked through in a few milliseconds, so that no thread is needed for it. */
export function isSmall(texts: readonly string[]): boolean {
  if (texts.reduce((sum, text) => sum + text.length, 0) > SMALL) return false;
  const encoded = texts.flatMap((text) => findBase64Runs(text)).reduce((sum, { start, end }) => sum + end - start, 0);
  return encoded <= SMALL_ENCODED;
}

export function createScanner(deadlineMs = DEADLINE_MS): Scanner {
  const source = new URL('./worker.ts', import.meta.url);
  const thread = createThread<ScanTask, PackedScan>({ bundled: 'scan.cjs', source, deadlineMs, megabytes: MEGABYTES });
  const inThread = async (task: ScanTask, signal?: AbortSignal): Promise<Scan> => {
    const packed = await thread.ask(task, signal);
    return packed === null ? NO_END : unpackScan(packed);
  };
  return {
    close: thread.close,
    async texts(texts, signal) {
      return isSmall(texts) ? scanTexts(texts) : inThread({ texts }, signal);
    },
    async bytes(bytes, signal) {
      return bytes.length <= SMALL && !isSlowToScan(bytes) ? scanBytes(bytes) : inThread({ bytes }, signal);
    },
  };
}
