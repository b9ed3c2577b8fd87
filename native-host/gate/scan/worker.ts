// The thread in which large texts are scanned.
import { parentPort } from 'node:worker_threads';
import { scanBytes, scanTexts } from './scan-content.ts';

export type ScanTask = { id: number; texts: readonly string[] } | { id: number; bytes: Uint8Array };

parentPort?.on('message', (task: ScanTask) => {
  parentPort?.postMessage({ id: task.id, scan: 'texts' in task ? scanTexts(task.texts) : scanBytes(task.bytes) });
});
