// The tools that tell names and facts: listings, trees, search by name, information about one file. Protected names do not
// show, and neither does what lies in a folder that another grant labels `home`. Links show as names and are not followed.
import * as z from 'zod';
import { lookAt, sizeOf } from '../../gate/resolve/look.ts';
import { type FolderEntry, listFolder, type OpenFolder, openFolder, openRoot } from '../../gate/resolve.ts';
import { protectedNames } from '../../gate/protected.ts';
import { compileInFolder } from '../../../shared/gate/glob.ts';
import { escapeForDisplay } from '../../../shared/gate/names.ts';
import type { Place } from '../areas.ts';
import { createWalk } from '../walk.ts';
import { type Answer, READS, type Services, tool } from './tool.ts';

/** Names of one answer. */
const MAX_NAMES = 100_000;

async function listDirectory({ path }: { path: string }, services: Services): Promise<Answer> {
  using folder = openListed(path, services);
  const lines = entriesOf(folder).map((entry) => `${prefixOf(entry)} ${onOneLine(entry.name)}`);
  return given('list_directory', folder, lines.join('\n'), services);
}

const WithSizes = z.object({
  path: z.string(),
  sortBy: z.enum(['name', 'size']).optional().default('name').describe('Sort entries by name or size'),
});

async function listWithSizes({ path, sortBy }: z.infer<typeof WithSizes>, services: Services): Promise<Answer> {
  using folder = openListed(path, services);
  const entries = entriesOf(folder).map((entry) => ({ name: entry.name, isFolder: entry.isDirectory(), size: sizeOf(folder, entry.name) }));
  entries.sort(sortBy === 'size' ? (a, b) => b.size - a.size : (a, b) => a.name.localeCompare(b.name));
  const lines = entries.map(
    ({ name, isFolder, size }) =>
      `${isFolder ? '[DIR]' : '[FILE]'} ${onOneLine(name).padEnd(30)} ${isFolder ? '' : formatSize(size).padStart(10)}`,
  );
  const files = entries.filter(({ isFolder }) => !isFolder);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const sums = ['', `Total: ${files.length} files, ${entries.length - files.length} directories`, `Combined size: ${formatSize(total)}`];
  return given('list_directory_with_sizes', folder, [...lines, ...sums].join('\n'), services);
}

interface TreeNode {
  name: string;
  type: 'directory' | 'file';
  children?: TreeNode[];
}

const Walked = { path: z.string(), excludePatterns: z.array(z.string()).max(200).optional().default([]) };

async function directoryTree(
  { path, excludePatterns }: { path: string; excludePatterns: string[] },
  services: Services,
  signal: AbortSignal,
): Promise<Answer> {
  const excluded = excludePatterns
    .flatMap((pattern) => (pattern.includes('*') ? [pattern] : [pattern, `**/${pattern}`, `**/${pattern}/**`]))
    .map(compileInFolder);
  using folder = openListed(path, services);
  const top: TreeNode[] = [];
  const nodes = new Map<string, TreeNode[]>([['', top]]);
  const walk = createWalk(services.areas, signal, MAX_NAMES);
  const whole = await walk(folder, (inFolder, entry) => {
    if (excluded.some((matches) => matches(inFolder, entry.name))) return false;
    const children: TreeNode[] | undefined = entry.isDirectory() ? [] : undefined;
    const name = onOneLine(entry.name);
    const node: TreeNode = children === undefined ? { name, type: 'file' } : { name, type: 'directory', children };
    if (children !== undefined) nodes.set(`${inFolder}${entry.name}/`, children);
    nodes.get(inFolder)?.push(node);
    return true;
  });
  return given('directory_tree', folder, JSON.stringify(top, null, 2) + cappedNote(whole), services);
}

async function searchFiles(
  { path, pattern, excludePatterns }: { path: string; pattern: string; excludePatterns: string[] },
  services: Services,
  signal: AbortSignal,
): Promise<Answer> {
  const [wanted, excluded] = [compileInFolder(pattern), excludePatterns.map(compileInFolder)];
  using folder = openListed(path, services);
  const base = services.areas.absoluteOf(folder);
  const found: string[] = [];
  const walk = createWalk(services.areas, signal, MAX_NAMES);
  const whole = await walk(folder, (inFolder, { name }) => {
    if (excluded.some((matches) => matches(inFolder, name))) return false;
    if (wanted(inFolder, name)) found.push(onOneLine(`${base}/${inFolder}${name}`));
    return true;
  });
  return given('search_files', folder, (found.length === 0 ? 'No matches found' : found.join('\n')) + cappedNote(whole), services);
}

async function fileInfo({ path }: { path: string }, services: Services): Promise<Answer> {
  const place = services.areas.locate(path, 'read');
  services.giver.refuseNames(place);
  const stat = statOf(place);
  const facts = {
    size: stat.size,
    created: inWords(stat.birthtimeMs),
    modified: inWords(stat.mtimeMs),
    accessed: inWords(stat.atimeMs),
    isDirectory: stat.isDirectory(),
    isFile: stat.isFile(),
    permissions: stat.mode.toString(8).slice(-3),
  };
  const lines = Object.entries(facts).map(([key, value]) => `${key}: ${value}`);
  return given('get_file_info', place, lines.join('\n'), services);
}

