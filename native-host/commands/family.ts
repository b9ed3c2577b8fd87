// Which processes belong to a command: all that it started, and all that those started. They are found by parent, by session
// and by a mark in their environment, and remembered, so that one which lets itself be adopted, opens a session of its own
// or forgets its environment is still known if it was seen once. In bubblewrap's process namespace the first way finds all.
import { readdirSync, readFileSync } from 'node:fs';
import { runProcess } from '../spawn.ts';

export interface ProcessRow {
  pid: number;
  parent: number;
  session: number;
  threads: number;
  /** When it began, in the system's own measure: tells two processes of one number apart. `0` where it is not known. */
  start: number;
  ended: boolean;
}

/** The environment variable that marks what a command started. */
export const MARK = 'HEADGATE_RUN';

/** The processes of this machine. */
export async function listProcesses(platform: NodeJS.Platform = process.platform): Promise<ProcessRow[]> {
  if (platform === 'linux') return listFromProc();
  if (platform === 'win32') return [];
  const { stdout } = await runProcess('ps', ['-A', '-o', 'pid=,ppid=,pgid=,state='], { deadlineMs: 2_000, maxOutputBytes: 4_000_000 });
  return stdout
    .toString()
    .split('\n')
    .flatMap((line) => {
      const [pid, parent, session, state] = line.trim().split(/\s+/);
      return pid
        ? [
            {
              pid: Number(pid),
              parent: Number(parent),
              session: Number(session),
              threads: 1,
              start: 0,
              ended: state?.startsWith('Z') ?? false,
            },
          ]
        : [];
    });
}

function listFromProc(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const row = parseStat(Number(name), readProc(`${name}/stat`));
      return row === null ? [] : [row];
    });
}

/** Fields of `/proc/PID/stat` (proc_pid_stat(5)). The name in parentheses may hold anything, so they count from its end. */
export function parseStat(pid: number, text: string): ProcessRow | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, , session] = fields;
  if (state === undefined || parent === undefined) return null;
  return {
    pid,
    parent: Number(parent),
    session: Number(session),
    threads: Number(fields[17] ?? 1),
    start: Number(fields[19] ?? 0),
    ended: state === 'Z' || state === 'X',
  };
}

/** A file of /proc, empty when its process has gone. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    return '';
  }
}

/**
 * Who of these belongs to the process `root`: it, its session, its children and theirs, what `seen` names by number and
 * start, and what `isMarked` says carries the mark. Pure.
 */
export function familyOf(
  rows: readonly ProcessRow[],
  root: number,
  seen: ReadonlyMap<number, number>,
  isMarked: (row: ProcessRow) => boolean = () => false,
): ProcessRow[] {
  const family = new Set<number>();
  for (const row of rows) {
    if (row.pid === root || row.session === root || (seen.has(row.pid) && seen.get(row.pid) === row.start) || isMarked(row))
      family.add(row.pid);
  }
  const children = Map.groupBy(rows, (row) => row.parent);
  const open = [...family, root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (family.has(child.pid)) continue;
      family.add(child.pid);
      open.push(child.pid);
    }
  }
  return rows.filter((row) => family.has(row.pid) && !row.ended);
}

/** Whether a process carries this mark; only the person's own can be looked at. */
export function carriesMark(row: ProcessRow, mark: string): boolean {
  return readProc(`${row.pid}/environ`).split('\0').includes(`${MARK}=${mark}`);
}

/** Memory that is this process's alone, or shared by writing, in bytes: not the programs and files that it has mapped. */
export function memoryOf(row: ProcessRow): number {
  const status = readProc(`${row.pid}/status`);
  return ['RssAnon', 'RssShmem'].reduce(
    (sum, name) => sum + Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024,
    0,
  );
}

/** Sends a signal to each that still is what it was. */
export function signalFamily(family: readonly ProcessRow[], signal: NodeJS.Signals, platform: NodeJS.Platform = process.platform): void {
  for (const row of family) {
    const now = platform === 'linux' ? parseStat(row.pid, readProc(`${row.pid}/stat`)) : row;
    if (now === null || now.start !== row.start) continue;
    try {
      process.kill(row.pid, signal);
    } catch {
      // It has gone meanwhile.
    }
  }
}
