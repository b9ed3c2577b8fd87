// The gate's one function that lets content out. It decides (shared/gate/release.ts) by what a scan found, takes out what
// must not go, writes the receipt, and only then hands back the content, branded: what is not `Released` has no way to a
// socket. Large texts are scanned before, off this thread (`scanFor`); what comes without a scan of exactly these texts is
// scanned here when it is small, and refused when it is not.
import { countRules, mergeFindings, type Scan } from '../../shared/gate/findings.ts';
import { findKnown, redact, type Replacement } from '../../shared/gate/redact.ts';
import {
  decideRelease,
  type Destination,
  POLICY_VERSION,
  type Receipt,
  type ReceiptSource,
  type ReleaseDecision,
  type ReleaseQuestion,
} from '../../shared/gate/release.ts';
import type { Names } from '../../shared/gate/grants.ts';
import { type Label, strictest } from '../../shared/gate/labels.ts';
import type { HandleId, RunId, StepId } from '../../shared/ids.ts';
import type { StoredHandle } from '../state/stored-handle.ts';
import type { Store } from '../state/database.ts';
import { fileBehind } from '../state/handles.ts';
import { keyedHashes } from './keyed.ts';
import { appendReceipt } from './ledger.ts';
import { keepRedactions, knownRedactions } from './redactions.ts';
import { scanTexts } from './scan/scan-content.ts';
import { isSmall, type Scanner } from './scan/scanner.ts';
import { keepSent } from './sent-texts.ts';

declare const released: unique symbol;
/** Content that has a receipt. Only this file makes one, and names.ts reads those back that it kept. */
export type Released<Content> = Content & { readonly [released]: true };

/** A scan and the very texts that it looked at. */
export interface ScannedTexts {
  of: readonly string[];
  scan: Scan;
}

export interface ReleaseRequest {
  run: RunId;
  step: StepId;
  destination: Destination;
  /** Why, in our own words: the op's name. */
  purpose: string;
  model: string | null;
  handles: readonly StoredHandle[];
  /** What the grants behind the handles say now; a handle keeps the label of the moment when it was made. */
  labelsNow: readonly Label[];
  /** What goes: made from the handles, in their order, already cut to the destination's caps. */
  texts: readonly string[];
  /** The person's yes to exactly this, or to all that the run releases (approvals.ts). */
  approved: boolean;
  /** From `scanFor`, for these texts. */
  scanned?: ScannedTexts | undefined;
  /** What goes is what the handles' files are called: the settings of their grants now. */
  names?: readonly Names[] | undefined;
  /** Which bytes of which handle each text is; without it, text i is the beginning of handle i. */
  ranges?: { handle: HandleId; from: number; to: number }[] | undefined;
}

export type ReleaseOutcome =
  /** `replacements`: what stands behind the placeholders in `texts`, for putting it back into the answer. */
  | { effect: 'send'; receipt: Receipt; texts: Released<string[]>; replacements: Replacement[] }
  /** `would`: the texts as they would go, for the person's eyes alone. */
  | { effect: 'ask'; reasons: string[]; bytes: number; would: string[] }
  | { effect: 'refuse'; code: Extract<ReleaseDecision, { effect: 'refuse' }>['code']; reasons: string[] };

/** Looks through texts that are to leave, in a thread of its own when they are large. */
export async function scanFor(scanner: Scanner, texts: readonly string[], signal?: AbortSignal): Promise<ScannedTexts> {
  return { of: texts, scan: await scanner.texts(texts, signal) };
}

