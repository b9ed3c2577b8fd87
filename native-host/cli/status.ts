// `headgate status`: host, cloud and grants at a glance. Looks only: it starts nothing.
import type { CloudState, HostStatus } from '../../shared/protocol/native.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { formatTime, type Output, type Paint, shown } from './output.ts';
import { connectTerminal } from './terminal.ts';

const CLOUD_SAYS: Record<CloudState, readonly [Paint, string]> = {
  unpaired: ['yellow', 'not paired; "headgate pair" pairs this device'],
  connecting: ['yellow', 'connecting'],
  connected: ['green', 'connected'],
  away: ['yellow', 'away; work at home goes on'],
  refused: ['red', 'refuses this device'],
};

export async function run({ home, out }: CallOf<'status'>): Promise<Exit> {
  using terminal = await connectTerminal({ home, start: false });
  const { status } = terminal;
  out.document(status);
  out.table(rowsOf(status, out));
  return EXIT.ok;
}

function rowsOf({ host, device, cloud, grants, runs, approvals }: HostStatus, out: Output): string[][] {
  const [paint, says] = CLOUD_SAYS[cloud.state];
  return [
    ['device', `${shown(device.name)}${device.id === null ? '' : out.paint('dim', `  ${device.id}`)}`],
    ['agent', `${out.paint('green', 'running')} since ${formatTime(host.startedAt)}, version ${host.version}, process ${host.pid}`],
    [
      'cloud',
      `${out.paint(paint, says)}${cloud.url === null || cloud.state === 'unpaired' ? '' : `  ${cloud.url}`}${problemOf(cloud.problem)}`,
    ],
    ['models', cloud.models.length === 0 ? 'none in the cloud; our own engine works at home' : cloud.models.join(', ')],
    ['grants', `${grants.count}${problemOf(grants.problem)}`],
    ['runs', `${runs.active} at work`],
    ['approvals', approvals === 0 ? 'none wait' : out.paint('yellow', `${approvals} wait for your yes; "headgate approvals"`)],
  ];
}

function problemOf(problem: { message: string; next?: string | undefined } | undefined): string {
  return problem === undefined ? '' : `\n           ${problem.message}${problem.next === undefined ? '' : ` ${problem.next}`}`;
}
