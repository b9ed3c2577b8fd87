// Takes what should not leave out of texts and puts typed placeholders in its place: `‹secret:aws-key:1›`. The same value
// has the same placeholder wherever it stands, so that a model can still tell what belongs together. Pure; which value
// stands behind a placeholder is known at home alone, and `restore` puts it back there.
import { type Finding, FindingKind, mergeFindings } from './findings.ts';

/** A placeholder and what it stands for. */
export interface Replacement {
  placeholder: string;
  value: string;
}

export interface Redacted {
  texts: string[];
  /** One for each value, in the order in which they are met. */
  replacements: Replacement[];
}

/** What a placeholder looks like. Text that a person or a page wrote may look so as well. */
export const PLACEHOLDER = /‹(?:secret|identifier|contact|opaque):[a-z0-9-]{1,60}:\d{1,6}›/g;

/**
 * Replaces every finding. `known` are the placeholders that this run has used before; a value keeps its own. Placeholders
 * that the texts already contain are never given to a value, so restoring cannot be tricked into another place.
 */
export function redact(texts: readonly string[], findings: Iterable<Finding>, known: readonly Replacement[] = []): Redacted {
  const taken = new Set<string>(texts.flatMap((text) => text.match(PLACEHOLDER) ?? []));
  const byValue = new Map<string, string>();
  const numbers = new Map<string, number>();
  const used = new Set(known.map(({ placeholder }) => placeholder));
  for (const { placeholder, value } of known) if (!taken.has(placeholder)) byValue.set(value, placeholder);
  const replacements: Replacement[] = [];
  const isListed = new Set<string>();

  const placeholderFor = (value: string, { kind, rule }: Finding): string => {
    const given = byValue.get(value);
    const placeholder = given ?? fresh(`${kind}:${rule}`);
    byValue.set(value, placeholder);
    if (!isListed.has(placeholder)) replacements.push({ placeholder, value });
    isListed.add(placeholder);
    return placeholder;
  };
  const fresh = (type: string): string => {
    for (let number = (numbers.get(type) ?? 0) + 1; ; number += 1) {
      const placeholder = `‹${type}:${number}›`;
      if (taken.has(placeholder) || used.has(placeholder)) continue;
      numbers.set(type, number);
      return placeholder;
    }
  };

  const parts = texts.map(() => [] as string[]);
  const ends = texts.map(() => 0);
  for (const finding of mergeFindings(findings)) {
    const text = texts[finding.text];
    const part = parts[finding.text];
    if (text === undefined || part === undefined) continue;
    part.push(text.slice(ends[finding.text], finding.start), placeholderFor(text.slice(finding.start, finding.end), finding));
    ends[finding.text] = finding.end;
  }
  return { texts: texts.map((text, index) => (parts[index] ?? []).join('') + text.slice(ends[index])), replacements };
}

/**
 * Where values that were taken out before stand again. An answer that was restored at home can hold one without the words
 * that made a scan see it; what was taken out once is taken out wherever it stands.
 */
export function findKnown(texts: readonly string[], known: readonly Replacement[]): Finding[] {
  return known.flatMap(({ placeholder, value }) => {
    const [, kind, rule = 'known'] = /^‹([a-z]+):([a-z0-9-]+):/.exec(placeholder) ?? [];
    const parsed = FindingKind.safeParse(kind);
    if (!parsed.success || value === '') return [];
    return texts.flatMap((text, index) => {
      const found: Finding[] = [];
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length))
        found.push({ text: index, start: at, end: at + value.length, rule, kind: parsed.data });
      return found;
    });
  });
}

/** Puts the values back. Anything else that looks like a placeholder stays as it is. */
export function restore(text: string, replacements: readonly Replacement[]): string {
  if (replacements.length === 0) return text;
  const values = new Map(replacements.map(({ placeholder, value }) => [placeholder, value]));
  return text.replace(PLACEHOLDER, (placeholder) => values.get(placeholder) ?? placeholder);
}

/** The same in every string of a value made of JSON's kinds. */
export function restoreIn<Value>(value: Value, replacements: readonly Replacement[]): Value {
  const visit = (node: unknown): unknown => {
    if (typeof node === 'string') return restore(node, replacements);
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, visit(child)]));
  };
  // Strings become strings, everything else stays: the shape is the same.
  return replacements.length === 0 ? value : (visit(value) as Value);
}
