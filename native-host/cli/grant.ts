// `headgate grant DIR[:rights[:label]]`: the person allows a folder, here where they are at their own terminal.
import { resolve } from 'node:path';
import { NEW_GRANT, type Right } from '../../shared/gate/grants.ts';
import type { Label } from '../../shared/gate/labels.ts';
import type { CallOf } from './commands.ts';
import { UsageError } from './arguments.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { parseGrantSpec } from './grant-spec.ts';
import { expandHome } from './grants-lookup.ts';
import { shown } from './output.ts';
import { connectTerminal } from './terminal.ts';

const LABEL_SAYS: Record<Label, string> = {
  open: 'text from here may leave this device',
  ask: 'text from here leaves only when you say yes',
  home: 'text from here never leaves this device',
};

export async function run({ words, flags, home, out }: CallOf<'grant'>): Promise<Exit> {
  const spec = parseGrantSpec(words[0] ?? '');
  if (spec.folder === '') throw new UsageError('Say which folder.');
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
  });
  out.document({ grant });
  out.line(
    `${out.paint('green', '✓')} ${shown(grant.name)} is allowed: ${shown(grant.display)} (${grant.rights.join(', ')}; ${LABEL_SAYS[grant.label]})`,
  );
  return EXIT.ok;
}
