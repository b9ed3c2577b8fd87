// `headgate warrants [add | end ID]`: what others may start on this device without asking. Made and ended here alone.
import { HeadgateError } from '../../shared/errors.ts';
import { findRecipe, RECIPES } from '../../shared/recipes/all.ts';
import type { StandingView } from '../../shared/protocol/native.ts';
import { UsageError } from './arguments.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { findGrant } from './grants-lookup.ts';
import { parseCountLimit, parseSizeLimit } from './limit-spec.ts';
import { readableSize } from '../ops/size.ts';
import { formatTime, type Output, shown } from './output.ts';
import { nearest } from './suggest.ts';
import { connectTerminal } from './terminal.ts';

/** The most that the host takes: `none`. */
const MAX_RUNS_PER_DAY = 1_000;

export async function run(call: CallOf<'warrants'>): Promise<Exit> {
  const [word, id] = call.words;
  if (word === undefined) return list(call);
  if (word === 'add' && id === undefined) return add(call);
  if (word === 'end' && id !== undefined) return end(call, id);
  throw new UsageError('Say "headgate warrants", "headgate warrants add --recipe NAME …" or "headgate warrants end ID".', { words: true });
}

async function list({ home, out }: CallOf<'warrants'>): Promise<Exit> {
  using terminal = await connectTerminal({ home });
  const [{ warrants }, { grants }] = [await terminal.call('warrants.list', {}), await terminal.call('grants.list', {})];
  out.document({ warrants });
  if (warrants.length === 0) out.line('Nobody may start anything without asking you.');
  const nameOf = (grant: string) => grants.find((known) => known.id === grant)?.name ?? 'a folder that is not granted any more';
  for (const warrant of warrants) showStanding(warrant, nameOf, out);
  return EXIT.ok;
}

async function add({ flags, home, out }: CallOf<'warrants'>): Promise<Exit> {
  if (flags.recipe === undefined) throw new UsageError('Say which recipe: --recipe folder.digest');
  if (!Object.hasOwn(RECIPES, flags.recipe)) {
    const meant = nearest(flags.recipe, Object.keys(RECIPES));
    throw new UsageError(
      `There is no recipe "${flags.recipe}".${meant === null ? ` There are ${Object.keys(RECIPES).join(', ')}.` : ` Did you mean "${meant}"?`}`,
    );
  }
  const { requested, lend } = findRecipe(flags.recipe);
  const works = requested !== undefined && lend === undefined && !requested.safeParse({}).success;
  if (works && flags.grant.length === 0) throw new UsageError(`${flags.recipe} works on a folder: say which with --grant GRANT`);
  using terminal = await connectTerminal({ home });
  const known = flags.grant.length === 0 ? [] : (await terminal.call('grants.list', {})).grants;
  const { warrant } = await terminal.call('warrants.add', {
    recipe: flags.recipe,
    grants: flags.grant.map((word) => wholeGrant(known, word)),
    ...(flags.for !== undefined && { days: parseDays(flags.for) }),
    ...(flags.changes !== undefined && { changes: parseCountLimit('changes', flags.changes, 0) ?? 0 }),
    ...(flags.egress !== undefined && { egressBytes: parseSizeLimit('egress', flags.egress, 0) ?? 0 }),
    ...(flags['runs-per-day'] !== undefined && { runsPerDay: parseCountLimit('runs-per-day', flags['runs-per-day']) ?? MAX_RUNS_PER_DAY }),
  });
  out.document({ warrant });
  showStanding(warrant, (grant) => known.find(({ id }) => id === grant)?.name ?? grant, out);
  return EXIT.ok;
}

async function end({ home, out }: CallOf<'warrants'>, id: string): Promise<Exit> {
  using terminal = await connectTerminal({ home });
  const { warrants } = await terminal.call('warrants.list', {});
  const found = warrants.filter((warrant) => warrant.id === id || (id.length >= 4 && warrant.id.startsWith(id)));
  const [warrant] = found;
  if (warrant === undefined)
    throw new HeadgateError('not_found', `There is no standing warrant "${id}".`, { next: '"headgate warrants" lists them.' });
  if (found.length > 1) throw new HeadgateError('conflict', `${found.length} warrants begin with ${id}.`, { next: 'Type more of the id.' });
  await terminal.call('warrants.end', { warrant: warrant.id });
  out.document({ ended: warrant.id });
  out.line(`${out.paint('green', '✓')} Ended. What it started comes to its end.`);
  return EXIT.ok;
}

export function showStanding(warrant: StandingView, nameOf: (grant: string) => string, out: Output): void {
  const { id, recipe, grants, changes, egressBytes, runsPerDay, runsToday, expiresAt } = warrant;
  const where = grants.length === 0 ? '' : ` in ${grants.map((grant) => shown(nameOf(grant))).join(', ')}`;
  out.line(`${out.paint('bold', findRecipe(recipe).says)}${where}`);
  const released = egressBytes === 0 ? 'releases nothing' : `releases up to ${readableSize(egressBytes)}`;
  const changing = changes === 0 ? 'changes nothing' : `makes up to ${changes === 1 ? '1 change' : `${changes} changes`}`;
  out.line(`  a run ${released} and ${changing}; ${runsToday} of ${runsPerDay} runs today; until ${formatTime(expiresAt)}`);
  out.line(out.paint('dim', `  headgate warrants end ${id}`));
}

function wholeGrant(known: Parameters<typeof findGrant>[0], word: string) {
  const { grant, path } = findGrant(known, word);
  if (path !== '') throw new UsageError(`A standing warrant is for a whole grant, and ${word} lies in one.`);
  return grant.id;
}

function parseDays(text: string): number {
  const days = /^(\d{1,4})d?$/.exec(text)?.[1];
  if (days === undefined) throw new UsageError('--for takes days, such as 30d.');
  return Number(days);
}
