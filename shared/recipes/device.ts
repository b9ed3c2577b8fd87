// The small recipes of one step: open a file, show it in its folder, say what this machine is.
import * as z from 'zod';
import { HandleId } from '../ids.ts';
import { input, type Recipe, step } from './recipe.ts';

const Target = z.strictObject({ target: z.array(HandleId).length(1) });
type Target = z.infer<typeof Target>;

const onTarget = (name: string, says: string, op: 'os.open' | 'os.reveal'): Recipe<Target> => ({
  name,
  says,
  input: Target,
  driver: 'home',
  title: () => says,
  grants: ({ target }, context) => context.grantsOf(target),
  values: () => ({}),
  texts: () => ({}),
  lend: ({ target }, lend) => ({ target: target.map(lend) }),
  plan: () => [step('open', op, { target: input('target') }, { where: 'home' })],
  egressBytes: 0,
  changes: 0,
  result: 'open',
});

export const fileOpen = onTarget('file.open', 'Open a file', 'os.open');
export const fileReveal = onTarget('file.reveal', 'Show a file in its folder', 'os.reveal');

const Nothing = z.strictObject({});

export const deviceInfo: Recipe<Record<string, never>> = {
  name: 'device.info',
  says: 'Say what this device is',
  input: Nothing as z.ZodType<Record<string, never>>,
  requested: Nothing,
  driver: 'cloud',
  title: () => 'About this device',
  grants: () => [],
  values: () => ({}),
  texts: () => ({}),
  plan: () => [step('info', 'os.info')],
  egressBytes: 0,
  changes: 0,
  result: 'info',
};
