// A server on the same SDK that makes the system calls and syncs of `headgate mcp` and nothing else: no grants, no labels,
// no decisions. What it costs is the floor beside which the gate is measured.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fdatasync,
  fdatasyncSync,
  fsync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DatabaseSync, type StatementSync as Statement } from 'node:sqlite';
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';

const [, , root = '', state = ''] = process.argv;
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const O_PATH = 0o10000000;
const NEW_FILE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const versions = join(state, 'versions');
const database = new DatabaseSync(join(state, 'bare.db'));
// Locked, as the journal is, and with as many pages a commit as its steps.
database.exec(
  `PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-2000;
   CREATE TABLE runs (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
   CREATE TABLE steps (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, line TEXT NOT NULL) STRICT;
   CREATE TABLE kept (n INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT;
   CREATE TABLE last (n INTEGER PRIMARY KEY, id TEXT NOT NULL) STRICT; INSERT INTO last VALUES (1, '')`,
);
const ledger = openSync(join(state, 'ledger'), 'a');
const [addRun, addStep, setStep, addKept, setLast, setKept] = [
  'INSERT INTO runs (id) VALUES (?)',
  'INSERT INTO steps (id, line) VALUES (?, ?)',
  'UPDATE steps SET line = ? WHERE id = ?',
  'INSERT INTO kept (line) VALUES (?)',
  'UPDATE last SET id = ?',
  'UPDATE kept SET line = ? WHERE n = (SELECT max(n) FROM kept)',
].map((sql) => database.prepare(sql)) as [Statement, Statement, Statement, Statement, Statement, Statement];
const commit = (...acts: (() => unknown)[]): void => {
  database.exec('BEGIN IMMEDIATE');
  for (const act of acts) act();
  database.exec('COMMIT');
};
/** On disk with the next commit. */
const commitSoon = (...acts: (() => unknown)[]): void => {
  database.exec('PRAGMA synchronous=NORMAL');
  commit(...acts);
  database.exec('PRAGMA synchronous=FULL');
};
const sync = promisify(fsync);
const syncData = promisify(fdatasync);
const log = openSync(join(state, 'bare.db-wal'), 'r+');
/** As long as a receipt. */
const LINE = 'x'.repeat(700);
const had = new Set<string>();
let waiting = '';
setInterval(() => {
  if (waiting === '') return;
  write(ledger, waiting, () => fdatasync(ledger, () => {}));
  waiting = '';
}, 100).unref();
const sent = openSync(join(state, 'sent'), 'a');
/** What this client has already is noted and synced a moment later; what it has not is kept to the letter as well. */
const receipt = (path: string, text: string): void => {
  waiting += LINE;
  if (had.has(path)) return;
  writeSync(sent, `${JSON.stringify({ hash: LINE.slice(0, 64), texts: [text] })}\n`);
  writeSync(ledger, waiting);
  waiting = '';
  fdatasyncSync(ledger);
  had.add(path);
};

/** Opens the folder of a path by descriptors, as the gate does. */
function inFolder<Result>(path: string, act: (folder: number) => Result): Result {
  const descriptors = [openSync(root, FOLDER)];
  const close = () => {
    for (const descriptor of descriptors) closeSync(descriptor);
  };
  let last = descriptors[0] ?? -1;
  readlinkSync(`/proc/self/fd/${last}`);
  fstatSync(last);
  for (const segment of path.slice(root.length + 1).split('/')) {
    if (segment === '') continue;
    last = openSync(`/proc/self/fd/${last}/${segment}`, FOLDER);
    fstatSync(last);
    descriptors.push(last);
  }
  const result = act(last);
  if (result instanceof Promise) void result.finally(close);
  else close();
  return result;
}

