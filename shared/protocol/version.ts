// One integer for every wire. Raise it when a message changes in a way an older side would misread; add the dated line,
// a new set of fixtures, and keep the old fixtures passing.
import * as z from 'zod';

// 1 · 2026-11-21 · first protocol: native, agent, stream and API messages.
export const PROTOCOL = { min: 1, max: 1 } as const;

export const ProtocolRange = z.object({ min: z.int().min(1), max: z.int().min(1) });
export type ProtocolRange = z.infer<typeof ProtocolRange>;

/** The highest version both sides speak, or `null` where the ranges do not meet. */
export function chooseProtocol(theirs: ProtocolRange, ours: ProtocolRange = PROTOCOL): number | null {
  const version = Math.min(theirs.max, ours.max);
  return version >= Math.max(theirs.min, ours.min) ? version : null;
}
