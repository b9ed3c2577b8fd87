// Labels say what may leave the device. The strictest wins wherever several meet (nested grants, several inputs).
import * as z from 'zod';

export const Label = z.enum(['open', 'ask', 'home']);
export type Label = z.infer<typeof Label>;

const STRICTNESS: Record<Label, number> = { open: 0, ask: 1, home: 2 };

/** The strictest of the labels; `open` where there are none, because nothing is then there to leave. */
export function strictest(labels: Iterable<Label>): Label {
  let result: Label = 'open';
  for (const label of labels) if (STRICTNESS[label] > STRICTNESS[result]) result = label;
  return result;
}

/** Whether `next` is as strict as `now` or stricter: the only direction in which anyone but the person may change a label. */
export function narrowsLabel(now: Label, next: Label): boolean {
  return STRICTNESS[next] >= STRICTNESS[now];
}
