// `headgate grant --command PROGRAM … -- LINE`: the person allows a program and exactly what may stand on its command line.
import { readFileSync } from 'node:fs';
import { basename, isAbsolute, resolve } from 'node:path';
import * as z from 'zod';
import { CommandArgument } from '../../shared/gate/commands.ts';
import { parseCommandTemplate } from '../../shared/gate/command-template.ts';
import { firstProblem, IN_WORDS } from '../../shared/issue-words.ts';
import type { Label } from '../../shared/gate/labels.ts';
import { errnoOf } from '../gate/resolve/errno.ts';
import { findProgram } from '../commands/isolation.ts';
import { UsageError } from './arguments.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { expandHome } from './grants-lookup.ts';
import { parseCountLimit, parseSizeLimit } from './limit-spec.ts';
import { shown } from './output.ts';
import { showCommand } from './show-command.ts';
import { connectTerminal } from './terminal.ts';

export async function grantCommand(wish: string, { words, flags, home, out }: CallOf<'grant'>): Promise<Exit> {
  const program = wholePath(wish);
  const args = flags.schema === undefined ? readLine(words) : readSchema(flags.schema, words);
  using terminal = await connectTerminal({ home });
  const { command } = await terminal.call('commands.add', {
    program,
    // What the person calls it, as far as it is not said otherwise: the real file behind may have another name.
    name: flags.name ?? basename(program),
    arguments: args,
    ...(flags.in !== undefined && { folder: resolve(expandHome(flags.in)) }),
    ...(flags.write && { write: true }),
    ...(flags['no-double-dash'] && { doubleDash: false }),
    ...(flags.sees.length > 0 && { sees: flags.sees.map((folder) => resolve(expandHome(folder))) }),
    ...(flags.network && { network: 'yes' as const }),
    ...(flags['without-isolation'] && { isolation: 'none-accepted' as const }),
    ...(flags.interpreter && { interpreter: true }),
    ...(flags.hash && { hash: true }),
    // The row's choices are the labels.
    ...(flags.label !== undefined && { label: flags.label as Label }),
    limits: {
      ...(flags.seconds !== undefined && { seconds: count('seconds', flags.seconds) }),
      ...(flags.output !== undefined && { outputBytes: size('output', flags.output) }),
      ...(flags.memory !== undefined && { memoryMegabytes: Math.round(size('memory', flags.memory) / 1e6) }),
      ...(flags.processes !== undefined && { processes: count('processes', flags.processes) }),
    },
  });
  out.document({ command });
  out.line(`${out.paint('green', '✓')} ${shown(command.name)} may be run:`);
  showCommand(command, out);
  out.line(out.paint('dim', `  headgate run command ${shown(command.name)}${command.places.length > 0 ? ' -- …' : ''}`));
  return EXIT.ok;
}

/** A bare name is looked up here, once, and kept as the path that it has now. */
function wholePath(wish: string): string {
  const path = expandHome(wish);
  if (isAbsolute(path)) return path;
  const found = /[\\/]/.test(path) ? resolve(path) : findProgram(path);
  if (found === null) throw new UsageError(`There is no program ${wish} here. Name it by its absolute path.`);
  return found;
}

function readLine(words: readonly string[]): CommandArgument[] {
  const { arguments: parsed, problems } = parseCommandTemplate(words);
  const [problem] = problems;
  if (problem !== undefined) throw new UsageError(problem);
  return parsed;
}

function readSchema(file: string, words: readonly string[]): CommandArgument[] {
  if (words.length > 0) throw new UsageError('Say the line or a schema, not both.');
  let text: string;
  try {
    text = readFileSync(expandHome(file), 'utf8');
  } catch (error) {
    throw new UsageError(errnoOf(error) === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read.`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = z.array(CommandArgument).safeParse(json, IN_WORDS);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${file} is no list of arguments: ${firstProblem(parsed.error, 'the whole')}.`);
}

function count(flag: string, text: string): number {
  return parseCountLimit(flag, text) ?? needed(flag);
}

function size(flag: string, text: string): number {
  return parseSizeLimit(flag, text) ?? needed(flag);
}

function needed(flag: string): never {
  throw new UsageError(`--${flag}: a command has no limit of none.`);
}
