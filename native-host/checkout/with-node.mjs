// Runs a program of the checkout with the checkout's own Node, whatever Node was called: the first thing every command
// here goes through, so it is plain JavaScript for Node 18 and newer and imports nothing of ours.
//
//   node native-host/checkout/with-node.mjs FILE [ARGS…]
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const PINNED = join(ROOT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const OLDEST_MAJOR = 24;

/** Runs `file` with `args`: in this process when it already is the right Node, else in a child whose end is passed on. */
export async function runWithNode(file, args) {
  const node = findNode();
  if (node === null) {
    process.stderr.write(`${missingMessage()}\n`);
    process.exit(1);
  }
  if (node === realpathSync(process.execPath)) {
    process.argv = [process.execPath, file, ...args];
    await import(pathToFileURL(file).href);
    return;
  }
  passThrough(node, [file, ...args]);
}

/** The checkout's Node; else this one when it is new enough; else `null`. */
function findNode() {
  if (existsSync(PINNED)) return realpathSync(PINNED);
  return Number(process.versions.node.split('.')[0]) >= OLDEST_MAJOR ? realpathSync(process.execPath) : null;
}

function missingMessage() {
  const what = existsSync(join(ROOT, 'node_modules'))
    ? 'Its install step did not run: run "npm ci" again, without --ignore-scripts.'
    : `Run "npm ci" in ${ROOT} first.`;
  return `Headgate needs its own Node ${OLDEST_MAJOR} (${PINNED}), which is not there. ${what}`;
}

function passThrough(node, args) {
  // Listening comes first: a signal may arrive as soon as the child has begun to speak.
  let child = null;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child?.kill(signal));
  child = spawn(node, args, { stdio: 'inherit' });
  child.on('error', (error) => {
    process.stderr.write(`${node} cannot be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) throw new TypeError('with-node.mjs takes the file to run');
  await runWithNode(resolve(file), args);
}
