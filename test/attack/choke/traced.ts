// Programs under strace: every call of the network and every opening of a file by them and all that they start, and what of
// it is not allowed: a port of the network, a connection out, or a file of the person outside the granted folder.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export interface Trace {
  calls: number;
  /** Files of the person that were opened, from `person` on. */
  opened: Set<string>;
  wrong: string[];
}

/** Whether strace is here and may trace. */
export function canTrace(): boolean {
  return process.platform === 'linux' && spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;
}

export function straceArguments(log: string, command: readonly string[]): string[] {
  return ['-f', '-y', '-s', '512', '-e', 'trace=network,open,openat,openat2,execve', '-o', log, ...command];
}

export function startTraced(log: string, command: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn('strace', straceArguments(log, command), { stdio: 'ignore', env });
  return { child, ended: new Promise<void>((resolve) => child.once('close', () => resolve())) };
}

/** Reads what strace wrote. `person` is the person's own folder, `granted` the part of it that may be opened. */
export function readTrace(log: string, person: string, granted: string): Trace {
  const lines = existsSync(log) ? readFileSync(log, 'latin1').split('\n') : [];
  /** Numbers of sockets of this machine's own kind. */
  const local = new Set<string>();
  const trace: Trace = { calls: lines.length, opened: new Set(), wrong: [] };
  for (const line of lines) {
    const call = /^\d+\s+(\w+)\((.*)$/.exec(line);
    if (call === null) continue;
    const [, name = '', rest = ''] = call;
    const socket = /socket:\[(\d+)\]/.exec(rest)?.[1] ?? '';
    if (name === 'socket' && /^AF_(UNIX|LOCAL),/.test(rest)) local.add(socket);
    if (name === 'listen' && !local.has(socket)) trace.wrong.push(`listens: ${line}`);
    if (name === 'bind' && /AF_INET6?/.test(rest)) trace.wrong.push(`binds: ${line}`);
    if ((name === 'connect' || name === 'sendto') && /sa_family=AF_INET6?/.test(rest)) trace.wrong.push(`connects: ${line}`);
    if (!name.startsWith('open')) continue;
    // With -y the result names what was really opened, whatever the way there.
    const opened = /= \d+<([^>]*)>/.exec(line)?.[1];
    if (opened === undefined || !isBelow(opened, person)) continue;
    trace.opened.add(opened.slice(person.length + 1));
    if (!isBelow(opened, granted)) trace.wrong.push(`opens: ${line}`);
  }
  return trace;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
