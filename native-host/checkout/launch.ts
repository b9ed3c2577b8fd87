// The second half of `headgate` in a checkout, on the right Node: bundles that are stale are made anew, then the built
// host runs in this very process, so that exit code, signals and terminal are its own.
import { pathToFileURL } from 'node:url';
import { buildStale } from './build.ts';
import { BUNDLES } from './places.ts';

const args = process.argv.slice(2);
await buildStale(args[0] === 'cloud' ? ['host', 'cloud'] : ['host'], { say: (line) => process.stderr.write(`${line}\n`) }).catch(
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
process.argv = [process.execPath, BUNDLES.host, ...args];
await import(pathToFileURL(BUNDLES.host).href);