/** A time as the reference server writes it. Remembered by the second: writing one costs more than asking the disk for it. */
function inWords(ms: number): string {
  const second = Math.floor(Math.round(ms) / 1000);
  let words = times.get(second);
  if (words === undefined) {
    words = String(new Date(second * 1000));
    if (times.size >= MAX_TIMES) times.clear();
    times.set(second, words);
  }
  return words;
}

const times = new Map<number, string>();
const MAX_TIMES = 1_000;

function statOf({ grant, path }: { grant: Parameters<typeof openRoot>[0]; path: string }) {
  const slash = path.lastIndexOf('/');
  if (path === '') {
    using root = openRoot(grant);
    return lookAt(root, '');
  }
  using parent = openFolder(grant, slash < 0 ? '' : path.slice(0, slash));
  return lookAt(parent, path.slice(slash + 1));
}

/** Opens a folder whose names the client may have. */
function openListed(path: string, { areas, giver }: Services): OpenFolder {
  const place = areas.locate(path, 'read');
  giver.refuseNames(place);
  return openFolder(place.grant, place.path);
}

function given(toolName: string, { grant, path }: Place, text: string, { giver }: Services): Answer {
  return { text: giver.giveNames(toolName, { grant, path }, text) };
}

/** What a folder holds, without what is protected. */
function entriesOf(folder: OpenFolder): FolderEntry[] {
  const base = folder.path === '' ? folder.grant.folder : `${folder.grant.folder}/${folder.path}`;
  const isProtected = protectedNames(base);
  return listFolder(folder).filter((entry) => !isProtected(entry.name));
}

/** What would begin a line of its own, or turn the direction of one. */
const BREAKS_LINES = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;

/** A name as it is, unless it would forge lines of the answer: then every such character is made visible. */
function onOneLine(name: string): string {
  return BREAKS_LINES.test(name) ? escapeForDisplay(name) : name;
}

function prefixOf(entry: FolderEntry): string {
  return entry.isDirectory() ? '[DIR]' : '[FILE]';
}

/** `1.50 KB`, as the reference server writes it. */
function formatSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), units.length - 1);
  return power === 0 ? `${bytes} B` : `${(bytes / 1024 ** power).toFixed(2)} ${units[power]}`;
}

function cappedNote(whole: boolean): string {
  return whole ? '' : `\n(stopped after ${MAX_NAMES} names; search in a smaller folder)`;
}

const PATH = z.object({ path: z.string() });

export const LIST_TOOLS = [
  tool({
    name: 'list_directory',
    title: 'List Directory',
    description:
      'Get a detailed listing of all files and directories in a specified path. Results clearly distinguish between files and directories with [FILE] ' +
      'and [DIR] prefixes. Only works within allowed directories.',
    input: PATH,
    annotations: READS,
    run: listDirectory,
  }),
  tool({
    name: 'list_directory_with_sizes',
    title: 'List Directory with Sizes',
    description:
      'Get a detailed listing of all files and directories in a specified path, including sizes. Results clearly distinguish between files and ' +
      'directories with [FILE] and [DIR] prefixes. Only works within allowed directories.',
    input: WithSizes,
    annotations: READS,
    run: listWithSizes,
  }),
  tool({
    name: 'directory_tree',
    title: 'Directory Tree',
    description:
      "Get a recursive tree view of files and directories as a JSON structure. Each entry includes 'name', 'type' (file/directory), and 'children' for " +
      'directories. The output is formatted with 2-space indentation for readability. Only works within allowed directories.',
    input: z.object(Walked),
    annotations: READS,
    run: directoryTree,
  }),
  tool({
    name: 'search_files',
    title: 'Search Files',
    description:
      'Recursively search for files and directories matching a pattern. The patterns should be glob-style patterns that match paths relative to the ' +
      "given path. Use pattern like '*.ext' to match files in current directory, and '**/*.ext' to match files in all subdirectories. Returns full paths " +
      'to all matching items. Only searches within allowed directories.',
    input: z.object({ ...Walked, pattern: z.string() }),
    annotations: READS,
    run: searchFiles,
  }),
  tool({
    name: 'get_file_info',
    title: 'Get File Info',
    description:
      'Retrieve metadata about a file or directory: size, creation time, last modified time, permissions, and type, without reading the actual content. ' +
      'Only works within allowed directories.',
    input: PATH,
    annotations: READS,
    run: fileInfo,
  }),
  tool({
    name: 'list_allowed_directories',
    title: 'List Allowed Directories',
    description:
      'Returns the list of directories that this server is allowed to access. Subdirectories within these allowed directories are also accessible.',
    input: z.object({}),
    annotations: READS,
    run: async (_args, { areas }) => ({ text: `Allowed directories:\n${areas.directories().join('\n')}` }),
  }),
];