/** Decides, writes the receipt, spends the run's budget, all in one transaction on disk; then returns the content. */
export function release(store: Store, request: ReleaseRequest, now: number): ReleaseOutcome {
  const { run, destination, handles, texts } = request;
  const known = leaves(destination) ? knownRedactions(store, run) : [];
  const scan = leaves(destination) ? withKnown(scanOf(request), texts, known) : NOT_NEEDED;
  const label = strictest([...request.labelsNow, ...handles.map((handle) => handle.label)]);
  return store.transaction((): ReleaseOutcome => {
    const row = store.get<{ released: number; warrant: string }>('SELECT released, warrant FROM runs WHERE id = ?', run);
    const allowed = row === undefined ? 0 : (JSON.parse(row.warrant) as { egressBytes: number }).egressBytes;
    const question: ReleaseQuestion = {
      label,
      destination,
      bytes: bytesOf(texts),
      budgetLeft: allowed - (row?.released ?? 0),
      approved: request.approved,
      scan: { inspected: scan.inspected, problem: scan.problem, rules: countRules(scan.findings) },
      names: request.names === undefined ? undefined : request.names.includes('hidden') ? 'hidden' : 'shown',
    };
    const first = decideRelease(question);
    if (first.effect === 'refuse') return first;
    const takenOut = redact(
      texts,
      scan.findings.filter(({ kind }) => first.redact.includes(kind)),
      known,
    );
    // Placeholders may be longer than what they stand for: the budget is spent by what goes.
    const bytes = bytesOf(takenOut.texts);
    const decision = decideRelease({ ...question, bytes });
    if (decision.effect === 'refuse') return decision;
    if (decision.effect === 'ask') return { effect: 'ask', reasons: decision.reasons, bytes, would: takenOut.texts };
    const receipt = appendReceipt(store, factsOf(store, request, label, decision, scan, now), texts, takenOut.texts);
    if (leaves(destination)) {
      keepSent(store, receipt.id, takenOut.texts, now);
      keepRedactions(store, run, takenOut.replacements, now);
    }
    if (destination === 'cloud' && request.names === undefined)
      store.run('UPDATE runs SET released = released + ? WHERE id = ?', bytes, run);
    return { effect: 'send', receipt, texts: takenOut.texts as Released<string[]>, replacements: takenOut.replacements };
  });
}

function leaves(destination: Destination): boolean {
  return destination === 'cloud' || destination === 'client';
}

const NOT_NEEDED: Scan = { findings: [], inspected: true };

function withKnown(scan: Scan, texts: readonly string[], known: readonly Replacement[]): Scan {
  const again = scan.inspected ? findKnown(texts, known) : [];
  return again.length === 0 ? scan : { ...scan, findings: mergeFindings([...scan.findings, ...again]) };
}

function scanOf({ texts, scanned }: ReleaseRequest): Scan {
  if (scanned?.of === texts) return scanned.scan;
  return isSmall(texts) ? scanTexts(texts) : { findings: [], inspected: false, problem: 'it was not looked through' };
}

function factsOf(
  store: Store,
  request: ReleaseRequest,
  label: Receipt['label'],
  decision: Extract<ReleaseDecision, { effect: 'send' }>,
  scan: Scan,
  now: number,
) {
  const { run, step, destination, purpose, model, handles, texts } = request;
  const facts = {
    at: now,
    run,
    step,
    destination,
    purpose,
    model,
    label,
    approvedBy: decision.approvedBy,
    handles: handles.map((handle) => handle.id),
  };
  if (!leaves(destination)) return facts;
  return {
    ...facts,
    ranges: request.ranges ?? rangesOf(handles, texts),
    rules: countRules(scan.findings)
      .slice(0, 200)
      .map((rule) => ({ ...rule, redacted: decision.redact.includes(rule.kind) })),
    policy: POLICY_VERSION,
    sources: sourcesOf(store, handles, now),
  };
}

function rangesOf(handles: readonly StoredHandle[], texts: readonly string[]): { handle: HandleId; from: number; to: number }[] {
  return texts.flatMap((text, index) => {
    const handle = handles[index]?.id;
    return handle === undefined ? [] : [{ handle, from: 0, to: Buffer.byteLength(text) }];
  });
}

/** In the place of a content that was not read: no text holds it. */
const UNREAD = '\0';

/** The files behind the handles, by keyed hashes. */
function sourcesOf(store: Store, handles: readonly StoredHandle[], now: number): ReceiptSource[] {
  const keyed = keyedHashes(store);
  return handles.flatMap((handle) => {
    const file = fileBehind(store, handle, now);
    return file === null
      ? []
      : [{ path: keyed.path(file.grant, file.path), identity: keyed.identity(file), content: keyed.content(handle.text ?? UNREAD) }];
  });
}

function bytesOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
