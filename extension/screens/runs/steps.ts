// A run's steps as a person reads them: a fan-out over forty documents is one line with a count, not forty. Pure.
import { escapeForDisplay } from '../../../shared/gate/names.ts';
import type { StepView } from '../../../shared/run/view.ts';

export interface StepGroup {
  /** The step's name without the number of a fan-out. */
  base: string;
  op: string;
  count: number;
  done: number;
  state: 'done' | 'busy' | 'wait' | 'failed' | 'planned' | 'skipped';
  where: ('home' | 'cloud')[];
  engines: string[];
  notes: string[];
  why: string[];
  messages: string[];
  ms: number;
}

const STATES: Record<string, StepGroup['state']> = {
  succeeded: 'done',
  started: 'busy',
  dispatched: 'busy',
  waiting: 'wait',
  failed: 'failed',
  refused: 'failed',
  expired: 'failed',
  uncertain: 'failed',
  cancelled: 'skipped',
};
/** When the steps of a group differ, the group shows the first of these. */
const LOUDEST: readonly StepGroup['state'][] = ['wait', 'busy', 'failed', 'planned', 'done', 'skipped'];

export function groupSteps(steps: readonly StepView[]): StepGroup[] {
  const groups = new Map<string, StepView[]>();
  for (const step of steps) {
    const base = step.step.split('.')[0] ?? step.step;
    groups.set(base, [...(groups.get(base) ?? []), step]);
  }
  return [...groups].map(([base, members]) => {
    const states = members.map((member) => STATES[member.status] ?? 'planned');
    return {
      base,
      op: members[0]?.op ?? '',
      count: members.length,
      done: states.filter((state) => state === 'done').length,
      state: LOUDEST.find((state) => states.includes(state)) ?? 'planned',
      where: distinct(members.map((member) => member.where)),
      engines: wordsOf(members.map((member) => member.engine)),
      notes: wordsOf(members.map((member) => member.note)),
      why: wordsOf(members.flatMap((member) => member.why)),
      messages: wordsOf(members.map((member) => member.message)),
      ms: members.reduce((sum, member) => sum + (member.ms ?? 0), 0),
    };
  });
}

/** At most this many different values are worth a person's time. */
const MAX_DISTINCT = 4;

/** What the cloud drives, it tells of in words of its own. */
function wordsOf(words: readonly (string | null | undefined)[]): string[] {
  return distinct(words).map(escapeForDisplay);
}

function distinct<Value>(values: readonly (Value | null | undefined)[]): Value[] {
  return [...new Set(values.filter((value): value is Value => value !== null && value !== undefined && value !== ''))].slice(
    0,
    MAX_DISTINCT,
  );
}
