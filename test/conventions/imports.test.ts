// Who may import what. One capability, one importer, with its reason: a new importer is a new line here, to be argued for.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { expect, test } from 'vitest';
import { packageOf, PROGRAMS, readSources, ROOT } from './source-files.ts';

const SOURCES = readSources();
/** What builds and starts a checkout is no part of the product. */
const CHECKOUT = /^native-host\/checkout\//;

interface Rule {
  what: string;
  why: string;
  only: readonly RegExp[];
}

const IMPORTERS: readonly Rule[] = [
  { what: 'zod', why: 'every door parses with it', only: [/^(shared|native-host|cloud|extension)\//] },
  {
    what: 'jose',
    why: 'tokens and seals are made and checked in one place a side',
    only: [/^cloud\/auth\//, /^native-host\/link\/keys\.ts$/],
  },
  {
    what: 'ws',
    why: 'the host dials out in one place; the cloud speaks on sockets that fastify accepted',
    only: [/^native-host\/link\/socket\.ts$/, /^cloud\/(agents|api)\//, /^cloud\/server\.ts$/],
  },
  {
    what: 'node-machine-id',
    why: 'it names the machine at enrolment and is asked nowhere else',
    only: [/^native-host\/link\/session\.ts$/],
  },
  { what: 'fastify', why: 'the cloud’s doors', only: [/^cloud\/(listen|server)\.ts$/, /^cloud\/api\//] },
  { what: '@fastify/websocket', why: 'the same', only: [/^cloud\/server\.ts$/] },
  { what: 'kysely', why: 'tables, and the transactions that hand them on', only: [/^cloud\/(store|auth|api|orchestrator)\//] },
  { what: '@electric-sql/pglite', why: 'the store is opened in one place', only: [/^cloud\/store\//] },
  { what: 'ai', why: 'models are asked in one place', only: [/^cloud\/inference\//] },
  { what: '@ai-sdk/openai-compatible', why: 'the same', only: [/^cloud\/inference\//] },
  { what: '@modelcontextprotocol/server', why: 'MCP is spoken in one place', only: [/^native-host\/mcp\/(serve|wire)\.ts$/] },
  { what: 'unpdf', why: 'it reads PDF, in the scan’s thread', only: [/^native-host\/gate\/scan\/pdf-text\.ts$/] },
  { what: 'diff', why: 'an edit, and a change to approve, is shown as a diff', only: [/^native-host\/(mcp\/edits|gate\/line-diff)\.ts$/] },
  { what: 'htmlparser2', why: 'it turns documents into text', only: [/^native-host\/ops\/doc\//] },
  {
    what: '@vscode/ripgrep',
    why: 'it proposes hits; the doctor looks whether it is there',
    only: [/^native-host\/ops\/fs\/search\.ts$/, /^native-host\/install\/tools\.ts$/],
  },
  { what: 'webextension-polyfill', why: 'the browser’s interface', only: [/^extension\//] },
  { what: 'preact', why: 'screens', only: [/^extension\/(screens|entrypoints)\//] },
  { what: 'wxt', why: 'entrypoints only wire', only: [/^extension\/entrypoints\//] },
  { what: 'turndown', why: 'it runs in the page', only: [/^extension\/page\//] },
  { what: '@mozilla/readability', why: 'it runs in the page', only: [/^extension\/page\//] },
  { what: 'esbuild', why: 'the checkout builds itself', only: [CHECKOUT] },
  { what: 'puppeteer', why: 'the checkout opens a browser', only: [CHECKOUT] },
  {
    what: 'node:child_process',
    why: 'processes are started in one place, by argument array, without a shell',
    only: [/^native-host\/spawn\.ts$/, CHECKOUT],
  },
  {
    what: 'node:net',
    why: 'the host listens on no network port: its own socket, and those who reach it; an MCP client’s pipe',
    only: [/^native-host\/port\/(server|reach-agent)\.ts$/, /^native-host\/(cli\/terminal|mcp\/stdin)\.ts$/, CHECKOUT],
  },
  {
    what: 'node:http',
    why: 'nobody but fastify serves; downloads ask in one place, and its answer is read in another; the link asks the cloud',
    only: [/^native-host\/ops\/net\/(open-response|read-body)\.ts$/, /^native-host\/link\/api\.ts$/, CHECKOUT],
  },
  {
    what: 'node:https',
    why: 'downloads ask in one place, the link in another',
    only: [/^native-host\/ops\/net\/open-response\.ts$/, /^native-host\/link\/api\.ts$/],
  },
  { what: 'node:dns', why: 'names are looked up once, and their addresses judged', only: [/^native-host\/ops\/net\/internet\.ts$/] },
  {
    what: 'node:worker_threads',
    why: 'heavy text work leaves the main thread',
    only: [
      /^native-host\/runs\/worker\.ts$/,
      /^native-host\/gate\/scan\/(scanner|worker)\.ts$/,
      /^native-host\/(thread|ops\/doc\/reader-worker)\.ts$/,
      /^cloud\/inference\/own-engine(-worker)?\.ts$/,
    ],
  },
  {
    what: 'node:sqlite',
    why: 'the agent’s store, and locks that die with their process',
    only: [/^native-host\/state\/database\.ts$/, /^cloud\/store\/lock\.ts$/, CHECKOUT],
  },
  {
    what: 'node:fs',
    why: 'the person’s files are opened below gate/resolve only; the rest touches our own',
    only: [
      /^native-host\/gate\/resolve(\/[\w-]+)?\.ts$/,
      /^native-host\/gate\/(grants-file|grants-on-disk|check-folder)\.ts$/, // the grants file, outside all grants; which folder the person means
      /^native-host\/gate\/ledger-heads\.ts$/, // the ledger's signed head, kept beside the store
      /^native-host\/gate\/ledger-of\.ts$/, // which path the person means; nothing is opened
      /^native-host\/state\//,
      /^native-host\/commands\//, // programs and folders that the person allowed by their path, and /proc
      /^native-host\/journal\/(pre-images|fault-points)\.ts$/, // the store of old versions; the word before a test's crash
      /^native-host\/install\//,
      /^native-host\/link\/keys\.ts$/, // the device's key file
      /^native-host\/port\/(server|start-agent|reach-agent)\.ts$/, // the socket's folder, the log, agent.json
      /^native-host\/agent\.ts$/, // agent.json
      /^native-host\/journal\//, // old versions, kept outside all grants
      /^native-host\/ops\/fs\/(copy|new-version)\.ts$/, // facts of files that the gate has opened
      /^native-host\/mcp\/(receipts|ledgers|sent)\.ts$/, // the ledgers of what MCP clients got
      /^native-host\/mcp\/stdin\.ts$/, // what standard input is
      /^native-host\/cli\/grant-command\.ts$/, // the arguments of a command, from a file that the person names
      /^native-host\/cli\/mcp\.ts$/, // finds the MCP server's bundle
      /^native-host\/cli\/cloud\.ts$/, // finds the cloud's bundle
      /^cloud\/config\.ts$/, // key files that the environment names
      /^cloud\/store\//,
      /^cloud\/port-holder\.ts$/, // /proc, to say who holds the port
      CHECKOUT,
    ],
  },
];

const NAMES: readonly Rule[] = [
  {
    what: 'process.env',
    why: 'the environment is read in config and handed on',
    only: [/^native-host\/config\.ts$/, /^cloud\/config\.ts$/, /^native-host\/install\/browsers\.ts$/, CHECKOUT],
  },
  { what: 'console.', why: 'logs go through the log; on stdout it would be a broken frame', only: [] },
  {
    what: 'process.stdout',
    why: 'frames go out through the relay, words through the terminal’s output',
    only: [/^native-host\/port\/relay\.ts$/, /^native-host\/mcp\/serve\.ts$/, /^native-host\/cli\//, /^cloud\/main\.ts$/, CHECKOUT],
  },
  { what: 'eval(', why: 'no code from strings', only: [] },
  { what: 'new Function(', why: 'no code from strings', only: [] },
  { what: 'innerHTML', why: 'pages and models write text, not markup', only: [/^extension\/page\//] },
];

/** Imported by no rule above: platform parts that open nothing. */
const HARMLESS = new Set([
  'node:crypto',
  'node:events',
  'node:os',
  'node:path',
  'node:process',
  'node:timers',
  'node:url',
  'node:util',
  'node:readline',
  'node:tty',
  'node:string_decoder',
  'node:buffer',
  'node:perf_hooks',
  'node:module',
  'node:v8',
  'node:stream',
  'node:zlib',
]);

test.each(IMPORTERS)('$what is imported only where it belongs: $why', ({ what, only }) => {
  const importers = SOURCES.filter(({ imports }) => imports.some(({ from }) => packageOf(from) === what)).map(({ path }) => path);
  expect(importers.filter((path) => !only.some((place) => place.test(path)))).toEqual([]);
  expect(importers, 'a rule that nothing needs is taken out').not.toEqual([]);
});

test.each(NAMES)('$what is used only where it belongs: $why', ({ what, only }) => {
  const users = SOURCES.filter(({ text }) => withoutComments(text).includes(what)).map(({ path }) => path);
  expect(users.filter((path) => !only.some((place) => place.test(path)))).toEqual([]);
});

/** Line comments and the text of plain strings may name what is forbidden. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}

test('every package and every part of the platform that is imported has its rule', () => {
  const ruled = new Set(IMPORTERS.map(({ what }) => what));
  const packages = SOURCES.filter(({ path }) => !CHECKOUT.test(path)).flatMap(({ path, imports }) =>
    imports.filter(({ from }) => !from.startsWith('.')).map(({ from }) => `${packageOf(from)} in ${path}`),
  );
  expect(packages.filter((each) => !ruled.has(each.split(' in ')[0] ?? '') && !HARMLESS.has(each.split(' in ')[0] ?? ''))).toEqual([]);
});

test('every package that is imported is in package.json', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const known = new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
  const used = new Set(
    SOURCES.flatMap(({ imports }) => imports.map(({ from }) => packageOf(from))).filter(
      (name) => !name.startsWith('.') && !name.startsWith('node:'),
    ),
  );
  expect([...used].filter((name) => !known.has(name))).toEqual([]);
});

test('shared imports zod, itself and nothing else', () => {
  const foreign = SOURCES.filter(({ program }) => program === 'shared').flatMap(({ path, imports }) =>
    imports.filter(({ from }) => from !== 'zod' && !target(path, from)?.startsWith('shared/')).map(({ from }) => `${path}: ${from}`),
  );
  expect(foreign).toEqual([]);
});

test('the programs import shared and themselves, never each other', () => {
  const foreign = SOURCES.flatMap(({ path, program, imports }) =>
    imports.flatMap(({ from }) => {
      const file = target(path, from);
      return file === null || file.startsWith(`${program}/`) || file.startsWith('shared/') ? [] : [`${path}: ${file}`];
    }),
  );
  // The checkout's main job reads the extension's identity, as an installer would.
  expect(foreign.filter((each) => !CHECKOUT.test(each) && !each.endsWith(': extension/identity.json'))).toEqual([]);
});

test('the extension imports nothing of Node', () => {
  const node = SOURCES.filter(({ program }) => program === 'extension').flatMap(({ path, imports }) =>
    imports.filter(({ from }) => from.startsWith('node:')).map(({ from }) => `${path}: ${from}`),
  );
  expect(node).toEqual([]);
});

test('zod is imported as a whole, so that what is not used falls away', () => {
  const otherwise = SOURCES.flatMap(({ path, imports }) =>
    imports.filter(({ from, clause }) => from === 'zod' && !/^(type )?\* as z$/.test(clause)).map(({ clause }) => `${path}: ${clause}`),
  );
  expect(otherwise).toEqual([]);
});

test('relative imports name a file that is there, with its extension', () => {
  const wrong = SOURCES.flatMap(({ path, imports }) =>
    imports
      .filter(({ from }) => from.startsWith('.'))
      .flatMap(({ from }) =>
        /\.(tsx?|mjs|json|css)$/.test(from) && existsSync(join(ROOT, target(path, from) ?? '')) ? [] : [`${path}: ${from}`],
      ),
  );
  expect(wrong).toEqual([]);
});

test('there are no barrel files', () => {
  expect(SOURCES.filter(({ text }) => /^export (\*|\{[^}]*\}) from/m.test(text)).map(({ path }) => path)).toEqual([]);
});

test('every file begins by saying what it is for', () => {
  const silent = SOURCES.filter(({ path, text }) => !/^(#!.*\n)?\/\/ /.test(text) && !path.includes('/migrations/')).map(
    ({ path }) => path,
  );
  // Two lines that only wire need no words.
  expect(silent.filter((path) => (SOURCES.find((file) => file.path === path)?.text.split('\n').length ?? 0) > 8)).toEqual([]);
});

test('each of the four programs is there', () => {
  expect([...new Set(SOURCES.map(({ program }) => program))].sort()).toEqual([...PROGRAMS].sort());
});

/** The file that a relative import names, from the root; `null` for a package. */
function target(path: string, from: string): string | null {
  return from.startsWith('.') ? normalize(join(dirname(path), from)) : null;
}
