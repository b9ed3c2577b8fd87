// What a recipe is: a built-in job that needs no code. Its plan is fixed by its input, names only ops of the catalogue and
// holds no content; free text that the input brings is stored at home under `texts` and travels as a handle.
import type * as z from 'zod';
import type { GrantId, HandleId, StepId } from '../ids.ts';
import type { Source } from '../ops/args.ts';
import type { PlannedStep } from '../run/plan.ts';

export interface RecipeContext {
  now: Date;
  grantName(grant: GrantId): string;
  /** Every grant there is, for recipes that look through all of them. */
  allGrants: readonly GrantId[];
  /** The grants that these things lie in; what is not known any more lies in none. */
  grantsOf(sources: readonly Source[]): GrantId[];
}

export interface Recipe<Input = unknown> {
  name: string;
  says: string;
  input: z.ZodType<Input>;
  /**
   * What of the input somebody else may name (the cloud's API, schedules, sensors): ids, numbers and words of ours, never free
   * text. Without it only the person on this device starts the recipe.
   */
  requested?: z.ZodType<Record<string, unknown>>;
  /** Changes that this very input comes to, where that is fewer than `changes`. */
  changesOf?(input: Input): number;
  /** `home`: driven on the device from the first event; the cloud gets the log afterwards. */
  driver: 'home' | 'cloud';
  /** What the person reads in the list of runs; stays at home, and in the cloud sealed. */
  title(input: Input, context: RecipeContext): string;
  grants(input: Input, context: RecipeContext): readonly GrantId[];
  /** Values that the plan refers to beside the input's own. */
  values(input: Input, context: RecipeContext): Record<string, unknown>;
  /** Fields of the input whose text becomes a handle before the run starts, with the grant whose label it takes (`null`: `home`). */
  texts(input: Input): Record<string, { text: string; grant: GrantId | null }>;
  /** The input with each handle of a file that an earlier run found replaced by one of this run's own. Without it the input names none. */
  lend?(input: Input, lend: (handle: HandleId) => HandleId): Input;
  plan(input: Input): PlannedStep[];
  /** Limits that go into the run's warrant. */
  egressBytes: number;
  changes: number;
  /** The step whose outputs are the run's result. */
  result: string;
}

/** A step of a plan, its ids branded. */
export function step(
  id: string,
  op: PlannedStep['op'],
  args: PlannedStep['args'] = {},
  more: Omit<Partial<PlannedStep>, 'each'> & { each?: string } = {},
): PlannedStep {
  return { id: id as StepId, op, args, ...more } as PlannedStep;
}

/** Refers to the outputs of another step. */
export function output(id: string): { output: StepId } {
  return { output: id as StepId };
}

/** Refers to a value of the run's input, kept at home. */
export function input(name: string): { input: string } {
  return { input: name };
}

/** The day as people write it in a file name: `2026-11-21`, in the context's own time. */
export function dayOf(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
