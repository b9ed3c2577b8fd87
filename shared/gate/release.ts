// Whether content may go to a destination: label × destination × policy × warrant × what a scan found, with reasons. Pure:
// the act is the host's (native-host/gate/release.ts), which writes the receipt before the first byte goes.
//
// In the order in which it is decided:
//   screen, device   send: they stay here, and are the person's own eyes and model
//   home             refuse, whatever else is said
//   names            of files: refuse where they are hidden; where they are shown that is the person's setting, and takes
//                    the place of a question and of the budget, which are for content
//   not inspected    refuse: unknown binary, above the caps, out of time
//   policy: refuse   refuse, for each kind that was found (see POLICY)
//   budget           refuse what is more than the warrant still allows
//   ask, no yes      ask, and show what would be taken out
//   otherwise        send; where the policy says `redact`, with placeholders. A yes is a yes to the redacted text.
import * as z from 'zod';
import { HandleId, ReceiptId, RunId, StepId } from '../ids.ts';
import { FindingKind, type RuleCount } from './findings.ts';
import type { Names } from './grants.ts';
import { Label } from './labels.ts';

export const Destination = z.enum(['cloud', 'screen', 'client', 'device']);
export type Destination = z.infer<typeof Destination>;

/** What a screen may get at once; files never add up on it. */
export const SCREEN_CAPS = { excerptChars: 240, textChars: 6000, hits: 200, lines: 40 } as const;

/**
 * What the screen may show of one file in a day: half of it, within these bounds. What was shown before does not count
 * again.
 */
export const SCREEN_DAY_CAPS = { atLeast: SCREEN_CAPS.excerptChars, atMost: 24_000 } as const;

export function screenCharsPerDay(fileBytes: number): number {
  return Math.max(SCREEN_DAY_CAPS.atLeast, Math.min(SCREEN_DAY_CAPS.atMost, Math.floor(fileBytes / 2)));
}

/** A keyed hash (HMAC-SHA-256 under a secret of the device), whole or its first half. */
const Keyed = z.string().max(64);

/** One file that released content came from, by keyed hashes only: where it was, which file it was, what it held. */
export const ReceiptSource = z.object({ path: Keyed, identity: Keyed, content: Keyed });
export type ReceiptSource = z.infer<typeof ReceiptSource>;

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
  /** Bytes that went. */
  bytes: z.int().min(0),
  /** Keyed, of what there was to send: before anything was taken out. */
  hash: Keyed,
  previous: z.string().max(64),
  /** Keyed, of what went. */
  sent: Keyed.optional(),
  /** Which bytes of which handle's text, as UTF-8: from, to. */
  ranges: z
    .array(z.object({ handle: HandleId, from: z.int().min(0), to: z.int().min(0) }))
    .max(1000)
    .optional(),
  /** What the scan found, and what became of it. */
  rules: z
    .array(z.object({ rule: z.string().max(60), kind: FindingKind, count: z.int(), redacted: z.boolean() }))
    .max(200)
    .optional(),
  policy: z.string().max(40).optional(),
  sources: z.array(ReceiptSource).max(1000).optional(),
});
/** One release's line in the ledger; `previous` chains the lines. Fields that came later are optional: old lines stay valid. */
export type Receipt = z.infer<typeof Receipt>;

/** Whether the line tells of what did not go: a client asked for it, and the rules that it names held all of it back. */
export function isHeldBack({ bytes, rules = [] }: Pick<Receipt, 'bytes' | 'rules'>): boolean {
  return bytes === 0 && rules.some(({ redacted }) => redacted);
}

/** `send` as it is · `redact` send a placeholder in its place · `refuse` send nothing of the whole. */
export const Handling = z.enum(['send', 'redact', 'refuse']);
export type Handling = z.infer<typeof Handling>;

/** Stated in each receipt. Raise when POLICY changes. */
export const POLICY_VERSION = 'default-1';

export type LeavingTo = Extract<Destination, 'cloud' | 'client'>;
export type Policy = Readonly<Record<LeavingTo, Readonly<Record<FindingKind, Handling>>>>;

/**
 * The default. A model does not need keys, accounts and addresses to work on a text, and its answer is restored at home. A
 * client on this machine (an editor's assistant) reads files to change them: addresses stay there, keys do not.
 */
export const POLICY: Policy = {
  cloud: { secret: 'redact', identifier: 'redact', contact: 'redact', opaque: 'redact' },
  client: { secret: 'redact', identifier: 'redact', contact: 'send', opaque: 'redact' },
};

const STRICTNESS: Record<Handling, number> = { send: 0, redact: 1, refuse: 2 };

