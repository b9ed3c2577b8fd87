// A plan in the host's own words, for the person who did not start it: where it works, what it does step by step, what may
// leave and what may change at most. Nothing in it is a word of whoever asked: names are those of this device, escaped.
import { showCommandTemplate } from '../../shared/gate/command-template.ts';
import type { CommandGrant } from '../../shared/gate/commands.ts';
import { escapeForDisplay, quotedName } from '../../shared/gate/names.ts';
import { OPS, TEXT_OPS, type OpName } from '../../shared/ops/catalogue.ts';
import { MAX_REQUESTED } from '../../shared/recipes/change-files.ts';
import type { FileReference } from '../state/stored-handle.ts';
import { readableSize } from '../ops/size.ts';
import type { Plan } from './start.ts';

const MAX_LINES = 40;
const FOLDERS_SHOWN = 8;
/** Nobody says yes to a file that they are not shown. */
const FILES_SHOWN = MAX_REQUESTED;
const LINE_CHARS = 300;
const NAME_CHARS = 160;

/** `files`: those that the input names; `model`: the cloud's, `null` while it is away. */
export function planWords(plan: Plan, files: readonly FileReference[], model: string | null): string[] {
  const { grants, steps, need } = plan;
  const nameOf = (id: string) => grants.find((grant) => grant.id === id)?.name ?? 'a folder';
  const lines = [
    ...grants.slice(0, FOLDERS_SHOWN).map(sayGrant),
    ...moreOf(grants.length - FOLDERS_SHOWN, 'folder'),
    ...files.slice(0, FILES_SHOWN).map(({ grant, path }) => `On ${quoted(path)} in ${escapeForDisplay(nameOf(grant))}`),
    ...moreOf(files.length - FILES_SHOWN, 'file'),
    ...steps.map(({ op, each }, index) => `${index + 1}. ${OPS[op].says}${each === undefined ? '' : ', for each of them'}`),
    ...(namesMayGo(plan) ? ['The names of files may go to the cloud.'] : []),
    leaving(plan, model),
    ...(runsProgram(plan) ? [`${PROGRAM} Whatever it changes cannot be undone.`] : []),
    need.changes === 0
      ? runsProgram(plan)
        ? 'Headgate itself changes nothing.'
        : 'Nothing is changed.'
      : `At most ${need.changes === 1 ? '1 change' : `${need.changes} changes`} to your files; it can be undone.`,
  ];
  return lines.slice(0, MAX_LINES).map((line) => line.slice(0, LINE_CHARS));
}

const PROGRAM = 'What the program does by itself is its own affair.';

/** Why not all that the plan does can be shown, or `null`. */
export function unshownOf(plan: Plan): string | null {
  return runsProgram(plan) ? PROGRAM : null;
}

function runsProgram({ steps }: Plan): boolean {
  return steps.some(({ op }) => op === 'os.run');
}

/** Whether anything of what files hold may leave when the plan runs. */
export function mayRelease({ steps, grants, need }: Plan): boolean {
  return need.egressBytes > 0 && steps.some(({ op }) => isTextOp(op)) && grants.some(({ label }) => label !== 'home');
}

function namesMayGo({ where, grants }: Plan): boolean {
  return where !== 'home' && grants.some((grant) => 'names' in grant && grant.names === 'shown' && grant.label !== 'home');
}

function leaving(plan: Plan, model: string | null): string {
  if (!mayRelease(plan)) return 'Nothing of what your files hold leaves this device.';
  return `At most ${readableSize(plan.need.egressBytes)} of text may leave, to ${model === null ? 'the cloud’s model' : `the cloud’s model ${escapeForDisplay(model)}`}, without further questions.`;
}

function isTextOp(op: OpName): boolean {
  return (TEXT_OPS as readonly OpName[]).includes(op);
}

function sayGrant(grant: Plan['grants'][number]): string {
  if (!('rights' in grant)) return sayCommand(grant);
  return `In ${quoted(grant.name)} (${grant.rights.join(', ')}; label ${grant.label})`;
}

/** Its whole line, as the person allowed it, and how far it reaches. */
function sayCommand(command: CommandGrant): string {
  const line = escapeForDisplay([command.program, ...showCommandTemplate(command.arguments)].join(' '));
  const reach = [
    command.network === 'yes' ? 'with network' : 'no network',
    command.write ? 'may change its folder' : 'changes nothing of its folder',
  ];
  return `With the command ${quoted(command.name)} (${reach.join(', ')}; label ${command.label}): ${line}`;
}

function moreOf(count: number, what: string): string[] {
  return count > 0 ? [`and ${count} more ${count === 1 ? what : `${what}s`}`] : [];
}

function quoted(name: string): string {
  return quotedName(name, NAME_CHARS);
}
