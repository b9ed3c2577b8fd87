// `headgate stop`: ends the agent, which finishes what it is writing, and waits until it is gone.
import { HeadgateError } from '../../shared/errors.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { stopAgent } from './stop-agent.ts';

export async function run({ home, out }: CallOf<'stop'>): Promise<Exit> {
  const pid = await stopAgent(home);
  if (pid === null) {
    out.document({ stopped: null });
    out.line('No agent is running.');
    return EXIT.ok;
  }
  if (pid === 'stays') throw new HeadgateError('timeout', 'The agent has not ended yet.', { next: 'Look again with "headgate status".' });
  out.document({ stopped: pid });
  out.line(`${out.paint('green', '✓')} The agent (process ${pid}) has ended.`);
  return EXIT.ok;
}
