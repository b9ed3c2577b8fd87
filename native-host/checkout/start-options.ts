// What `npm start` understands after `--`.
import { type FlagTable, parseArguments, UsageError } from '../cli/arguments.ts';

const FLAGS = {
  once: { type: 'boolean', says: 'Do the main job headless, print what it did, and leave' },
  page: { type: 'string', value: 'FILE_OR_URL', says: 'The page to save (with --once); a bundled article otherwise' },
  folder: { type: 'string', value: 'DIR', says: 'The folder to digest (with --once), used where it is; bundled documents otherwise' },
  json: { type: 'boolean', says: 'One JSON document on stdout (with --once)' },
  'no-samples': { type: 'boolean', says: 'Start without the bundled samples' },
  help: { type: 'boolean', short: 'h', says: 'Show this help' },
} as const satisfies FlagTable;

export type StartOptions = ReturnType<typeof parseArguments<typeof FLAGS>>['flags'];

/** Throws UsageError. */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const { flags } = parseArguments(args, FLAGS, [0, 0]);
  for (const name of ['page', 'folder', 'json'] as const) {
    if (flags[name] && !flags.once) throw new UsageError(`--${name} goes with --once.`);
  }
  return flags;
}

export function startHelp(): string {
  const rows = Object.entries(FLAGS as FlagTable).map(
    ([name, { value, says }]) => `  ${`--${name}${value ? ` ${value}` : ''}`.padEnd(22)}${says}`,
  );
  return ['Usage: npm start [-- OPTIONS]', '', ...rows].join('\n');
}
