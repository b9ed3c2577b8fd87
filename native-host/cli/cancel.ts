// `headgate cancel RUN`.
import { HeadgateError } from '../../shared/errors.ts';
import type { CallOf } from './commands.ts';
import { EXIT, type Exit } from './exit-codes.ts';
import { findRun } from './runs-lookup.ts';
import { connectTerminal } from './terminal.ts';

export async function run({ words, home, out }: CallOf<'cancel'>): Promise<Exit> {
  using terminal = await connectTerminal({ home });
  const run = await findRun(terminal, words[0] ?? '');
  const { endedAt, status } = await terminal.call('runs.get', { run });
  if (endedAt !== null) throw new HeadgateError('conflict', `${run} has already ended: ${status}.`);
  await terminal.call('runs.cancel', { run });
  out.document({ cancelled: run });
  out.line(`${out.paint('green', '✓')} ${run} is being cancelled.`);
  return EXIT.ok;
}
