// `npm start`: the whole product on this machine, from sources to an open browser. `--once` does the main job and leaves.
import { UsageError } from '../cli/arguments.ts';
import { createOutput } from '../cli/output.ts';
import { runOnce } from './once.ts';
import { parseStartOptions, type StartOptions, startHelp } from './start-options.ts';
import { stay } from './stay.ts';

async function main(args: readonly string[]): Promise<number> {
  let options: StartOptions;
  try {
    options = parseStartOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (args.includes('--json')) createOutput(true).document({ ok: false, error: { code: 'invalid_params', message: error.message } });
    process.stderr.write(`${error.message}\n\n${startHelp()}\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(`${startHelp()}\n`);
    return 0;
  }
  return options.once ? runOnce(options) : stay(options);
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
// Open handles of a half-opened browser must not keep a finished start alive.
setTimeout(() => process.exit(), 2_000).unref();
