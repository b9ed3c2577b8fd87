// The thread in which large texts and documents are scanned.
import { parentPort } from 'node:worker_threads';
import type { Scan } from '../../../shared/gate/findings.ts';
import { type PackedScan, packScan } from './packed-scan.ts';
import { scanBytes, scanTexts } from './scan-content.ts';

export interface ScanAnswer {
  id: number;
  packed: PackedScan;
}
export type ScanTask = { id: number; texts: readonly string[] } | { id: number; bytes: Uint8Array };

const FAILED: Scan = { findings: [], inspected: false, problem: 'the scan failed' };

parentPort?.on('message', async (task: ScanTask) => {
  const scan = 'texts' in task ? scanTexts(task.texts) : await scanBytes(task.bytes).catch(() => FAILED);
  const packed = packScan(scan);
  parentPort?.postMessage({ id: task.id, packed } satisfies ScanAnswer, [packed.numbers.buffer]);
});
