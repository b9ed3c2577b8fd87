// Reads a command's arguments by its row: flags with types, words counted. Knows nothing of what commands do.
import { parseArgs } from 'node:util';
import { nearest } from './suggest.ts';

export interface FlagRow {
  type: 'boolean' | 'string';
  short?: string;
  multiple?: boolean;
  /** What stands for the value in the usage, `DIR`. */
  value?: string;
  choices?: readonly string[];
  says: string;
}
export type FlagTable = Readonly<Record<string, FlagRow>>;

/** The flags of a table as values: absent texts are `undefined`, absent switches `false`, lists may be empty. */
export type FlagsOf<Table> = {
  [Name in keyof Table]: Table[Name] extends { type: 'boolean' }
    ? boolean
    : Table[Name] extends { multiple: true }
      ? string[]
      : string | undefined;
};

/** A command line that says something we do not understand. `words`: how the command is called is worth showing. */
export class UsageError extends Error {
  readonly words: boolean;

  constructor(message: string, { words = false }: { words?: boolean } = {}) {
    super(message);
    this.words = words;
  }
}

export interface ParsedArguments<Table> {
  words: string[];
  flags: FlagsOf<Table>;
}

/** Parses `args` by the table and checks the number of words; `missing` says which one is needed. Throws UsageError. */
export function parseArguments<Table extends FlagTable>(
  args: readonly string[],
  table: Table,
  words: readonly [number, number],
  missing = 'A word is missing.',
): ParsedArguments<Table> {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short && { short }), ...(multiple && { multiple }) },
    ]),
  );
  const parsed = parse(args, options);
  const flags = Object.fromEntries(Object.entries(table).map(([name, row]) => [name, flagValue(name, row, parsed.values[name])]));
  const [min, max] = words;
  if (parsed.positionals.length < min) throw new UsageError(missing, { words: true });
  if (parsed.positionals.length > max) throw new UsageError(`Too many words: ${parsed.positionals.slice(max).join(' ')}`, { words: true });
  // The values were checked against the rows that FlagsOf is made from.
  return { words: parsed.positionals, flags: flags as FlagsOf<Table> };
}

type ParseOptions = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

function parse(args: readonly string[], options: ParseOptions) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, allowNegative: false });
  } catch (error) {
    throw new UsageError(sayProblem(error, Object.keys(options)));
  }
}

/** Node's own words for what it could not parse (`ERR_PARSE_ARGS_…`) in ours: they name the option between quotes. */
function sayProblem(error: unknown, names: readonly string[]): string {
  const { message } = error instanceof Error ? error : new Error(String(error));
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  const option = /'(?:-\w, )?(-[^' =]*)/.exec(message)?.[1] ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const meant = nearest(option.replace(/^-+/, ''), names);
    return `There is no option ${option} here.${meant === null ? '' : ` Did you mean --${meant}?`}`;
  }
  if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return message;
  if (message.includes('does not take')) return `${option} takes no value.`;
  return `${option} needs a value${message.includes('ambiguous') ? `; one that begins with a dash is given as ${option}=-…` : ''}.`;
}

function flagValue(name: string, row: FlagRow, value: unknown): unknown {
  if (value === undefined) return row.type === 'boolean' ? false : row.multiple ? [] : undefined;
  const { choices } = row;
  if (choices !== undefined && !choices.includes(String(value)))
    throw new UsageError(`--${name} is one of ${choices.join(', ')}, not "${String(value)}".`);
  return value;
}
