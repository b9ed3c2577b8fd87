// Changing ops and undo on a granted folder: short ways to call them, and the whole tree as values to compare.
import { chmodSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash, randomBytes } from 'node:crypto';
import { type UndoItem, undoChanges } from '../../../native-host/journal/undo.ts';
import type { OpContext, OpResult } from '../../../native-host/ops/op.ts';
import type { HostOp } from '../../../native-host/ops/op.ts';
import { performOp } from './perform-op.ts';
import { createHandleStore } from '../../../native-host/state/handles.ts';
import { makeId, type RunId } from '../../../shared/ids.ts';
import type { Granted } from './granted.ts';

/** Another run on the same folder. */
export function nextRun(granted: Granted): OpContext {
  const run = makeId('r', randomBytes);
  return { ...granted.context, run, handles: createHandleStore(granted.store, { run, device: null }, granted.context.now) };
}

export function at(granted: Granted, path: string) {
  return { grant: granted.grant.id, path };
}

export function textHandle(context: OpContext, text: string) {
  return context.handles.putText('text', text, 'open').handle;
}

/** Does one op in a run of its own and gives that run. */
export async function change(granted: Granted, op: HostOp, args: object): Promise<{ run: RunId; result: OpResult }> {
  const context = nextRun(granted);
  return { run: context.run, result: await performOp(op, args, context) };
}

export async function writeText(granted: Granted, op: 'fs.write' | 'fs.append', path: string, text: string, more: object = {}) {
  const context = nextRun(granted);
  const result = await performOp(op, { target: [at(granted, path)], content: [textHandle(context, text)], ...more }, context);
  return { run: context.run, result };
}

export async function createText(granted: Granted, name: string, text: string, path = '') {
  const context = nextRun(granted);
  const result = await performOp('fs.create', { grant: granted.grant.id, path, name, content: [textHandle(context, text)] }, context);
  return { run: context.run, result };
}

export function undo(granted: Granted, run: RunId): Promise<UndoItem[]> {
  return undoChanges({ journal: granted.context.journal, grants: granted.grants, now: granted.context.now }, run);
}

export interface TreeOptions {
  times?: boolean;
}

/** A larger file is compared by its hash. */
const IN_CLEAR = 10_000;

/** Every name below a folder with its mode and, for files, bytes and (to a tenth of a second) time. */
export function treeOf(folder: string, { times = true }: TreeOptions = {}): Record<string, string> {
  const tree: Record<string, string> = {};
  const walk = (path: string): void => {
    for (const name of readdirSync(join(folder, path)).sort()) {
      const inner = path === '' ? name : `${path}/${name}`;
      const stat = lstatSync(join(folder, inner));
      const mode = (stat.mode & 0o7777).toString(8);
      if (stat.isDirectory()) {
        tree[inner] = `folder ${mode}`;
        walk(inner);
      } else tree[inner] = `${mode} ${times ? Math.round(stat.mtimeMs / 100) : ''} ${contentOf(readFileSync(join(folder, inner)))}`;
    }
  };
  walk('');
  return tree;
}

function contentOf(bytes: Buffer): string {
  return bytes.length <= IN_CLEAR ? bytes.toString('base64') : `sha256-${createHash('sha256').update(bytes).digest('hex')}`;
}

export function mode(path: string, value: number): void {
  chmodSync(path, value);
}
