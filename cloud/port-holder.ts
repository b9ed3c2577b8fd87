// Who holds a port, as far as this system tells: on Linux the listening socket's inode in /proc/net, then the process that
// has it open. Elsewhere, or when that process is another user's, nobody can be named.
import { readdir, readFile, readlink } from 'node:fs/promises';

export interface PortHolder {
  pid: number;
  command: string;
}

export async function findPortHolder(port: number): Promise<PortHolder | null> {
  const inodes = new Set((await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((table) => listeningInodes(table, port)))).flat());
  if (inodes.size === 0) return null;
  for (const pid of await listPids()) {
    const open = await list(`/proc/${pid}/fd`);
    for (const fd of open) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined && inodes.has(inode)) return { pid, command: await commandOf(pid) };
    }
  }
  return null;
}

/** The program's file name; a thread's name where the command line is hidden. */
async function commandOf(pid: number): Promise<string> {
  const [program = ''] = (await read(`/proc/${pid}/cmdline`)).split('\0');
  return program.split('/').at(-1)?.slice(0, 60) || (await read(`/proc/${pid}/comm`)).trim();
}

const LISTENING = '0A';

async function listeningInodes(table: string, port: number): Promise<string[]> {
  const lines = (await read(table)).split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === LISTENING && local !== undefined && inode !== undefined && Number.parseInt(local.split(':')[1] ?? '', 16) === port
      ? [inode]
      : [];
  });
}

async function listPids(): Promise<number[]> {
  return (await list('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
