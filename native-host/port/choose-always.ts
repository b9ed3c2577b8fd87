// The person's *always* to a plan, said in the host's own window: whoever asks for the window, what it shows is the host's, and
// what stands afterwards is what it showed.
import { isDeepStrictEqual } from 'node:util';
import { HeadgateError } from '../../shared/errors.ts';
import type { ApprovalId } from '../../shared/ids.ts';
import { confirmPersonally } from '../gate/chooser.ts';
import { type CountedStanding, STANDING_DEFAULTS } from '../gate/standing.ts';
import type { Offer, Requests } from '../runs/requests.ts';

/** `null` when the window was closed without a yes. Throws like `Requests.offer`, `unavailable`, `busy`, and `approval_changed`. */
export async function chooseAlways(requests: Requests, approval: ApprovalId): Promise<CountedStanding | null> {
  const offered = requests.offer(approval);
  const yes = await confirmPersonally({
    title: 'Headgate: allow always?',
    text: sayOffer(offered),
    yes: 'Allow always',
    instead: `In a terminal: headgate approvals ${approval} always`,
  });
  if (!yes) return null;
  if (!isDeepStrictEqual(requests.offer(approval), offered))
    throw new HeadgateError('approval_changed', 'Something has changed while the window was open, so nothing was allowed.', {
      next: 'Look at the question again.',
    });
  return requests.always(approval);
}

function sayOffer({ title, words }: Offer): string {
  const { days, runsPerDay } = STANDING_DEFAULTS;
  return [
    `May others start this on your computer, without asking you: “${title}”?`,
    '',
    ...words,
    '',
    `Up to ${runsPerDay} times a day, for ${days} days. You can end it at any time, under Folders or with "headgate warrants".`,
  ].join('\n');
}
