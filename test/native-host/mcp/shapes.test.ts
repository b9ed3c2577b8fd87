// Where the meaning is the same, `headgate mcp` answers in the very shapes of the reference filesystem server.
import { beforeAll, expect, test } from 'vitest';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildStale } from '../../../native-host/checkout/build.ts';
import { openDesk } from './servers.ts';

beforeAll(() => buildStale(['host']), 120_000);

const LINES = Array.from({ length: 30 }, (_, index) => `line ${index + 1} — ä`).join('\n');

function furnish(desk: ReturnType<typeof openDesk>): void {
  desk.write('a.txt', `${LINES}\n`);
  desk.write('windows.txt', 'one\r\ntwo\r\nthree');
  desk.write('empty.md', '');
  desk.write('sub/deep/b.md', '# B\n');
  desk.write('sub/c file.json', '{"a":1}');
  desk.write('.hidden/d.txt', 'd');
  desk.write('pixel.png', Buffer.from('89504e470d0a1a0a', 'hex'));
  desk.write('data.bin', Buffer.from([0, 1, 2, 255]));
  mkdirSync(join(desk.folder, 'void'));
}

test('every reading tool answers as the reference server does', async () => {
  await using desk = openDesk();
  furnish(desk);
  const [ours, reference] = [await desk.serve(), await desk.reference()];
  const at = (path: string) => join(desk.folder, path);
  const calls: [string, Record<string, unknown>][] = [
    ['read_file', { path: at('a.txt') }],
    ['read_text_file', { path: at('a.txt') }],
    ['read_text_file', { path: 'sub/deep/b.md' }],
    ['read_text_file', { path: at('a.txt'), head: 3 }],
    ['read_text_file', { path: at('a.txt'), tail: 3 }],
    ['read_text_file', { path: at('a.txt'), head: 500 }],
    ['read_text_file', { path: at('windows.txt'), tail: 2 }],
    ['read_text_file', { path: at('empty.md') }],
    ['read_text_file', { path: at('empty.md'), tail: 2 }],
    ['read_media_file', { path: at('pixel.png') }],
    ['read_multiple_files', { paths: [at('a.txt'), at('sub/c file.json')] }],
    ['list_directory', { path: desk.folder }],
    ['list_directory_with_sizes', { path: desk.folder }],
    ['list_directory_with_sizes', { path: desk.folder, sortBy: 'size' }],
    ['directory_tree', { path: desk.folder }],
    ['directory_tree', { path: desk.folder, excludePatterns: ['deep', '*.png'] }],
    ['search_files', { path: desk.folder, pattern: '**/*.md' }],
    ['search_files', { path: desk.folder, pattern: '*.txt' }],
    ['search_files', { path: desk.folder, pattern: 'sub/**' }],
    ['search_files', { path: desk.folder, pattern: '**/{b,d}.*' }],
    ['search_files', { path: desk.folder, pattern: '**', excludePatterns: ['sub/**', '**/.*'] }],
    ['search_files', { path: desk.folder, pattern: '**/[ac]*' }],
    ['search_files', { path: desk.folder, pattern: 'nothing' }],
    ['list_allowed_directories', {}],
  ];
  for (const [name, args] of calls) {
    const [one, other] = [
      await ours.client.callTool({ name, arguments: args }),
      await reference.client.callTool({ name, arguments: args }),
    ];
    expect({ name, args, isError: one.isError ?? false, content: one.content, structured: one.structuredContent }).toEqual({
      name,
      args,
      isError: other.isError ?? false,
      content: other.content,
      structured: other.structuredContent,
    });
  }
});

test('information about a file and a folder has the same lines', async () => {
  await using desk = openDesk();
  furnish(desk);
  const [ours, reference] = [await desk.serve(), await desk.reference()];
  for (const path of ['a.txt', 'sub', '']) {
    const args = { path: join(desk.folder, path) };
    const lines = async (served: typeof ours) =>
      (await served.text('get_file_info', args)).split('\n').filter((line) => !line.startsWith('accessed'));
    expect(await lines(ours)).toEqual(await lines(reference));
  }
});

test('every changing tool answers as the reference server does and leaves the same files', async () => {
  await using one = openDesk();
  await using other = openDesk();
  furnish(one);
  furnish(other);
  const sides = [
    { desk: one, served: await one.serve() },
    { desk: other, served: await other.reference() },
  ];
  const [ours, theirs] = await Promise.all(
    sides.map(async ({ desk, served }) => {
      const at = (path: string) => join(desk.folder, path);
      const said: unknown[] = [];
      const calls: [string, Record<string, unknown>][] = [
        ['write_file', { path: at('new.txt'), content: 'new\n' }],
        ['write_file', { path: at('a.txt'), content: `${LINES}\nmore\n` }],
        ['edit_file', { path: at('a.txt'), edits: [{ oldText: 'line 2 — ä\nline 3 — ä', newText: 'two\nthree' }], dryRun: true }],
        [
          'edit_file',
          {
            path: at('a.txt'),
            edits: [
              { oldText: '  line 5 — ä', newText: 'five `` ```' },
              { oldText: 'more', newText: 'less' },
            ],
          },
        ],
        ['edit_file', { path: at('a.txt'), edits: [{ oldText: 'not there', newText: 'x' }] }],
        ['edit_file', { path: at('windows.txt'), edits: [{ oldText: 'two\n', newText: '' }] }],
        ['create_directory', { path: at('x/y/z') }],
        ['create_directory', { path: at('x') }],
        ['move_file', { source: at('new.txt'), destination: at('x/y/moved.txt') }],
        ['move_file', { source: at('sub'), destination: at('x/sub') }],
      ];
      for (const [name, args] of calls) {
        const { isError, content, structuredContent } = await served.client.callTool({ name, arguments: args });
        said.push(JSON.parse(JSON.stringify({ name, isError: isError ?? false, content, structuredContent }).replaceAll(desk.base, '')));
      }
      said.push(
        await served.text('directory_tree', { path: desk.folder }),
        readFileSync(at('a.txt'), 'utf8'),
        readFileSync(at('windows.txt'), 'utf8'),
      );
      return said;
    }),
  );
  expect(ours).toEqual(theirs);
});

test('the tools and their arguments have the reference server’s names', async () => {
  await using desk = openDesk();
  symlinkSync('/etc', join(desk.folder, 'out'));
  const [ours, reference] = [await desk.serve(), await desk.reference()];
  const shape = async (served: typeof ours) =>
    (await served.client.listTools()).tools
      .map(({ name, inputSchema }) => `${name}(${Object.keys(inputSchema.properties ?? {}).sort()})`)
      .sort();
  const own = ['list_changes(limit)', 'undo_last()'];
  expect((await shape(ours)).filter((tool) => !own.includes(tool))).toEqual(await shape(reference));
});
