// Command grants: a program that the person allowed, and exactly what may stand on its command line. The schema of one and
// the pure checks of it; from values to an argument array: command-arguments.ts; as people write it: command-template.ts.
import * as z from 'zod';
import { GrantId } from '../ids.ts';
import { Label } from './labels.ts';
import { parseLinearPattern } from './linear-pattern.ts';

/** What stands on a command line as it is. */
const Word = z
  .string()
  .min(1)
  .max(400)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'holds a character that no command line has');
const ArgumentName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and dashes, a letter first');

/** A place that a run fills in. */
const slot = {
  name: ArgumentName,
  /** The option that it is the value of: `-o` as a word of its own, or `--to=` joined to it. */
  option: z.strictObject({ text: Word, joined: z.boolean() }).optional(),
  optional: z.boolean().default(false),
  /** How many values, at most. */
  most: z.int().min(1).max(100).default(1),
};

export const MAX_VALUE_CHARS = 1_000;

export const CommandArgument = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('literal'), text: Word }),
  /** There when the run asks for it by name. */
  z.strictObject({ kind: z.literal('switch'), name: ArgumentName, text: Word }),
  z.strictObject({ kind: z.literal('choice'), ...slot, values: z.array(Word).min(1).max(100) }),
  z.strictObject({ kind: z.literal('text'), ...slot, pattern: z.string().max(200), maxLength: z.int().min(1).max(MAX_VALUE_CHARS) }),
  z.strictObject({ kind: z.literal('int'), ...slot, min: z.int(), max: z.int() }),
  /** A file: to read, to make (never there yet), or to write over. Of the working folder, or of `grant`, or by a handle. */
  z.strictObject({ kind: z.literal('file'), ...slot, use: z.enum(['read', 'write', 'replace']), grant: GrantId.optional() }),
]);
export type CommandArgument = z.infer<typeof CommandArgument>;
export type CommandSlot = Exclude<CommandArgument, { kind: 'literal' | 'switch' }>;

export const CommandLimits = z.strictObject({
  seconds: z.int().min(1).max(3600).default(60),
  /** Of stdout and stderr together. */
  outputBytes: z.int().min(1_000).max(8_000_000).default(1_000_000),
  memoryMegabytes: z.int().min(16).max(1_000_000).default(1024),
  /** Processes and threads that it may have at once. */
  processes: z.int().min(1).max(4096).default(128),
});
export type CommandLimits = z.infer<typeof CommandLimits>;

export const CommandGrant = z.strictObject({
  id: GrantId,
  name: z.string().min(1).max(80),
  /** Absolute and real: no link on the way. Never leaves the device. */
  program: z.string().min(1).max(4096),
  /** What the program's bytes must hash to at each start; `null`: whatever lies at its path. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  arguments: z.array(CommandArgument).max(60),
  /** Whether `--` is put before the first free value. A program without it gets no value that begins with a dash. */
  doubleDash: z.boolean(),
  /** Where it works; `null`: in an empty folder of its own. */
  folder: z.strictObject({ grant: GrantId, path: z.string().max(2000) }).nullable(),
  /** Whether it may change what is in its folder; the folder's grant must give that right as well. */
  write: z.boolean(),
  /** Folders beside the system's that it may read, such as its own installation. */
  sees: z.array(z.string().min(1).max(4096)).max(10),
  network: z.enum(['none', 'yes']),
  /** `wanted`: without bubblewrap each start needs the person's yes. `none-accepted`: the person said that it need not. */
  isolation: z.enum(['wanted', 'none-accepted']),
  /** Whether it runs what it is given, as a shell does; said by the person. */
  interpreter: z.boolean(),
  /** Of what it says, at least; stricter where its inputs are. */
  label: Label,
  limits: CommandLimits,
  createdAt: z.int().min(0),
});
export type CommandGrant = z.infer<typeof CommandGrant>;

/** A command as clients on this machine see it: texts for the eyes only. */
export const CommandView = z.object({
  id: GrantId,
  name: z.string().max(80),
  display: z.string().max(4096),
  /** Its command line, with places for what a run fills in: `--to=<to:html|docx> <in:read>`. */
  usage: z.string().max(4000),
  /** What a run fills in, in the order of the line. */
  places: z
    .array(
      z.object({
        name: z.string().max(32),
        kind: z.enum(['switch', 'choice', 'text', 'int', 'file']),
        /** Whether it is the value of an option, and so is given by name where it may be left out. */
        option: z.boolean(),
        optional: z.boolean(),
        most: z.int(),
      }),
    )
    .max(60),
  folder: z.string().max(4096).nullable(),
  write: z.boolean(),
  network: z.enum(['none', 'yes']),
  isolation: z.enum(['wanted', 'none-accepted']),
  interpreter: z.boolean(),
  pinned: z.boolean(),
  label: Label,
  limits: z.object({ seconds: z.int(), outputBytes: z.int(), memoryMegabytes: z.int(), processes: z.int() }),
  /** `refused`: it cannot be started as things are; `problem` says why. */
  state: z.enum(['ready', 'refused']),
  problem: z.string().max(600).optional(),
});
export type CommandView = z.infer<typeof CommandView>;

/** What is wrong with the command line of a grant, in words for who wrote it; nothing when it can be used. */
export function commandProblems(command: Pick<CommandGrant, 'arguments' | 'doubleDash' | 'write' | 'folder'>): string[] {
  const problems: string[] = [];
  const names = command.arguments.flatMap((argument) => (argument.kind === 'literal' ? [] : [argument.name]));
  for (const name of new Set(names))
    if (names.filter((other) => other === name).length > 1) problems.push(`Two arguments are called ${name}.`);
  let free = false;
  for (const argument of command.arguments) {
    if (free && command.doubleDash && startsLikeOption(argument))
      problems.push(`The option ${optionOf(argument)} stands after a free value, where -- makes it one as well. Put options first.`);
    if (isFreeSlot(argument)) free = true;
    if (argument.kind === 'text') problems.push(...patternProblems(argument));
    if (argument.kind === 'int' && argument.max < argument.min)
      problems.push(`${argument.name}: ${argument.min}..${argument.max} holds no number.`);
    if (argument.kind === 'file' && argument.use !== 'read') problems.push(...writeProblems(argument, command));
  }
  return problems;
}

/** Whether a run's value stands there by itself, not as the value of an option. */
export function isFreeSlot(argument: CommandArgument): argument is CommandSlot {
  return argument.kind !== 'literal' && argument.kind !== 'switch' && argument.option === undefined;
}

function optionOf(argument: CommandArgument): string {
  return argument.kind === 'literal' || argument.kind === 'switch' ? argument.text : (argument.option?.text ?? '');
}

function startsLikeOption(argument: CommandArgument): boolean {
  return optionOf(argument).startsWith('-');
}

function patternProblems({ name, pattern }: { name: string; pattern: string }): string[] {
  try {
    parseLinearPattern(pattern);
    return [];
  } catch (error) {
    return [`The pattern of ${name} cannot be used: ${error instanceof Error ? error.message : String(error)}.`];
  }
}

function writeProblems(
  { name, grant }: { name: string; grant?: GrantId | undefined },
  { write, folder }: Pick<CommandGrant, 'write' | 'folder'>,
): string[] {
  if (grant !== undefined && grant !== folder?.grant) return [`${name}: files are made in the working folder only.`];
  return write && folder !== null ? [] : [`${name} is a file to write, so the command needs a working folder in which it may write.`];
}
