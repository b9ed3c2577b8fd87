// Whether a plan that a device hands in can be driven at all: ids once, references to earlier steps only (so nothing goes in
// a circle), and no more instances than a view can show. Pure.
import { HeadgateError } from '../../shared/errors.ts';
import { MAX_FAN_OUT, needsOf, type RunSpec } from '../../shared/run/plan.ts';

/** Steps of one run, instances of a fan-out counted, at most: as many as a view can show. */
export const MAX_INSTANCES = 2100;

/** Throws `invalid_params` that names the step. */
export function checkPlan(spec: RunSpec): void {
  const earlier = new Set<string>();
  let instances = 0;
  for (const planned of spec.steps) {
    if (planned.id.includes('.')) throw wrong(planned.id, 'has a name with a dot');
    if (earlier.has(planned.id)) throw wrong(planned.id, 'is there twice');
    for (const need of needsOf(planned)) if (!earlier.has(need)) throw wrong(planned.id, `needs ${need}, which is no earlier step`);
    earlier.add(planned.id);
    instances += planned.each === undefined ? 1 : MAX_FAN_OUT;
  }
  if (instances > MAX_INSTANCES)
    throw new HeadgateError('too_large', 'The plan fans out too often.', { next: 'Split it in several runs.' });
}

function wrong(step: string, why: string): HeadgateError {
  return new HeadgateError('invalid_params', `The plan cannot run: its step ${step} ${why}.`);
}
