// The thread in which large texts and documents are scanned.
import { parentPort } from 'node:worker_threads';
import type { Scan } from '../../../shared/gate/findings.ts';
import type { Answered, Numbered } from '../../thread.ts';
import { type PackedScan, packScan } from './packed-scan.ts';
import { scanBytes, scanTexts } from './scan-content.ts';

export type ScanTask = { texts: readonly string[] } | { bytes: Uint8Array };

const FAILED: Scan = { findings: [], inspected: false, problem: 'the scan failed' };

parentPort?.on('message', async (task: Numbered<ScanTask>) => {
  const scan = 'texts' in task ? scanTexts(task.texts) : await scanBytes(task.bytes).catch(() => FAILED);
  const answer = packScan(scan);
  parentPort?.postMessage({ id: task.id, answer } satisfies Answered<PackedScan>, [answer.numbers.buffer]);
});
