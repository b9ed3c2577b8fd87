// The command line's one door: finds the command, parses its arguments, runs it, and turns what it throws into a message
// and an exit code. With `--json` an error is the one document on stdout.
import { HeadgateError, toErrorData } from '../../shared/errors.ts';
import { hostHome } from '../config.ts';
import { checkHome } from '../state/check-home.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { COMMAND_NAMES, type Call, COMMON_FLAGS, type CommandRow, findCommand } from './commands.ts';
import { EXIT, type Exit, exitOf } from './exit-codes.ts';
import { helpOf, overview, usageOf } from './help.ts';
import { createOutput, type Output } from './output.ts';
import { nearest } from './suggest.ts';
import { VERSION } from '../version.ts';

/** Flags that may stand before the command. */
const AHEAD: readonly string[] = ['--json', '--help', '-h', '--version', '-v'];

/** Runs `headgate …args` and gives its exit code. Never throws. */
export async function runCommandLine(args: readonly string[]): Promise<Exit> {
  const out = createOutput(args.includes('--json'));
  const at = args.findIndex((word) => !word.startsWith('-'));
  const ahead = at < 0 ? args : args.slice(0, at);
  const unknown = ahead.find((flag) => !AHEAD.includes(flag));
  if (unknown !== undefined) return usageFailure(out, `There is no option ${unknown} here.`, 'headgate help');
  if (ahead.includes('--version') || ahead.includes('-v')) return say(out, { version: VERSION }, VERSION);
  const name = at < 0 ? 'help' : (args[at] ?? '');
  // What every command takes may stand before it as well.
  const rest = [...args.slice(at < 0 ? args.length : at + 1), ...ahead];
  if (name === 'help')
    return help(
      out,
      rest.find((word) => !word.startsWith('-')),
    );
  const row = findCommand(name);
  if (row === null) return unknownCommand(out, name);
  if (rest.includes('--help') || rest.includes('-h')) return say(out, { help: helpOf(name, row) }, helpOf(name, row));
  try {
    return await runRow(row, rest, out);
  } catch (error) {
    return failed(out, error, name, row);
  } finally {
    out.endProgress();
  }
}

async function runRow(row: CommandRow, args: readonly string[], out: Output): Promise<Exit> {
  const { words, flags } = parseArguments(args, { ...row.flags, ...COMMON_FLAGS }, row.words, row.missing);
  const command = await row.load();
  const call: Call<typeof flags> = { words, flags, home: checkHome(hostHome()), out };
  // The flags were parsed by the row that names this very module.
  return command.run(call as never);
}

function say(out: Output, document: unknown, text: string): Exit {
  out.document(document);
  out.line(text);
  return EXIT.ok;
}

function help(out: Output, topic: string | undefined): Exit {
  if (topic === undefined) return say(out, { help: overview() }, overview());
  const row = findCommand(topic);
  return row === null ? unknownCommand(out, topic) : say(out, { help: helpOf(topic, row) }, helpOf(topic, row));
}

function unknownCommand(out: Output, name: string): Exit {
  const meant = nearest(name, COMMAND_NAMES);
  return usageFailure(out, `There is no command "${name}".${meant === null ? '' : ` Did you mean "${meant}"?`}`, 'headgate help');
}

function usageFailure(out: Output, message: string, next: string, usage?: string): Exit {
  out.document({ error: { code: 'invalid_params', message, ...(usage !== undefined && { usage }), next } });
  if (!out.json) out.note([message, ...(usage === undefined ? [] : [`Usage: ${usage}`]), `Try: ${next}`].join('\n'));
  return EXIT.usage;
}

function failed(out: Output, error: unknown, name: string, row: CommandRow): Exit {
  if (error instanceof UsageError)
    return usageFailure(out, error.message, `headgate ${name} --help`, error.words ? usageOf(name, row) : undefined);
  const data = toErrorData(error);
  const known = error instanceof HeadgateError;
  const message = known ? data.message : `Something went wrong inside Headgate: ${error instanceof Error ? error.message : String(error)}`;
  const next = known ? data.next : undefined;
  out.document({ error: { code: data.code, message, ...(next !== undefined && { next }) } });
  if (!out.json) out.note(`${out.paint('red', 'headgate:')} ${message}${next === undefined ? '' : `\n${next}`}`);
  return exitOf(data.code);
}
