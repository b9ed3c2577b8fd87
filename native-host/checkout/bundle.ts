// The esbuild bundles of host and cloud. Everything is bundled but what brings files of its own (ripgrep's binary, PGlite's
// WebAssembly); dynamic imports stay lazy, so that a program pays at its start only for what it uses then.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BuildOptions, build, stop } from 'esbuild';
import { DIST, EMPTY_STORE, ROOT } from './places.ts';

const SHARED: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node24',
  legalComments: 'none',
  logLevel: 'silent',
};

/** CommonJS has no import.meta.url; the bundle's own place stands in for it. */
const HOST: BuildOptions = {
  ...SHARED,
  format: 'cjs',
  // A browser waits for it: less to read starts sooner.
  minifySyntax: true,
  minifyWhitespace: true,
  external: ['@vscode/ripgrep', '@vscode/ripgrep-*'],
  define: { 'import.meta.url': '__bundleUrl', 'import.meta.main': 'true' },
  banner: { js: "const __bundleUrl=require('node:url').pathToFileURL(__filename).href;" },
};

/** Starts the host with the compile cache in its own folder, which nobody else can write. */
const HOST_START = `'use strict';
const { join } = require('node:path');
require('node:module').enableCompileCache?.(join(__dirname, '.cache'));
require('./program.cjs');
`;

/** Ends esbuild's own process, which otherwise stays as long as this one: `npm start` goes on for hours after its build. */
export function endBundling(): Promise<void> {
  return stop();
}

const OLD_CHUNK_MS = 3600_000;
const STORE_MS = 120_000;
const REQUIRE_BANNER = "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** Split, because only so do lazy imports keep the order in which ES modules run. */
const CLOUD: BuildOptions = {
  ...SHARED,
  format: 'esm',
  splitting: true,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunk-[hash]',
  external: ['@electric-sql/pglite', '@electric-sql/pglite/*'],
  banner: { js: REQUIRE_BANNER },
};

/** Writes dist/host: host.cjs (which loads program.cjs), relay.cjs, the gate's scan.cjs and the reader's document.cjs with the pdf.cjs that both load for a PDF, and, where there is one, worker.cjs. */
export async function bundleHost(): Promise<void> {
  const folder = join(DIST, 'host');
  const made = await Promise.all([
    bundleOne(HOST, 'native-host/main.ts', join(folder, 'program.cjs')),
    bundleOne(HOST, 'native-host/port/relay.ts', join(folder, 'relay.cjs')),
    bundleOne(HOST, 'native-host/mcp/serve.ts', join(folder, 'mcp.cjs')),
    bundleIfThere(HOST, 'native-host/runs/worker.ts', join(folder, 'worker.cjs')),
    bundleOne(HOST, 'native-host/gate/scan/worker.ts', join(folder, 'scan.cjs')),
    bundleOne(HOST, 'native-host/gate/scan/pdf-text.ts', join(folder, 'pdf.cjs')),
    bundleOne(HOST, 'native-host/ops/doc/reader-worker.ts', join(folder, 'document.cjs')),
  ]);
  const files = [
    ...made.flat(),
    { path: join(folder, 'host.cjs'), contents: HOST_START },
    { path: join(folder, 'package.json'), contents: '{"type":"commonjs"}\n' },
  ];
  writeAll(folder, files);
}

/** Writes dist/cloud: cloud.mjs and the chunks that it loads lazily; where there is one, worker.mjs; and the store that a first start begins from. */
export async function bundleCloud(): Promise<void> {
  const folder = join(DIST, 'cloud');
  const worker = 'cloud/inference/worker.ts';
  const entries = { cloud: 'cloud/main.ts', ...(existsSync(join(ROOT, worker)) && { worker }) };
  const { outputFiles = [] } = await build({ ...CLOUD, entryPoints: entries, outdir: folder });
  writeAll(folder, outputFiles);
  if (!isNewer(EMPTY_STORE, join(ROOT, 'package-lock.json')))
    await promisify(execFile)(process.execPath, [join(ROOT, 'cloud', 'store', 'make-empty-store.ts'), EMPTY_STORE], { timeout: STORE_MS });
  removeOldChunks(
    folder,
    outputFiles.map(({ path }) => path),
  );
}

/** It takes seconds, and is the same until there is another PGlite. */
function isNewer(made: string, cause: string): boolean {
  return existsSync(made) && statSync(made).mtimeMs > statSync(cause).mtimeMs;
}

/** Chunks of earlier builds go once no cloud that was started from them is likely to load them any more. */
function removeOldChunks(folder: string, current: readonly string[]): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.startsWith('chunk-') && !current.includes(path) && Date.now() - statSync(path).mtimeMs > OLD_CHUNK_MS)
      rmSync(path, { force: true });
  }
}

interface MadeFile {
  path: string;
  contents: string | Uint8Array;
}

async function bundleOne(options: BuildOptions, entry: string, outfile: string): Promise<MadeFile[]> {
  const result = await build({ ...options, entryPoints: [entry], outfile });
  return (result.outputFiles ?? []).map(({ path, text }) => ({ path, contents: inLatin1(text) }));
}

/**
 * The same program without a character beyond Latin-1, of which one is enough to make V8 keep a source in twice the memory. esbuild
 * has left them in regular expressions alone, where an escape means the same.
 */
function inLatin1(code: string): string {
  return code.replace(/[^\0-\xff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function bundleIfThere(options: BuildOptions, entry: string, outfile: string): Promise<MadeFile[]> {
  return existsSync(join(ROOT, entry)) ? bundleOne(options, entry, outfile) : [];
}

/** Each file is replaced whole, so that a program that starts meanwhile loads the old or the new one. */
function writeAll(folder: string, files: readonly MadeFile[]): void {
  mkdirSync(folder, { recursive: true });
  for (const { path, contents } of files) {
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, contents);
    renameSync(fresh, path);
  }
}
