// `headgate grants`: what is allowed.
import type { GrantView } from '../../shared/gate/grants.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { showCommand } from './show-command.ts';
import { limitsOf } from './grant.ts';
import { type Output, shown } from './output.ts';
import { connectTerminal } from './terminal.ts';

const STATE_SAYS: Record<GrantView['state'], string> = { ready: '', gone: 'the folder is gone', no_permission: 'no permission to read it' };

export async function run({ home, out }: CallOf<'grants'>): Promise<Exit> {
  using terminal = await connectTerminal({ home });
  const { grants } = await terminal.call('grants.list', {});
  const { commands } = await terminal.call('commands.list', {});
  out.document({ grants, commands });
  if (grants.length + commands.length === 0) out.line('Nothing is allowed yet. "headgate grant DIR" allows a folder.');
  out.table(grants.map((grant) => rowOf(grant, out)));
  for (const grant of grants) {
    const limits = limitsOf(grant);
    if (limits.length > 0) out.line(`${nameAmong(grant, grants)}: ${limits.join(' · ')}`);
  }
  for (const command of commands) showCommand(command, out);
  return EXIT.ok;
}

/** Its name, and where it is when another one is called the same. */
function nameAmong({ id, name, display }: GrantView, grants: readonly GrantView[]): string {
  const isAlone = grants.every((other) => other.id === id || other.name !== name);
  return isAlone ? shown(name) : `${shown(name)} (${shown(display)})`;
}

function rowOf(grant: GrantView, out: Output): string[] {
  return [
    out.paint('bold', shown(grant.name)),
    shown(grant.display),
    grant.rights.join(','),
    grant.label,
    out.paint('dim', grant.id),
    out.paint('red', STATE_SAYS[grant.state]),
  ];
}
