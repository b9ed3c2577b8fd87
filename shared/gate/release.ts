// Whether content may go to a destination: label × destination × warrant, with reasons. Pure: the act is the host's
// (native-host/gate/release.ts), which writes the receipt before the first byte goes.
import * as z from 'zod';
import { HandleId, ReceiptId, RunId, StepId } from '../ids.ts';
import { Label } from './labels.ts';

export const Destination = z.enum(['cloud', 'screen', 'client', 'device']);
export type Destination = z.infer<typeof Destination>;

/** What a screen may get at once; files never add up on it. */
export const SCREEN_CAPS = { excerptChars: 240, textChars: 6000, hits: 200 } as const;

export const Receipt = z.object({
  id: ReceiptId,
  at: z.int(),
  run: RunId,
  step: StepId,
  destination: Destination,
  purpose: z.string().max(80),
  model: z.string().max(120).nullable(),
  label: Label,
  approvedBy: z.enum(['label', 'person', 'screen']),
  handles: z.array(HandleId).max(1000),
  bytes: z.int().min(0),
  hash: z.string().max(64),
  previous: z.string().max(64),
});
/** One release's line in the ledger. `hash` is keyed (HMAC under a device secret); `previous` chains the lines. */
export type Receipt = z.infer<typeof Receipt>;

export type ReleaseDecision =
  | { effect: 'send'; approvedBy: Receipt['approvedBy']; reasons: string[] }
  | { effect: 'ask'; reasons: string[] }
  | { effect: 'refuse'; code: 'label_refused' | 'budget_spent'; reasons: string[] };

export interface ReleaseQuestion {
  label: Label;
  destination: Destination;
  bytes: number;
  /** What the run's warrant still lets go to this destination, in bytes. */
  budgetLeft: number;
  /** The person's yes to this very release, or to all of this run's. */
  approved: boolean;
}

/** Decides one release. `home` never leaves; `ask` leaves with the person's yes; the screen is the person's own eyes. */
export function decideRelease(question: ReleaseQuestion): ReleaseDecision {
  const { label, destination, bytes, budgetLeft, approved } = question;
  if (destination === 'screen') return { effect: 'send', approvedBy: 'screen', reasons: ['shown to you on this device, capped'] };
  if (destination === 'device') return { effect: 'send', approvedBy: 'label', reasons: ['stays on this device'] };
  if (label === 'home') return { effect: 'refuse', code: 'label_refused', reasons: ['label home: this never leaves the device'] };
  if (bytes > budgetLeft)
    return {
      effect: 'refuse',
      code: 'budget_spent',
      reasons: [`${bytes} bytes are more than the ${budgetLeft} that this run may still release`],
    };
  if (label === 'open') return { effect: 'send', approvedBy: 'label', reasons: ['label open: this may leave'] };
  if (approved) return { effect: 'send', approvedBy: 'person', reasons: ['label ask: you said yes'] };
  return { effect: 'ask', reasons: ['label ask: this leaves only when you say yes'] };
}
