// Network ports on which a process listens, as the kernel lists them: the process's descriptors by number, looked up in the
// tables of TCP and UDP. Linux only.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTENS = '0A';
/** A UDP socket that is bound has no state of its own: `07`, and no peer. */
const BOUND = '07';

/** `tcp 127.0.0.1:80`-like lines, hexadecimal as in /proc; empty when it listens on none. */
export function portsOf(pid: number): string[] {
  const inodes = new Set(descriptorsOf(pid).flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    readQuietly(`/proc/${pid}/net/${table}`)
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => inodes.has(inode ?? '') && state === (table.startsWith('tcp') ? LISTENS : BOUND))
      .map(([, address]) => `${table} ${address}`),
  );
}

function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return '';
      }
    });
  } catch {
    return [];
  }
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
