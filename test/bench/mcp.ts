// MCP calls a second: `headgate mcp` beside the reference filesystem server and beside a bare server on the same SDK that
// makes the same system calls and syncs. One client a server, the same folder, interleaved in small turns, so that what
// else the machine does falls on all three alike.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { BUNDLES } from '../../native-host/checkout/places.ts';
import { figuresOf, round } from './statistics.ts';

const FILES = 50;
/** Files that each turn reads for the first time. */
const FRESH = 30;
const WARM_UP = 2;
const TREE_FOLDERS = 40;
const TREE_FILES = 25;
const OPS = ['read', 'firstRead', 'list', 'info', 'search', 'write', 'overwrite'] as const;
type Op = (typeof OPS)[number];
const SERVERS = ['ours', 'reference', 'bare'] as const;
type ServerName = (typeof SERVERS)[number];

export interface McpFigures {
  callsPerSecond: Record<Op, Record<ServerName, number>>;
  /** Of the best turn: what is left when the machine and its disk stood least in the way. */
  fastest: Record<Op, Record<ServerName, number>>;
  /** Ours ÷ theirs, the median over all turns. */
  toReference: Record<Op, number>;
  toBare: Record<Op, number>;
}

export async function measureMcp(turns: number): Promise<McpFigures> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'headgate-bench-mcp-')));
  const folder = makeFolder(base, turns);
  const clients = await startServers(base, folder);
  try {
    const rates = Object.fromEntries(
      OPS.map((op) => [op, { ours: [], reference: [], bare: [] } as Record<ServerName, number[]>]),
    ) as Record<Op, Record<ServerName, number[]>>;
    for (let turn = -WARM_UP; turn < turns; turn += 1) {
      for (const op of OPS) {
        // Who comes first changes from turn to turn.
        for (const name of SERVERS.map((_, index) => SERVERS[(index + turn + WARM_UP) % SERVERS.length] as ServerName)) {
          const rate = await measureTurn(clients[name], op, folder, `${name}-${turn}`);
          if (turn >= 0) rates[op][name].push(rate);
        }
      }
    }
    return figures(rates);
  } finally {
    for (const client of Object.values(clients)) await client.close();
    rmSync(base, { recursive: true, force: true });
  }
}

function makeFolder(base: string, turns: number): string {
  const folder = join(base, 'files');
  for (const name of ['list', 'fresh', 'new', 'over']) mkdirSync(join(folder, name), { recursive: true });
  for (let index = 0; index < FILES; index += 1)
    writeFileSync(join(folder, 'list', `document-${index}.md`), `line ${index} of an ordinary document\n`.repeat(60));
  for (let turn = -WARM_UP; turn < turns; turn += 1) {
    mkdirSync(join(folder, 'fresh', `${turn}`));
    for (let index = 0; index < FRESH; index += 1) writeFileSync(join(folder, 'fresh', `${turn}`, `${index}.md`), TEXT);
  }
  for (let outer = 0; outer < TREE_FOLDERS; outer += 1) {
    const inner = join(folder, 'tree', `part-${outer}`);
    mkdirSync(inner, { recursive: true });
    for (let index = 0; index < TREE_FILES; index += 1)
      writeFileSync(join(inner, `${index % 10 === 0 ? 'wanted' : 'other'}-${index}.txt`), 'x');
  }
  return folder;
}

async function startServers(base: string, folder: string): Promise<Record<ServerName, Client>> {
  const state = join(base, 'bare');
  mkdirSync(state);
  const reference = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-filesystem/dist/index.js');
  const bare = fileURLToPath(new URL('mcp-bare.ts', import.meta.url));
  return {
    ours: await start([BUNDLES.host, 'mcp', '--grant', `${folder}:read,write:open`], join(base, 'home')),
    reference: await start([reference, folder], base),
    bare: await start(['--disable-warning=ExperimentalWarning', bare, folder, state], base),
  };
}

async function start(args: readonly string[], home: string): Promise<Client> {
  const client = new Client({ name: 'headgate-bench', version: '0' });
  const env = { PATH: process.env.PATH ?? '', HEADGATE_HOME: home };
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [...args], env, stderr: 'ignore' }));
  return client;
}

const CALLS: Record<
  Op,
  { count: number; call(folder: string, index: number, turn: string): { name: string; arguments: Record<string, unknown> } }
> = {
  read: {
    count: 60,
    call: (folder, index) => ({ name: 'read_text_file', arguments: { path: join(folder, 'list', `document-${index % FILES}.md`) } }),
  },
  firstRead: {
    count: FRESH,
    call: (folder, index, turn) => ({
      name: 'read_text_file',
      arguments: { path: join(folder, 'fresh', turn.slice(turn.indexOf('-') + 1), `${index}.md`) },
    }),
  },
  list: { count: 60, call: (folder) => ({ name: 'list_directory', arguments: { path: join(folder, 'list') } }) },
  info: {
    count: 60,
    call: (folder, index) => ({ name: 'get_file_info', arguments: { path: join(folder, 'list', `document-${index % FILES}.md`) } }),
  },
  search: { count: 4, call: (folder) => ({ name: 'search_files', arguments: { path: join(folder, 'tree'), pattern: '**/wanted-*.txt' } }) },
  write: {
    count: 30,
    call: (folder, index, turn) => ({ name: 'write_file', arguments: { path: join(folder, 'new', `${turn}-${index}.md`), content: TEXT } }),
  },
  overwrite: {
    count: 30,
    call: (folder, index, turn) => ({
      name: 'write_file',
      arguments: { path: join(folder, 'over', `${index % 10}.md`), content: `${turn} ${index}\n${TEXT}` },
    }),
  },
};
const TEXT = 'a line of what a model writes into a file\n'.repeat(50);

/** Calls a second over one turn. Throws when a call fails: a refusal would be fast. */
async function measureTurn(client: Client, op: Op, folder: string, turn: string): Promise<number> {
  const { count, call } = CALLS[op];
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1) {
    const result = await client.callTool(call(folder, index, turn));
    if (result.isError === true) throw new Error(`${op} failed: ${JSON.stringify(result.content)}`);
  }
  return (count * 1000) / (performance.now() - startedAt);
}

function figures(rates: Record<Op, Record<ServerName, number[]>>): McpFigures {
  const each = <Value>(of: (op: Op) => Value) => Object.fromEntries(OPS.map((op) => [op, of(op)])) as Record<Op, Value>;
  const ratio = (op: Op, peer: ServerName) =>
    round(figuresOf(rates[op].ours.map((rate, index) => rate / (rates[op][peer][index] ?? Number.NaN))).p50);
  const ofEach = (op: Op, take: (rates: number[]) => number) =>
    Object.fromEntries(SERVERS.map((name) => [name, Math.round(take(rates[op][name]))])) as Record<ServerName, number>;
  return {
    callsPerSecond: each((op) => ofEach(op, (all) => figuresOf(all).p50)),
    fastest: each((op) => ofEach(op, (all) => Math.max(...all))),
    toReference: each((op) => ratio(op, 'reference')),
    toBare: each((op) => ratio(op, 'bare')),
  };
}