/** The stricter of two policies, kind by kind: an organisation can only narrow. */
export function narrowPolicy(policy: Policy, by: Policy): Policy {
  const stricter = (to: LeavingTo, kind: FindingKind): Handling =>
    STRICTNESS[by[to][kind]] > STRICTNESS[policy[to][kind]] ? by[to][kind] : policy[to][kind];
  const row = (to: LeavingTo) => ({
    secret: stricter(to, 'secret'),
    identifier: stricter(to, 'identifier'),
    contact: stricter(to, 'contact'),
    opaque: stricter(to, 'opaque'),
  });
  return { cloud: row('cloud'), client: row('client') };
}

export type ReleaseDecision =
  /** `redact`: the kinds of findings that are replaced before anything goes. */
  | { effect: 'send'; approvedBy: Receipt['approvedBy']; redact: FindingKind[]; reasons: string[] }
  | { effect: 'ask'; redact: FindingKind[]; reasons: string[] }
  | { effect: 'refuse'; code: 'label_refused' | 'budget_spent' | 'not_inspected'; reasons: string[] };

export interface ReleaseQuestion {
  label: Label;
  destination: Destination;
  bytes: number;
  /** What the run's warrant still lets go to this destination, in bytes. */
  budgetLeft: number;
  /** The person's yes to this very release, or to all of this run's. */
  approved: boolean;
  /** What the scan says. The order of `rules` means nothing. */
  scan: { inspected: boolean; problem?: string | undefined; rules: readonly RuleCount[] };
  /** What leaves is no content but what files are called: the strictest setting of their grants. */
  names?: Names | undefined;
  policy?: Policy;
}

/** Decides one release. */
export function decideRelease(question: ReleaseQuestion): ReleaseDecision {
  const { label, destination, bytes, budgetLeft, approved, scan, names } = question;
  if (destination === 'screen')
    return { effect: 'send', approvedBy: 'screen', redact: [], reasons: ['shown to you on this device, capped'] };
  if (destination === 'device') return { effect: 'send', approvedBy: 'label', redact: [], reasons: ['stays on this device'] };
  if (label === 'home') return { effect: 'refuse', code: 'label_refused', reasons: ['label home: this never leaves the device'] };
  if (names === 'hidden') return { effect: 'refuse', code: 'label_refused', reasons: ['names of these files are hidden'] };
  if (!scan.inspected)
    return {
      effect: 'refuse',
      code: 'not_inspected',
      reasons: [`it could not be looked through for secrets: ${scan.problem ?? 'the scan did not end'}`],
    };
  const { redact, refused, notes } = judge((question.policy ?? POLICY)[destination], scan.rules);
  if (refused.length > 0) return { effect: 'refuse', code: 'label_refused', reasons: refused };
  if (names === 'shown')
    return {
      effect: 'send',
      approvedBy: 'label',
      redact,
      reasons: ['names shown: the cloud may know what these files are called', ...notes],
    };
  // Written so that a number that is none is no budget.
  if (!(bytes <= budgetLeft))
    return {
      effect: 'refuse',
      code: 'budget_spent',
      reasons: [`${bytes} bytes are more than the ${budgetLeft} that this run may still release`],
    };
  if (label === 'open') return { effect: 'send', approvedBy: 'label', redact, reasons: ['label open: this may leave', ...notes] };
  if (approved) return { effect: 'send', approvedBy: 'person', redact, reasons: ['label ask: you said yes', ...notes] };
  return { effect: 'ask', redact, reasons: ['label ask: this leaves only when you say yes', ...notes] };
}

const SAYS: Record<FindingKind, readonly [string, string]> = {
  secret: ['secret', 'secrets'],
  identifier: ['account or identity number', 'account or identity numbers'],
  contact: ['address or phone number', 'addresses or phone numbers'],
  opaque: ['piece of encoded data', 'pieces of encoded data'],
};

function judge(
  handling: Readonly<Record<FindingKind, Handling>>,
  rules: readonly RuleCount[],
): { redact: FindingKind[]; refused: string[]; notes: string[] } {
  const redact: FindingKind[] = [];
  const refused: string[] = [];
  const notes: string[] = [];
  for (const kind of FindingKind.options) {
    const found = rules.filter((rule) => rule.kind === kind);
    const count = found.reduce((sum, rule) => sum + rule.count, 0);
    if (count === 0) continue;
    const what = `${count} ${SAYS[kind][count === 1 ? 0 : 1]} (${found
      .map(({ rule }) => rule)
      .sort()
      .join(', ')})`;
    if (handling[kind] === 'refuse') refused.push(`your policy lets nothing leave that holds ${what}`);
    else if (handling[kind] === 'redact') {
      redact.push(kind);
      notes.push(`without ${what}`);
    }
  }
  return { redact, refused, notes };
}
