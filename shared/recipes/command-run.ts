// Run an allowed command with the values for its command line. At home only; what it says stays there.
import * as z from 'zod';
import { CommandValues } from '../gate/command-arguments.ts';
import { GrantId } from '../ids.ts';
import { Source } from '../ops/args.ts';
import { input, type Recipe, step } from './recipe.ts';

const RunInput = z.strictObject({
  command: GrantId,
  values: CommandValues.default({}),
  /** Files that the values name by number. */
  target: z.array(Source).max(200).default([]),
});
type RunInput = z.infer<typeof RunInput>;

export const commandRun: Recipe<RunInput> = {
  name: 'command.run',
  says: 'Run a command',
  input: RunInput,
  // As it stands: values for its places and files are the person's own to give.
  requested: z.strictObject({ command: GrantId }),
  driver: 'home',
  title: (run, context) => `Run ${context.grantName(run.command)}`.slice(0, 300),
  grants: (run, context) => [run.command, ...context.grantsOf(run.target)],
  values: () => ({}),
  texts: () => ({}),
  lend: (run, lend) => ({ ...run, target: run.target.map((source) => (typeof source === 'string' ? lend(source) : source)) }),
  plan: () => [step('run', 'os.run', { grant: input('command'), values: input('values'), target: input('target') }, { where: 'home' })],
  egressBytes: 0,
  changes: 0,
  result: 'run',
};
