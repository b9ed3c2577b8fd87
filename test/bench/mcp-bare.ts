// A server on the same SDK that makes the system calls and syncs of `headgate mcp` and nothing else: no grants, no labels,
// no decisions. What it costs is the floor beside which the gate is measured.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  write,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';

const [, , root = '', state = ''] = process.argv;
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const O_PATH = 0o10000000;
const database = new DatabaseSync(join(state, 'bare.db'));
database.exec(
  'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS ledger (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, line TEXT NOT NULL) STRICT',
);
const ledger = openSync(join(state, 'ledger'), 'a');
const insert = database.prepare('INSERT INTO ledger (id, line) VALUES (?, ?)');
const commit = (): void => void insert.run(randomBytes(16).toString('hex'), LINE);
/** As long as a receipt. */
const LINE = 'x'.repeat(700);
const had = new Set<string>();
let waiting = '';
setInterval(() => {
  if (waiting === '') return;
  write(ledger, waiting, () => fdatasync(ledger, () => {}));
  waiting = '';
}, 100).unref();
/** What this client has already is noted and synced a moment later. */
const receipt = (path: string): void => {
  waiting += LINE;
  if (had.has(path)) return;
  writeSync(ledger, waiting);
  waiting = '';
  fdatasyncSync(ledger);
  had.add(path);
};

/** Opens the folder of a path by descriptors, as the gate does. */
function inFolder<Result>(path: string, act: (folder: number) => Result): Result {
  const descriptors = [openSync(root, FOLDER)];
  try {
    let last = descriptors[0] ?? -1;
    readlinkSync(`/proc/self/fd/${last}`);
    fstatSync(last);
    for (const segment of path.slice(root.length + 1).split('/')) {
      if (segment === '') continue;
      last = openSync(`/proc/self/fd/${last}/${segment}`, FOLDER);
      fstatSync(last);
      descriptors.push(last);
    }
    return act(last);
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}

const ACTS: Record<string, (args: { path: string; content?: string | undefined; pattern?: string | undefined }) => string> = {
  read_text_file: ({ path }) =>
    inFolder(dirname(path), (folder) => {
      const probe = openSync(`/proc/self/fd/${folder}/${basename(path)}`, O_PATH | constants.O_NOFOLLOW);
      fstatSync(probe);
      const file = openSync(`/proc/self/fd/${probe}`, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
      closeSync(probe);
      const { size } = fstatSync(file);
      const bytes = Buffer.allocUnsafe(size + 1);
      const got = readSync(file, bytes, 0, size + 1, 0);
      readSync(file, bytes, got, 1, got);
      fstatSync(file);
      closeSync(file);
      receipt(path);
      return bytes.toString('utf8', 0, got);
    }),
  list_directory: ({ path }) =>
    inFolder(path, (folder) =>
      readdirSync(`/proc/self/fd/${folder}`, { withFileTypes: true })
        .map((entry) => `${entry.isDirectory() ? '[DIR]' : '[FILE]'} ${entry.name}`)
        .join('\n'),
    ),
  get_file_info: ({ path }) =>
    inFolder(dirname(path), (folder) => {
      const { size, birthtime, mtime, atime, mode } = lstatSync(`/proc/self/fd/${folder}/${basename(path)}`);
      return `size: ${size}\ncreated: ${birthtime}\nmodified: ${mtime}\naccessed: ${atime}\nisDirectory: false\nisFile: true\npermissions: ${mode.toString(8).slice(-3)}`;
    }),
  search_files: ({ path, pattern = '' }) => {
    const end = pattern.slice(pattern.lastIndexOf('*') + 1);
    const found: string[] = [];
    const walk = (folder: number, prefix: string): void => {
      for (const entry of readdirSync(`/proc/self/fd/${folder}`, { withFileTypes: true })) {
        if (entry.name.endsWith(end)) found.push(prefix + entry.name);
        if (!entry.isDirectory()) continue;
        const inner = openSync(`/proc/self/fd/${folder}/${entry.name}`, FOLDER);
        fstatSync(inner);
        walk(inner, `${prefix}${entry.name}/`);
        closeSync(inner);
      }
    };
    inFolder(path, (folder) => walk(folder, `${path}/`));
    return found.join('\n');
  },
  write_file: ({ path, content = '' }) =>
    inFolder(dirname(path), (folder) => {
      const at = (name: string) => `/proc/self/fd/${folder}/${name}`;
      const there = lstatSync(at(basename(path)), { throwIfNoEntry: false });
      if (there !== undefined) keepVersion(at(basename(path)));
      commit();
      const temporary = at(`.bare-${randomBytes(12).toString('hex')}.tmp`);
      const file = openSync(temporary, 'wx');
      writeSync(file, content);
      fsyncSync(file);
      closeSync(file);
      commit();
      renameSync(temporary, at(basename(path)));
      fsyncSync(folder);
      commit();
      return `Successfully wrote to ${path}`;
    }),
};

/** The earlier version, on disk before the new one takes its place. */
function keepVersion(path: string): void {
  const copy = openSync(join(state, randomBytes(12).toString('hex')), 'wx');
  writeSync(copy, readFileSync(path));
  fsyncSync(copy);
  closeSync(copy);
  const folder = openSync(state, 'r');
  fsyncSync(folder);
  closeSync(folder);
  commit();
}

const server = new McpServer({ name: 'bare', version: '0' });
const inputSchema = z.object({ path: z.string(), content: z.string().optional(), pattern: z.string().optional() });
for (const [name, act] of Object.entries(ACTS)) {
  server.registerTool(name, { description: name, inputSchema, outputSchema: z.object({ content: z.string() }) }, (args) => {
    const text = act(args);
    return { content: [{ type: 'text' as const, text }], structuredContent: { content: text } };
  });
}
await server.connect(new StdioServerTransport());
