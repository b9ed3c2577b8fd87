// `headgate uninstall`: takes away what install wrote; `--verify` looks everywhere and proves that nothing is left.
import { HeadgateError } from '../../shared/errors.ts';
import { thisSystem } from '../install/browsers.ts';
import { applyUninstall, findLeftovers, planUninstall } from '../install/uninstall.ts';
import { askYes, canAsk } from './ask-person.ts';
import { namedPlaces } from './browser-choice.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';

export async function run({ flags, home, out }: CallOf<'uninstall'>): Promise<Exit> {
  const system = thisSystem();
  const named = namedPlaces(flags, home, system);
  const files = planUninstall(home, system, named);
  for (const file of files) out.line(`  ${file}`);
  if (files.length > 0 && !flags.yes && named === null) {
    if (!canAsk()) throw new HeadgateError('approval_denied', 'Nothing was removed: pass --yes to remove these files.');
    if (!(await askYes('Remove these files?'))) throw new HeadgateError('approval_denied', 'Nothing was removed.');
  }
  const foreign = await applyUninstall(home, system, files);
  const leftovers = flags.verify ? findLeftovers(home, system, named ?? []) : [];
  out.document({ removed: files.filter((file) => !foreign.includes(file)), kept: foreign, ...(flags.verify && { leftovers }) });
  for (const file of foreign) out.line(`${out.paint('yellow', '!')} kept: ${file} belongs to another installation by now`);
  out.line(
    files.length === 0
      ? 'Nothing was installed.'
      : `${out.paint('green', '✓')} Removed ${files.length - foreign.length} ${files.length - foreign.length === 1 ? 'file' : 'files'}.`,
  );
  if (flags.verify) {
    for (const { file, says } of leftovers) out.line(`${out.paint('red', '✗')} left: ${file} (${says})`);
    if (leftovers.length === 0) out.line(`${out.paint('green', '✓')} Nothing is left at any place where a browser looks.`);
  }
  return leftovers.length === 0 ? EXIT.ok : EXIT.failed;
}
