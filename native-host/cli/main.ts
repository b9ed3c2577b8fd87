// The command line's one door: finds the command, parses its arguments, runs it, and turns what it throws into a message
// and an exit code. With `--json` an error is the one document on stdout.
import { HeadgateError, toErrorData } from '../../shared/errors.ts';
import { hostHome } from '../config.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { COMMAND_NAMES, type Call, COMMON_FLAGS, type CommandRow, findCommand } from './commands.ts';
import { EXIT, type Exit, exitOf } from './exit-codes.ts';
import { helpOf, overview } from './help.ts';
import { createOutput, type Output } from './output.ts';
import { nearest } from './suggest.ts';
import { VERSION } from '../version.ts';

/** Runs `headgate …args` and gives its exit code. Never throws. */
export async function runCommandLine(args: readonly string[]): Promise<Exit> {
  const [name, ...rest] = args;
  const out = createOutput(args.includes('--json'));
  if (name === '--version' || name === '-v') return say(out, { version: VERSION }, VERSION);
  if (name === undefined || name === 'help' || name.startsWith('-'))
    return help(out, name === 'help' ? rest.find((word) => !word.startsWith('-')) : undefined, name);
  const row = findCommand(name);
  if (row === null) return unknownCommand(out, name);
  if (rest.includes('--help') || rest.includes('-h')) return say(out, { help: helpOf(name, row) }, helpOf(name, row));
  try {
    return await runRow(row, rest, out);
  } catch (error) {
    return failed(out, error, name);
  } finally {
    out.endProgress();
  }
}

async function runRow(row: CommandRow, args: readonly string[], out: Output): Promise<Exit> {
  const { words, flags } = parseArguments(args, { ...row.flags, ...COMMON_FLAGS }, row.words);
  const command = await row.load();
  const call: Call<typeof flags> = { words, flags, home: hostHome(), out };
  // The flags were parsed by the row that names this very module.
  return command.run(call as never);
}

function say(out: Output, document: unknown, text: string): Exit {
  out.document(document);
  out.line(text);
  return EXIT.ok;
}

function help(out: Output, topic: string | undefined, flag: string | undefined): Exit {
  if (topic !== undefined) {
    const row = findCommand(topic);
    return row === null ? unknownCommand(out, topic) : say(out, { help: helpOf(topic, row) }, helpOf(topic, row));
  }
  const asked = flag === undefined || flag === 'help' || flag === '--help' || flag === '-h' || flag === '--json';
  if (asked) return say(out, { help: overview() }, overview());
  return usageFailure(out, `There is no option ${flag} here.`, 'headgate help');
}

function unknownCommand(out: Output, name: string): Exit {
  const meant = nearest(name, COMMAND_NAMES);
  return usageFailure(out, `There is no command "${name}".${meant === null ? '' : ` Did you mean "${meant}"?`}`, 'headgate help');
}

function usageFailure(out: Output, message: string, next: string): Exit {
  out.document({ error: { code: 'invalid_params', message, next } });
  if (!out.json) out.note(`${message}\nTry: ${next}`);
  return EXIT.usage;
}

function failed(out: Output, error: unknown, name: string): Exit {
  if (error instanceof UsageError) return usageFailure(out, error.message, `headgate ${name} --help`);
  const data = toErrorData(error);
  const known = error instanceof HeadgateError;
  const message = known ? data.message : `Something went wrong inside Headgate: ${error instanceof Error ? error.message : String(error)}`;
  const next = known ? data.next : undefined;
  out.document({ error: { code: data.code, message, ...(next !== undefined && { next }) } });
  if (!out.json) out.note(`${out.paint('red', 'headgate:')} ${message}${next === undefined ? '' : `\n${next}`}`);
  return exitOf(data.code);
}
