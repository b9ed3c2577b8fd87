// Whether a run that somebody else asks for (the cloud's API; later schedules and sensors) is started, put to the person, or
// refused. A standing warrant starts it. Without one the person is asked, but never so often that yes becomes a habit: who
// sends the requests may be hostile, and a flood of questions is an attack. Pure.
import type { ErrorCode } from '../errors.ts';
import type { StandingDecision } from './warrants.ts';
import type { WarrantId } from '../ids.ts';

export const REQUEST_LIMITS = {
  /** Plans that wait for the person at once. */
  open: 3,
  /** Plans that the person is asked about in an hour. */
  askedInHour: 10,
  /** Requests that a device takes in an hour, whatever becomes of them. */
  takenInHour: 200,
} as const;

export interface RequestFacts {
  expired: boolean;
  standing: StandingDecision;
  takenInHour: number;
  askedInHour: number;
  open: number;
  /** The same recipe on the same grants: a question of it is open, or was answered with a no within the hour. */
  sameOpen: boolean;
  sameRefused: boolean;
}

export type RequestDecision =
  | { effect: 'start'; by: WarrantId }
  | { effect: 'ask'; reasons: string[] }
  | { effect: 'refuse'; code: ErrorCode; reasons: string[] };

export function decideRequest(facts: RequestFacts): RequestDecision {
  const { standing } = facts;
  if (facts.expired) return refuse('timeout', 'the request came too late');
  if (facts.takenInHour >= REQUEST_LIMITS.takenInHour) return refuse('busy', 'too many runs were asked for within the hour');
  if (standing.effect === 'allow') return { effect: 'start', by: standing.by };
  if (facts.sameRefused) return refuse('approval_denied', 'the person said no to the same within the hour');
  if (facts.sameOpen) return refuse('busy', 'the person is being asked about the same already');
  if (facts.open >= REQUEST_LIMITS.open) return refuse('busy', 'too many plans wait for the person already');
  if (facts.askedInHour >= REQUEST_LIMITS.askedInHour) return refuse('busy', 'the person has been asked too often within the hour');
  return { effect: 'ask', reasons: standing.reasons };
}

function refuse(code: ErrorCode, reason: string): RequestDecision {
  return { effect: 'refuse', code, reasons: [reason] };
}
