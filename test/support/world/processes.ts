// The proof that a world left nothing: processes found by the world's folder in their command line or environment, and a
// port by dialling it. Ends what is left, by number, so that a failed test does not disturb the next one.
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';

export { endProcess, isThere, waitUntilGone } from '../../../native-host/checkout/children.ts';

export interface LeftProcess {
  pid: number;
  command: string;
}

/** Processes that know `folder`, without this one. Only Linux tells; elsewhere the list is empty. */
export function findProcesses(folder: string): LeftProcess[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const command = readQuietly(`/proc/${name}/cmdline`);
      const known = command.includes(folder) || readQuietly(`/proc/${name}/environ`).includes(folder);
      return known && !isZombie(name) ? [{ pid: Number(name), command: command.replaceAll('\0', ' ').slice(0, 200) }] : [];
    });
}

function isZombie(pid: string): boolean {
  return /\) Z /.test(readQuietly(`/proc/${pid}/stat`));
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** Bytes of memory that a process holds; Linux only. */
export function memoryOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readQuietly(`/proc/${pid}/status`))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

export function isPortOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
