// The thread in which large texts and documents are scanned.
import { parentPort } from 'node:worker_threads';
import type { Scan } from '../../../shared/gate/findings.ts';
import { scanBytes, scanTexts } from './scan-content.ts';

export type ScanTask = { id: number; texts: readonly string[] } | { id: number; bytes: Uint8Array };

const FAILED: Scan = { findings: [], inspected: false, problem: 'the scan failed' };

parentPort?.on('message', async (task: ScanTask) => {
  const scan = 'texts' in task ? scanTexts(task.texts) : await scanBytes(task.bytes).catch(() => FAILED);
  parentPort?.postMessage({ id: task.id, scan });
});
