// A command as it would be started now: its line decided, its folder and files opened, its program looked at, and what is to
// be had of isolation. The question to the person and the start itself are made from this, so that they speak of the same.
import { HeadgateError } from '../../shared/errors.ts';
import { decideArguments } from '../../shared/gate/command-arguments.ts';
import type { CommandGrant } from '../../shared/gate/commands.ts';
import { type Label, strictest } from '../../shared/gate/labels.ts';
import type { OpArgs } from '../../shared/ops/args.ts';
import type { OpContext } from '../ops/op.ts';
import { type Given, openGiven } from './given.ts';
import { type Hidden, lookForHidden } from './hidden.ts';
import { type Isolation, isolationHere } from './isolation.ts';
import { type OpenProgram, openProgram } from './program.ts';

export interface Looked extends Disposable {
  command: CommandGrant;
  isolation: Isolation;
  given: Given;
  hidden: readonly Hidden[];
  program: OpenProgram;
  /** The strictest label of all that it can see. */
  seen: Label;
  /** Why it needs the person's yes each time, beside what they allowed; `null` when it does not. */
  needsYes: string | null;
}

/** Throws what stands against it: `invalid_params`, `grant_not_found`, `grant_refused`, `label_refused`, and what the gate says. */
export async function lookAtCommand({ grant, values, target }: OpArgs<'os.run'>, context: OpContext): Promise<Looked> {
  const command = context.grants.command(grant);
  const decided = decideArguments(command, values);
  if (decided.effect === 'deny')
    throw new HeadgateError('invalid_params', `This is not what ${command.name} was allowed to be given: ${decided.reasons.join('; ')}.`, {
      next: '“headgate grants” shows its command line.',
    });
  const isolation = await isolationHere();
  using opened = new DisposableStack();
  const given = opened.use(openGiven(command, decided.pieces, target, context));
  const label = strictest([given.folderLabel, given.inputLabel]);
  const { hidden, linked } =
    given.folder === null ? { hidden: [], linked: false } : await lookForHidden(given.folder, context.signal, label !== 'home');
  const seen = linked ? 'home' : label;
  // `home` beats everything, a network that the person allowed as well.
  if (command.network === 'yes' && seen === 'home')
    throw new HeadgateError('label_refused', 'This command has the network, and what it would see is labelled home: that never leaves.');
  const program = opened.use(openProgram(command.program, command.sha256, context.grants.list()));
  const held = opened.move();
  return {
    command,
    isolation,
    given,
    hidden,
    program,
    seen,
    needsYes: whyAsk(command, isolation, seen),
    [Symbol.dispose]: () => held.dispose(),
  };
}

function whyAsk(command: CommandGrant, isolation: Isolation, seen: Label): string | null {
  if (isolation.kind === 'none' && command.isolation === 'wanted') return `${isolation.says} It may send, and cannot be undone.`;
  if (command.network === 'yes' && seen === 'ask')
    return 'It has the network, and sees what leaves only when you say yes: it may send that.';
  return null;
}
