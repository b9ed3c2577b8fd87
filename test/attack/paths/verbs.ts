// Everything that takes a path or a handle: one row an op, or a tool of the MCP server. Each is called on the attacked path
// and tells how that ended and what it gave.
import { join } from 'node:path';
import type { HostOp } from '../../../native-host/ops/op.ts';
import { at, nextRun, textHandle } from '../../native-host/support/changing.ts';
import type { Granted } from '../../native-host/support/granted.ts';
import { performOp } from '../../native-host/support/perform-op.ts';
import type { Served } from '../../native-host/mcp/servers.ts';
import { type Refusal, refusalOf } from '../refusal.ts';

export interface Ended extends Refusal {
  verb: string;
  /** All text that the call gave back. */
  said: string;
}

type Arguments = (granted: Granted, path: string, name: string) => Record<string, unknown>;

/** `content` becomes a handle on that text; `name` is another one each time. */
const OPS: readonly (readonly [verb: string, op: HostOp, args: Arguments])[] = [
  ['list', 'fs.list', ({ grant }, path) => ({ grant: grant.id, path, documents: false })],
  ['read', 'fs.read', (granted, path) => ({ target: [granted.handleOf(path)] })],
  ['stat', 'fs.stat', (granted, path) => ({ target: [granted.handleOf(path)] })],
  ['text', 'doc.text', (granted, path) => ({ target: [granted.handleOf(path)] })],
  ['open', 'os.open', (granted, path) => ({ target: [granted.handleOf(path)] })],
  ['reveal', 'os.reveal', (granted, path) => ({ target: [granted.handleOf(path)] })],
  ['write', 'fs.write', (granted, path) => ({ target: [at(granted, path)], content: 'planted' })],
  ['append', 'fs.append', (granted, path) => ({ target: [at(granted, path)], content: 'planted' })],
  ['create in', 'fs.create', ({ grant }, path, name) => ({ grant: grant.id, path, name, content: 'planted' })],
  ['mkdir in', 'fs.mkdir', (granted, path, name) => at(granted, `${path}/${name}`)],
  ['mkdir with parents in', 'fs.mkdir', (granted, path, name) => ({ ...at(granted, `${path}/${name}/deep`), parents: true })],
  ['copy from', 'fs.copy', (granted, path, name) => ({ target: [at(granted, path)], ...at(granted, `copy-${name}`) })],
  ['copy from, by handle', 'fs.copy', (granted, path, name) => ({ target: [granted.handleOf(path)], ...at(granted, `copy-${name}`) })],
  ['copy into', 'fs.copy', (granted, path, name) => ({ target: [at(granted, 'plain.md')], ...at(granted, `${path}/${name}`) })],
  ['copy onto', 'fs.copy', (granted, path) => ({ target: [at(granted, 'plain.md')], ...at(granted, path) })],
  ['move from', 'fs.move', (granted, path, name) => ({ moves: [{ from: at(granted, path), to: `moved-${name}` }] })],
  ['move into', 'fs.move', (granted, path, name) => ({ moves: [{ from: at(granted, 'plain.md'), to: `${path}/${name}` }] })],
  ['move onto', 'fs.move', (granted, path) => ({ moves: [{ from: at(granted, 'plain.md'), to: path }] })],
  ['trash', 'fs.trash', (granted, path) => ({ target: [at(granted, path)] })],
];

export const OP_VERBS = OPS.map(([verb]) => verb);

export async function callOp(granted: Granted, verb: string, path: string, name: string): Promise<Ended> {
  const row = OPS.find(([known]) => known === verb);
  if (row === undefined) throw new TypeError(`no op is called ${verb}`);
  const [, op, argumentsOf] = row;
  const context = nextRun(granted);
  let said = '';
  const ended = await refusalOf(async () => {
    const { content, ...args } = argumentsOf({ ...granted, handleOf: handleIn(granted, context) }, path, name);
    const { outputs } = await performOp(
      op,
      content === undefined ? args : { ...args, content: [textHandle(context, String(content))] },
      context,
    );
    said = outputs.map(({ handle }) => JSON.stringify(context.handles.get(handle))).join('\n');
  });
  return { verb, ...ended, said };
}

/** A handle as an earlier step of this run would have left it: the cloud may name it whatever became of the file since. */
function handleIn(granted: Granted, context: ReturnType<typeof nextRun>): Granted['handleOf'] {
  return (path) => context.handles.putFile({ grant: granted.grant.id, path, size: 26, mtimeMs: 1, dev: 1, ino: 1 }, 'open').handle;
}

const TOOLS: readonly (readonly [tool: string, args: (path: string, name: string) => Record<string, unknown>])[] = [
  ['read_text_file', (path) => ({ path })],
  ['read_text_file', (path) => ({ path, head: 2 })],
  ['read_text_file', (path) => ({ path, tail: 2 })],
  ['read_media_file', (path) => ({ path })],
  ['read_multiple_files', (path) => ({ paths: [path, path] })],
  ['list_directory', (path) => ({ path })],
  ['list_directory_with_sizes', (path) => ({ path })],
  ['directory_tree', (path) => ({ path })],
  ['search_files', (path) => ({ path, pattern: '**/*' })],
  ['write_file', (path) => ({ path, content: 'planted' })],
  ['write_file', (path, name) => ({ path: `${path}/${name}`, content: 'planted' })],
  ['edit_file', (path) => ({ path, edits: [{ oldText: 'CANARY', newText: 'planted' }] })],
  ['create_directory', (path, name) => ({ path: `${path}/${name}` })],
  ['move_file', (path, name) => ({ source: path, destination: `moved-${name}` })],
  ['move_file', (path, name) => ({ source: 'plain.md', destination: `${path}/${name}` })],
  ['move_file', (path) => ({ source: 'plain.md', destination: path })],
];

/** Each tool on this path, as it is and spelled as an absolute one. */
export async function callTools(served: Served, folder: string, path: string, name: string): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const spelling of [path, join(folder, path)]) {
    for (const [tool, argumentsOf] of TOOLS) {
      const { isError, content } = await served.client.callTool({ name: tool, arguments: argumentsOf(spelling, name) });
      const said = content.map((part) => (part.type === 'text' ? part.text : JSON.stringify(part))).join('\n');
      ended.push({ verb: `MCP ${tool}`, code: isError ? 'refused' : 'done', message: said, said });
    }
  }
  return ended;
}
