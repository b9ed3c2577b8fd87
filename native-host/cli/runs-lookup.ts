// Finds the run that a person means: by its id, or by the beginning of it.
import { HeadgateError } from '../../shared/errors.ts';
import { RunId } from '../../shared/ids.ts';
import type { Terminal } from './terminal.ts';

/** Runs that are looked through: as many as the host tells at once. */
export const LOOKED_THROUGH = 100;

/** The run that `word` names. Throws `run_not_found`, or `conflict` when several begin so. */
export async function findRun(terminal: Terminal, word: string): Promise<RunId> {
  const whole = RunId.safeParse(word);
  if (whole.success) return whole.data;
  const { runs } = await terminal.call('runs.list', { limit: LOOKED_THROUGH });
  const found = word === 'last' ? runs.slice(0, 1) : runs.filter(({ run }) => word.length >= 4 && run.startsWith(word));
  const [only] = found;
  if (only === undefined && word === 'last')
    throw new HeadgateError('run_not_found', 'There are no runs yet.', { next: '"headgate run --help" says how to start one.' });
  if (only === undefined) throw new HeadgateError('run_not_found', `There is no run "${word}".`, { next: '"headgate runs" lists them.' });
  if (found.length > 1) throw new HeadgateError('conflict', `${found.length} runs begin with ${word}.`, { next: 'Type more of the id.' });
  return only.run;
}