const ABOUT = Buffer.alloc(512);
type Act = (args: { path: string; content?: string | undefined; pattern?: string | undefined }) => string | Promise<string>;
const ACTS: Record<string, Act> = {
  read_text_file: ({ path }) =>
    inFolder(dirname(path), (folder) => {
      const { file, size } = openProbed(folder, basename(path));
      const bytes = Buffer.allocUnsafe(size);
      const got = readSync(file, bytes, 0, size, 0);
      fstatSync(file);
      closeSync(file);
      const text = bytes.toString('utf8', 0, got);
      receipt(path, text);
      return text;
    }),
  list_directory: ({ path }) =>
    inFolder(path, (folder) => {
      if (path !== root) askMount(folder);
      return readdirSync(`/proc/self/fd/${folder}`, { withFileTypes: true })
        .map((entry) => `${entry.isDirectory() ? '[DIR]' : '[FILE]'} ${entry.name}`)
        .join('\n');
    }),
  get_file_info: ({ path }) =>
    inFolder(dirname(path), (folder) => {
      if (dirname(path) !== root) askMount(folder);
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
        askMount(inner);
        walk(inner, `${prefix}${entry.name}/`);
        closeSync(inner);
      }
    };
    inFolder(path, (folder) => walk(folder, `${path}/`));
    return found.join('\n');
  },
  write_file: ({ path, content = '' }) =>
    inFolder(dirname(path), async (folder) => {
      askMount(folder);
      const there = lstatSync(inOpen(folder, basename(path)), { throwIfNoEntry: false });
      const kept = there === undefined ? null : keepVersion(folder, basename(path));
      const id = randomBytes(16).toString('hex');
      commitSoon(
        () => addRun.run(id),
        () => addStep.run(id, LINE),
        () => there && setKept.run(`begun ${LINE}`),
      );
      const [temporary, target] = [inOpen(folder, `.bare-${randomBytes(12).toString('hex')}.tmp`), inOpen(folder, basename(path))];
      if (there === undefined) lstatSync(target, { throwIfNoEntry: false });
      const file = openSync(temporary, NEW_FILE, 0o600);
      writeSync(file, content);
      fstatSync(file);
      fchmodSync(file, there?.mode ?? 0o666 & ~process.umask());
      fstatSync(file);
      commitSoon(
        () => setStep.run(`staged ${LINE}`, id),
        () => there && setKept.run(`staged ${LINE}`),
      );
      // What must be on disk before the name changes goes there at the same time.
      await Promise.all([sync(file), kept?.(), syncData(log)]);
      closeSync(file);
      if (there === undefined) {
        linkSync(temporary, target);
        unlinkSync(temporary);
      } else {
        lstatSync(target);
        renameSync(temporary, target);
      }
      fsyncSync(folder);
      commitSoon(
        () => setStep.run(`done ${LINE}`, id),
        () => there && setKept.run(`done ${LINE}`),
        () => setLast.run(id),
      );
      return `Successfully wrote to ${path}`;
    }),
};

/** Copies the earlier version; what comes back brings it to disk. */
function keepVersion(from: number, name: string): () => Promise<unknown> {
  const { file } = openProbed(from, name);
  const [copy, temporary] = [join(versions, randomBytes(12).toString('hex')), join(versions, `${randomBytes(12).toString('hex')}.tmp`)];
  mkdirSync(versions, { recursive: true, mode: 0o700 });
  fstatSync(file);
  const made = openSync(temporary, 'wx', 0o600);
  fstatSync(made);
  const bytes = Buffer.allocUnsafe(Math.max(1 << 14, fstatSync(file).size + 1));
  for (let at = 0, got = -1; got !== 0; at += got) {
    got = readSync(file, bytes, 0, bytes.length, at);
    if (got > 0) writeSync(made, bytes, 0, got);
  }
  renameSync(temporary, copy);
  commitSoon(() => addKept.run(LINE));
  closeSync(file);
  return async () => {
    const folder = openSync(versions, 'r');
    await Promise.all([sync(made), sync(folder)]);
    closeSync(made);
    closeSync(folder);
  };
}

/** As the gate opens a file: looked at before it is opened, so that no device notices. */
function openProbed(folder: number, name: string): { file: number; size: number } {
  const probe = openSync(inOpen(folder, name), O_PATH | constants.O_NOFOLLOW);
  fstatSync(probe);
  const file = openSync(`/proc/self/fd/${probe}`, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  closeSync(probe);
  const { size } = fstatSync(file);
  askMount(file);
  return { file, size };
}

/** As the gate asks on which mount the last that it opened lies. */
function askMount(fd: number): void {
  const about = openSync(`/proc/self/fdinfo/${fd}`, constants.O_RDONLY);
  readSync(about, ABOUT, 0, ABOUT.length, 0);
  closeSync(about);
}

function inOpen(folder: number, name: string): string {
  return `/proc/self/fd/${folder}/${name}`;
}

const server = new McpServer({ name: 'bare', version: '0' });
const inputSchema = z.object({ path: z.string(), content: z.string().optional(), pattern: z.string().optional() });
for (const [name, act] of Object.entries(ACTS)) {
  server.registerTool(name, { description: name, inputSchema, outputSchema: z.object({ content: z.string() }) }, async (args) => {
    const text = await act(args);
    return { content: [{ type: 'text' as const, text }], structuredContent: { content: text } };
  });
}
await server.connect(new StdioServerTransport());
