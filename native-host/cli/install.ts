// `headgate install`: registers the host with the browser that the person names, or with those found when they say yes.
import { resolve } from 'node:path';
import { HeadgateError } from '../../shared/errors.ts';
import { browserRow, thisSystem } from '../install/browsers.ts';
import { applyInstall, type InstallPlan, planInstall } from '../install/install.ts';
import { checkProfile } from '../install/profile.ts';
import { programFiles } from '../install/program-files.ts';
import { askYes, canAsk } from './ask-person.ts';
import { installedPlaces, namedPlaces } from './browser-choice.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { expandHome } from './grants-lookup.ts';

export async function run({ flags, home, out }: CallOf<'install'>): Promise<Exit> {
  const system = thisSystem();
  if (flags['user-data-dir'] !== undefined) checkProfile(resolve(expandHome(flags['user-data-dir'])));
  const named = namedPlaces(flags, home, system);
  const found = named === null ? installedPlaces(home, system) : null;
  const places = named ?? found?.places ?? [];
  if (places.length === 0)
    throw new HeadgateError('not_found', 'No browser of the table was found on this system.', {
      next: 'Name one: headgate install --browser chromium, or --user-data-dir DIR.',
    });
  const { node, relay } = programFiles();
  const plan = planInstall({ node, relay, home }, places, system);
  if (found !== null) out.line(`Found ${found.browsers.map((id) => browserRow(id).name).join(', ')}.`);
  if (named === null && !flags.yes) {
    showPlan(plan, 'would be written', out);
    if (!canAsk())
      throw new HeadgateError(
        'approval_denied',
        'Nothing was written: say which browser with --browser, or --yes for all that were found.',
      );
    if (!(await askYes('Write these files?'))) throw new HeadgateError('approval_denied', 'Nothing was written.');
  }
  await applyInstall(plan);
  out.document({ written: plan.writes.map(({ file, does }) => ({ file, does })) });
  showPlan(plan, 'written', out);
  out.line(`${out.paint('green', '✓')} The host is registered. "headgate uninstall" takes away exactly these files.`);
  return EXIT.ok;
}

function showPlan(plan: InstallPlan, heading: string, out: CallOf<'install'>['out']): void {
  out.line(`${heading}:`);
  out.table(plan.writes.map(({ file, does }) => ['  ', does === 'same' ? 'unchanged' : does === 'create' ? 'new' : 'changed', file]));
}
