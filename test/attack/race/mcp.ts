// The race against the MCP server as it is built: its tools are called by the SDK's client while names are swapped.
import { symlinkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDesk } from '../../native-host/mcp/servers.ts';
import type { Attack } from '../member.ts';
import type { Raced } from '../race.ts';
import { CANARY, differences, INSIDE, snapshot } from './arena.ts';
import { startSwapper } from './swapper.ts';

type Call = (name: string) => [tool: string, args: Record<string, unknown>];

const CALLS: readonly Call[] = [
  () => ['read_text_file', { path: 'd/f' }],
  () => ['read_text_file', { path: 'd/f', head: 1 }],
  () => ['read_media_file', { path: 'd/f' }],
  () => ['read_multiple_files', { paths: ['d/f', 'leaf', 'd/f'] }],
  () => ['read_text_file', { path: 'leaf' }],
  () => ['list_directory', { path: 'd' }],
  () => ['list_directory_with_sizes', { path: 'd' }],
  () => ['directory_tree', { path: '.' }],
  () => ['search_files', { path: '.', pattern: '**/only-*' }],
  () => ['get_file_info', { path: 'd/f' }],
  () => ['get_file_info', { path: 'd/only-outside' }],
  (name) => ['write_file', { path: `d/${name}`, content: 'new' }],
  () => ['write_file', { path: 'd/f', content: INSIDE }],
  () => ['edit_file', { path: 'd/f', edits: [{ oldText: INSIDE, newText: INSIDE }] }],
  (name) => ['create_directory', { path: `d/${name}/x` }],
  (name) => ['move_file', { source: 'plain.md', destination: `d/${name}` }],
  (name) => ['move_file', { source: 'd/f', destination: `out-${name}` }],
  () => ['undo_last', {}],
];

export async function raceMcp({ full, say, random }: Attack, fail: (what: string) => void): Promise<Raced> {
  await using desk = openDesk();
  const outside = join(desk.base, 'outside');
  mkdirSync(outside);
  for (const name of ['f', 'only-outside']) writeFileSync(join(outside, name), CANARY);
  for (const name of ['d/f', 'leaf', 'plain.md']) desk.write(name, INSIDE);
  symlinkSync(outside, join(desk.folder, 'd-link'));
  symlinkSync(join(outside, 'f'), join(desk.folder, 'leaf-link'));
  const before = snapshot(outside);
  const served = await desk.serve();
  const raced: Raced = { tries: 0, escapes: 0, reached: 0, refused: 0, missed: 0, swaps: 0, how: '' };
  const total = full ? 20_000 : 400;
  const inFolder = (name: string) => join(desk.folder, name);
  const swapper = await startSwapper([
    [inFolder('d'), inFolder('d-link')],
    [inFolder('leaf'), inFolder('leaf-link')],
  ]);
  raced.how = swapper.how;
  try {
    while (raced.tries < total) {
      raced.tries += 1;
      const [tool, args] = random.pick(CALLS)(`n${raced.tries}`);
      const { isError, content } = await served.client.callTool({ name: tool, arguments: args });
      if (isError) raced.refused += 1;
      else raced.reached += 1;
      const said = JSON.stringify(content);
      if (leaks(said)) {
        raced.escapes += 1;
        fail(`${tool} told something from outside: ${said.slice(0, 300)}`);
      }
      if (raced.tries % 2_000 === 0) say(`${raced.tries.toLocaleString('en')} calls of MCP tools, ${raced.escapes} escapes`);
    }
  } finally {
    raced.swaps = await swapper.stop();
  }
  for (const damage of differences(before, snapshot(outside))) {
    raced.escapes += 1;
    fail(`outside the grant, after MCP tools: ${damage}`);
  }
  return raced;
}

/** The canary as it is or as a media file's base64, or the name of a file that is only there. The path that was asked for may come back. */
function leaks(said: string): boolean {
  const base64 = Buffer.from(CANARY).toString('base64').slice(0, 20);
  return (
    said.includes(CANARY) ||
    said.includes(base64) ||
    /(?:\[FILE\] |"name\\":\s*\\"|\/)only-outside/.test(said.replace(/d\/only-outside/g, ''))
  );
}
