// Resident memory of a process and of nothing else, from /proc (kB → MB of 10⁶ bytes).
import { readFileSync } from 'node:fs';

export function residentMegabytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (line === null) throw new Error(`process ${pid} shows no VmRSS`);
  return Math.round((Number(line[1]) * 1024) / 1e5) / 10;
}
