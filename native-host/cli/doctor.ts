// `headgate doctor`: checks every layer in the order in which a message travels and names the one that fails.
import type { Check } from '../../shared/protocol/native.ts';
import { HeadgateError } from '../../shared/errors.ts';
import { thisSystem } from '../install/browsers.ts';
import { checkInstallation } from '../install/doctor.ts';
import { programFiles } from '../install/program-files.ts';
import { installedPlaces, namedPlaces } from './browser-choice.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import type { Paint } from './output.ts';
import { connectTerminal } from './terminal.ts';

const SIGNS: Record<Check['status'], readonly [Paint, string]> = { ok: ['green', '✓'], warn: ['yellow', '!'], fail: ['red', '✗'] };

export async function run({ flags, home, out }: CallOf<'doctor'>): Promise<Exit> {
  const system = thisSystem();
  const places = namedPlaces(flags, home, system) ?? installedPlaces(home, system).places;
  const outside = await checkInstallation({ home, programs: programFiles(), places, system });
  const checks = [...outside, ...(await checkInside(home))];
  const failed = checks.filter((check) => check.status === 'fail');
  out.document({ ok: failed.length === 0, checks });
  for (const { status, layer, says, next } of checks) {
    const [paint, sign] = SIGNS[status];
    out.line(`${out.paint(paint, sign)} ${layer.padEnd(9)}  ${says}`);
    if (next !== undefined && status !== 'ok') out.line(out.paint('dim', `             → ${next}`));
  }
  out.line(
    failed.length === 0
      ? 'All is well enough to work.'
      : `${failed.length} of ${checks.length} checks ${failed.length === 1 ? 'fails' : 'fail'}, first: ${failed[0]?.says}`,
  );
  return failed.length === 0 ? EXIT.ok : EXIT.failed;
}

async function checkInside(home: string): Promise<Check[]> {
  try {
    using terminal = await connectTerminal({ home });
    return (await terminal.call('host.check', {})).checks;
  } catch (error) {
    const known = error instanceof HeadgateError ? error : null;
    const says = known?.message ?? String(error);
    // Of an agent that does not start, the error's own next step is this very command.
    const next = known === null || known.code === 'agent_down' ? 'Run "headgate agent" to see what it says.' : known.next;
    return [{ id: 'agent.reachable', layer: 'agent', status: 'fail', says, ...(next !== undefined && { next }) }];
  }
}
