// What a content scan may say: where something is that should not leave, and what kind of thing it is. Never the thing
// itself. The scanner is the host's (native-host/gate/scan); what follows from findings is decided in release.ts.
import * as z from 'zod';

/**
 * `secret` opens a door (a key, a password) · `identifier` stands for a person or an account (card, IBAN, national id) ·
 * `contact` reaches a person (e-mail, phone) · `opaque` is encoded data that cannot be looked into.
 */
export const FindingKind = z.enum(['secret', 'identifier', 'contact', 'opaque']);
export type FindingKind = z.infer<typeof FindingKind>;

/** `text` counts the scanned texts from 0; `start` and `end` are UTF-16 offsets in it, `end` exclusive. */
export interface Finding {
  text: number;
  start: number;
  end: number;
  rule: string;
  kind: FindingKind;
}

/** The outcome of a scan. What was not `inspected` (unknown binary, above the caps, out of time) is never sent. */
export interface Scan {
  findings: readonly Finding[];
  inspected: boolean;
  /** Why not, in our own words. */
  problem?: string | undefined;
}

/** How often each rule hit, by kind and rule. */
export interface RuleCount {
  rule: string;
  kind: FindingKind;
  count: number;
}

const PRECEDENCE: Record<FindingKind, number> = { secret: 0, identifier: 1, opaque: 2, contact: 3 };

/**
 * Findings without overlap, in order: where several meet, one range covers them all and the weightiest kind names it.
 * The order in which they come changes nothing.
 */
export function mergeFindings(findings: Iterable<Finding>): Finding[] {
  const sorted = [...findings].filter(({ start, end }) => end > start).sort(compare);
  const merged: Finding[] = [];
  for (const finding of sorted) {
    const last = merged.at(-1);
    if (last === undefined || last.text !== finding.text || finding.start >= last.end) {
      merged.push({ ...finding });
      continue;
    }
    last.end = Math.max(last.end, finding.end);
    if (weighsMore(finding, last)) Object.assign(last, { rule: finding.rule, kind: finding.kind });
  }
  return merged;
}

export function countRules(findings: Iterable<Finding>): RuleCount[] {
  const counts = new Map<string, RuleCount>();
  for (const { rule, kind } of findings) {
    const known = counts.get(`${kind} ${rule}`);
    if (known === undefined) counts.set(`${kind} ${rule}`, { rule, kind, count: 1 });
    else known.count += 1;
  }
  return [...counts.values()].sort((a, b) => PRECEDENCE[a.kind] - PRECEDENCE[b.kind] || (a.rule < b.rule ? -1 : 1));
}

function compare(a: Finding, b: Finding): number {
  return a.text - b.text || a.start - b.start || b.end - a.end || PRECEDENCE[a.kind] - PRECEDENCE[b.kind] || (a.rule < b.rule ? -1 : 1);
}

function weighsMore(a: Finding, b: Finding): boolean {
  return PRECEDENCE[a.kind] - PRECEDENCE[b.kind] < 0 || (a.kind === b.kind && a.rule < b.rule);
}
