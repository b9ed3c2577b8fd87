// What the chaos test does to real files: small runs that together pass every fault point, going forwards or when undone.
import { chmodSync, existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FaultPoint } from '../../native-host/journal/fault-points.ts';
import type { HostOp } from '../../native-host/ops/op.ts';
import type { GrantId, HandleId } from '../../shared/ids.ts';

export interface Act {
  op: HostOp;
  args(grant: GrantId, text: (content: string) => HandleId, more: More): object;
}

/** What only some acts need. */
export interface More {
  /** The address of a path on a server that answers in parts, some after a redirect. */
  url(path: string): string;
  /** The grant of the folder that a browser downloads to. */
  inbox: GrantId;
}

export interface Scenario {
  name: string;
  acts: readonly Act[];
  /** Where the browser's downloads lie. */
  inbox?: 'same disk' | 'other disk';
  /** Its undo is that of a kind of change which another scenario has already: killed only in full. */
  undoIsKnown?: true;
}

/** Points that no change passes, only the undo of one. */
export const ONLY_IN_UNDO: readonly FaultPoint[] = ['rmdir.removed', 'remove.displaced', 'remove.removed'];

/** What a browser calls a download that it makes for the host. */
export const IN_INBOX = `hg-${'0a'.repeat(16)}`;
/** A disk of its own on most Linux systems; without one, a move across disks cannot be played here. */
export const OTHER_DISK = '/dev/shm';
export const hasOtherDisk = (here: string): boolean => existsSync(OTHER_DISK) && statSync(OTHER_DISK).dev !== statSync(here).dev;

const OLD = new Date('2020-02-03T04:05:06.789Z');

/** The tree that every scenario starts from. */
export function writeTree(folder: string): void {
  const file = (path: string, content: string | Buffer, mode: number): void => {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    chmodSync(full, mode);
    utimesSync(full, OLD, OLD);
  };
  file('a.txt', 'the old version', 0o604);
  file('b.txt', Buffer.alloc(3_000_000, 'b'), 0o640);
  file('sub/c.txt', 'c', 0o600);
  file('sub/deep/d.txt', 'd', 0o600);
}

const at = (grant: GrantId, path: string) => ({ grant, path });

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'create',
    acts: [{ op: 'fs.create', args: (grant, text) => ({ grant, path: 'sub', name: 'new.md', content: [text('new')] }) }],
  },
  {
    name: 'write',
    acts: [{ op: 'fs.write', args: (grant, text) => ({ target: [at(grant, 'a.txt')], content: [text('the new version')] }) }],
  },
  {
    name: 'append to a large file',
    acts: [{ op: 'fs.append', args: (grant, text) => ({ target: [at(grant, 'b.txt')], content: [text(' and more')] }) }],
  },
  { name: 'copy', acts: [{ op: 'fs.copy', args: (grant) => ({ target: [at(grant, 'b.txt')], ...at(grant, 'sub/b.txt') }) }] },
  {
    name: 'move several files',
    acts: [
      {
        op: 'fs.move',
        args: (grant) => ({
          moves: [
            { from: at(grant, 'a.txt'), to: 'sub/a.txt' },
            { from: at(grant, 'sub/c.txt'), to: 'c.txt' },
            { from: at(grant, 'sub/deep/d.txt'), to: 'd.txt' },
          ],
        }),
      },
    ],
  },
  { name: 'move a folder', acts: [{ op: 'fs.move', args: (grant) => ({ moves: [{ from: at(grant, 'sub'), to: 'other' }] }) }] },
  { name: 'make folders', acts: [{ op: 'fs.mkdir', args: (grant) => ({ ...at(grant, 'x/y'), parents: true }) }] },
  { name: 'trash', acts: [{ op: 'fs.trash', args: (grant) => ({ target: [at(grant, 'a.txt'), at(grant, 'sub/c.txt')] }) }] },
  { name: 'trash a folder', acts: [{ op: 'fs.trash', args: (grant) => ({ target: [at(grant, 'sub')] }) }] },
  {
    name: 'trash and restore',
    acts: [
      { op: 'fs.trash', args: (grant) => ({ target: [at(grant, 'a.txt')] }) },
      { op: 'fs.restore', args: () => ({ changes: [1] }) },
    ],
  },
  {
    name: 'download',
    undoIsKnown: true,
    acts: [{ op: 'net.download', args: (grant, _text, { url }) => ({ grant, path: 'sub', url: url('/report.bin') }) }],
  },
  {
    name: 'download to a name that is taken, after a redirect',
    undoIsKnown: true,
    acts: [{ op: 'net.download', args: (grant, _text, { url }) => ({ grant, url: url('/go?to=/a.txt') }) }],
  },
  {
    name: 'file what the browser downloaded',
    inbox: 'same disk',
    undoIsKnown: true,
    acts: [{ op: 'net.collect', args: (grant, _text, { inbox }) => collect(grant, inbox) }],
  },
  {
    name: 'file what the browser downloaded to another disk',
    inbox: 'other disk',
    undoIsKnown: true,
    acts: [{ op: 'net.collect', args: (grant, _text, { inbox }) => collect(grant, inbox) }],
  },
];

function collect(grant: GrantId, inbox: GrantId): object {
  return { target: [{ grant: inbox, path: IN_INBOX }], grant, path: 'sub', url: 'https://files.example/report.bin' };
}
