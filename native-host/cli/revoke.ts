// `headgate revoke NAME|ID`: takes a grant back, of a folder or of a command.
import { HeadgateError } from '../../shared/errors.ts';
import { UsageError } from './arguments.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { findGrant } from './grants-lookup.ts';
import { shown } from './output.ts';
import { connectTerminal } from './terminal.ts';

export async function run({ words, home, out }: CallOf<'revoke'>): Promise<Exit> {
  using terminal = await connectTerminal({ home });
  const { grants } = await terminal.call('grants.list', {});
  const { commands } = await terminal.call('commands.list', {});
  const [word] = words;
  if (word === undefined) throw new UsageError(sayChoices([...grants, ...commands]), { words: true });
  const command = commands.find(({ id, name }) => id === word || (name === word && !grants.some((grant) => grant.name === word)));
  if (command !== undefined) {
    await terminal.call('grants.revoke', { grant: command.id });
    out.document({ revoked: command.id });
    out.line(`${out.paint('green', '✓')} The command ${shown(command.name)} (${shown(command.display)}) is no longer allowed.`);
    return EXIT.ok;
  }
  const { grant, path } = findGrant(grants, word);
  // A folder inside a grant names no grant of its own to take back.
  if (path !== '')
    throw new HeadgateError(
      'grant_not_found',
      `There is no grant "${word}"; a folder of that name would lie in the grant ${shown(grant.name)}.`,
      {
        next: `headgate revoke ${grant.id}`,
      },
    );
  await terminal.call('grants.revoke', { grant: grant.id });
  out.document({ revoked: grant.id });
  const around = grants.filter(({ display }) => grant.display.startsWith(`${display}/`));
  out.line(
    `${out.paint('green', '✓')} ${shown(grant.name)} (${shown(grant.display)}) is no longer allowed${around.length > 0 ? ' by itself' : ''}.`,
  );
  for (const { name, display, label } of around)
    out.line(`  It lies in ${shown(name)} (${shown(display)}; label ${label}), which still is.`);
  return EXIT.ok;
}

function sayChoices(allowed: readonly { id: string; name: string }[]): string {
  if (allowed.length === 0) return 'Nothing is allowed, so there is nothing to take back.';
  const isAlone = (name: string) => allowed.filter((other) => other.name === name).length === 1;
  return `Say which to take back: ${allowed.map(({ id, name }) => (isAlone(name) ? shown(name) : `${shown(name)} (${id})`)).join(' · ')}`;
}
