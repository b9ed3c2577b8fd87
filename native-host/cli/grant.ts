// `headgate grant DIR[:rights[:label]]`: the person allows a folder, here where they are at their own terminal (a command:
// grant-command.ts). What is not
// said of a folder that is granted already stays as it is.
import { resolve } from 'node:path';
import { type GrantView, type Names, NEW_GRANT, type Right } from '../../shared/gate/grants.ts';
import type { Label } from '../../shared/gate/labels.ts';
import type { CallOf } from './commands.ts';
import { UsageError } from './arguments.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { parseGrantSpec } from './grant-spec.ts';
import { expandHome } from './grants-lookup.ts';
import { parseCountLimit, parseSizeLimit } from './limit-spec.ts';
import { readableSize } from '../ops/size.ts';
import { shown } from './output.ts';
import { connectTerminal } from './terminal.ts';

const LABEL_SAYS: Record<Label, string> = {
  open: 'text from here may leave this device',
  ask: 'text from here leaves only when you say yes',
  home: 'text from here never leaves this device',
};

export async function run(call: CallOf<'grant'>): Promise<Exit> {
  if (call.flags.command !== undefined) return (await import('./grant-command.ts')).grantCommand(call.flags.command, call);
  return grantFolder(call);
}

async function grantFolder({ words, flags, home, out }: CallOf<'grant'>): Promise<Exit> {
  if (words.length > 1) throw new UsageError(`Too many words: ${words.slice(1).join(' ')}`, { words: true });
  const spec = parseGrantSpec(words[0] ?? '');
  if (spec.folder === '') throw new UsageError('Say which folder.', { words: true });
  const asked: Right[] = [...(flags.write ? (['write'] as const) : []), ...(flags.trash ? (['trash'] as const) : [])];
  // What is not said stays as it is for a folder that is granted already.
  const rights =
    spec.rights === undefined && asked.length === 0 ? undefined : [...new Set<Right>([...(spec.rights ?? NEW_GRANT.rights), ...asked])];
  // The row's choices are the labels.
  const label = (flags.label as Label | undefined) ?? spec.label;
  using terminal = await connectTerminal({ home });
  const folder = resolve(expandHome(spec.folder));
  const { grant } = await terminal.call('grants.add', {
    folder,
    ...(rights === undefined ? {} : { rights }),
    ...(label === undefined ? {} : { label }),
    ...(flags.name !== undefined && { name: flags.name }),
    ...globsOf('include', flags.include),
    ...globsOf('exclude', flags.exclude),
    ...(flags['max-file-size'] !== undefined && { maxFileBytes: parseSizeLimit('max-file-size', flags['max-file-size']) }),
    ...(flags['max-files'] !== undefined && { maxFiles: parseCountLimit('max-files', flags['max-files']) }),
    // The row's choices are the two.
    ...(flags.names !== undefined && { names: flags.names as Names }),
  });
  out.document({ grant });
  out.line(
    `${out.paint('green', '✓')} ${shown(grant.name)} is allowed: ${shown(grant.display)} (${grant.rights.join(', ')}; ${LABEL_SAYS[grant.label]})`,
  );
  for (const line of limitsOf(grant)) out.line(`  ${line}`);
  return EXIT.ok;
}

/** `none` alone takes all globs of a kind away. */
function globsOf(kind: 'include' | 'exclude', globs: readonly string[]): { [Kind in typeof kind]?: string[] } {
  if (globs.length === 0) return {};
  return { [kind]: globs.length === 1 && globs[0] === 'none' ? [] : [...globs] };
}

/** What a grant leaves out and limits, one line each; none when it does neither. */
export function limitsOf({ include, exclude, maxFileBytes, maxFiles, names, label }: GrantView): string[] {
  return [
    ...(include.length === 0 ? [] : [`only ${include.map(shown).join('  ')}`]),
    ...(exclude.length === 0 ? [] : [`without ${exclude.map(shown).join('  ')}`]),
    ...(maxFileBytes === undefined ? [] : [`files up to ${readableSize(maxFileBytes)}`]),
    ...(maxFiles === undefined ? [] : [`${maxFiles} ${maxFiles === 1 ? 'file' : 'files'} a run`]),
    ...(names === 'hidden' && label !== 'home' ? ['names hidden from the cloud'] : []),
  ];
}
