// Which file something was made of: a summary of its text, a text of its file. Followed by `from`, so that a step that
// failed for one document moves no summary to another.
import type { HandleId } from '../../../shared/ids.ts';
import { toErrorData } from '../../../shared/errors.ts';
import type { OpContext } from '../op.ts';

/** Makings between a file and what is shown of it: text, summary, and room for more. */
const MAX_STEPS = 8;

/** The one of `files` that this handle goes back to, or `null`. */
export function documentOf(context: OpContext, handle: HandleId, files: readonly HandleId[]): HandleId | null {
  let current: HandleId | undefined = handle;
  for (let step = 0; step < MAX_STEPS && current !== undefined; step += 1) {
    if (files.includes(current)) return current;
    current = fromOf(context, current);
  }
  return null;
}

function fromOf(context: OpContext, handle: HandleId): HandleId | undefined {
  try {
    return context.handles.get(handle).from;
  } catch (thrown) {
    if (toErrorData(thrown).code === 'handle_not_found') return undefined;
    throw thrown;
  }
}
