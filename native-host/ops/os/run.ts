// os.run: runs a command that the person allowed, once, within its limits, in bubblewrap where that is to be had. What it
// does by itself is outside gate and journal; so it is told how much it could do, it never runs again by itself, and what
// it says stays at home as a handle, with the strictest label of all that it saw.
import * as z from 'zod';
import { HeadgateError } from '../../../shared/errors.ts';
import type { CommandGrant } from '../../../shared/gate/commands.ts';
import { type Label, strictest } from '../../../shared/gate/labels.ts';
import type { HandleMeta } from '../../../shared/handles.ts';
import type { Given } from '../../commands/given.ts';
import { lookAtCommand } from '../../commands/look.ts';
import { prepareCommand } from '../../commands/prepare.ts';
import { endMarked, type ProgramEnd, runProgram } from '../../commands/run-program.ts';
import { openFile, referenceTo } from '../../gate/resolve.ts';
import { stopIfCancelled } from '../access.ts';
import type { FactsContent } from '../content.ts';
import type { Op, OpContext, Settle } from '../op.ts';
import { readableSize } from '../size.ts';

/** What is announced before the start: by it a crash finds what it left running. */
const Intent = z.object({ mark: z.string() });

export const run: Op<'os.run'> = async (args, context) => {
  using looked = await lookAtCommand(args, context);
  const { command, program, given, hidden, isolation, seen, needsYes } = looked;
  // Asked before (runs/approve-step.ts); looked at again, because what was there of isolation then may be gone.
  if (needsYes !== null && context.approved !== true)
    throw new HeadgateError('approval_denied', `${needsYes} It was not allowed to.`, {
      next: 'Install bubblewrap (headgate doctor says how), or allow the command with --without-isolation.',
    });
  using prepared = prepareCommand(command, program, given, hidden, isolation);
  stopIfCancelled(context);
  context.intend({ mark: prepared.mark } satisfies z.infer<typeof Intent>);
  const end = await runProgram({ ...prepared.start, signal: context.signal });
  stopIfCancelled(context);
  refuseFailed(command, end);
  return {
    outputs: keep(command, end, given, strictest([seen, command.label]), prepared.says, context),
    // The note travels with the report; how it ended is made of what the command saw, and stays in the facts.
    note: prepared.says,
  };
};

/** A crash of ours: whatever still runs of it is ended, and how far it came nobody can tell. */
export const settleRun: Settle = async (intent) => {
  const parsed = Intent.safeParse(intent);
  // It was never started: the step ended among its own checks.
  if (!parsed.success) return 'nothing';
  await endMarked(parsed.data.mark);
  return null;
};

/** Throws for what ended otherwise than by itself. */
function refuseFailed({ limits }: CommandGrant, end: ProgramEnd): void {
  if (end.neverRan)
    throw new HeadgateError('unavailable', `Bubblewrap could not start the command: ${end.stderr.toString().trim().slice(0, 160)}`, {
      next: 'Run “headgate doctor”.',
    });
  const reached: Partial<Record<ProgramEnd['by'], string>> = {
    seconds: `It took more than ${limits.seconds} s and was ended.`,
    output: `It said more than ${readableSize(limits.outputBytes)} and was ended.`,
    memory: `It took more than ${limits.memoryMegabytes} MB of memory and was ended.`,
    processes: `It started more than ${limits.processes} processes and was ended.`,
  };
  const says = reached[end.by];
  if (says !== undefined)
    throw new HeadgateError('limit_reached', says, {
      next: 'Allow it more, if that is right: headgate grant --command … with a higher limit.',
    });
}

/** Both outputs, what is to be known of the end, and the files that it was to make. */
function keep(command: CommandGrant, end: ProgramEnd, given: Given, label: Label, isolation: string, context: OpContext): HandleMeta[] {
  const texts = [end.stdout, end.stderr].map((bytes) => context.handles.putText('text', bytes.toString('utf8'), label));
  const facts: FactsContent = {
    facts: [
      { label: 'Command', value: command.name },
      { label: 'Ended', value: `exit code ${end.code}` },
      { label: 'Isolation', value: isolation.slice(0, 200) },
      { label: 'Said', value: `${readableSize(end.stdout.length)}, and ${readableSize(end.stderr.length)} on stderr` },
      { label: 'Took', value: `${(end.ms / 1000).toFixed(1)} s` },
    ],
    said: { command: command.id, code: end.code ?? 128, handles: texts.map(({ handle }) => handle) },
  };
  return [...texts, context.handles.putText('info', JSON.stringify(facts), 'home'), ...keepFiles(given, context)];
}

/** A file that it did not make after all is left out. */
function keepFiles({ makes }: Given, { grants, handles }: OpContext): HandleMeta[] {
  return makes.flatMap(({ grant, path }) => {
    try {
      using file = openFile(grants.grant(grant), path);
      return handles.putFile(referenceTo(file), grants.labelOf(grant, path));
    } catch {
      return [];
    }
  });
}
