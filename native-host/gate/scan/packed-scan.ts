// A scan on its way between threads: numbers in one array, each rule named once. A text of addresses has ten thousands of
// findings, and as many objects cost more to hand over than to find.
import type { Finding, Scan } from '../../../shared/gate/findings.ts';

export interface PackedScan extends Omit<Scan, 'findings'> {
  rules: Pick<Finding, 'rule' | 'kind'>[];
  /** Text, start, end and the rule's place in `rules`, finding by finding. */
  numbers: Uint32Array<ArrayBuffer>;
}

const NUMBERS = 4;

export function packScan({ findings, ...scan }: Scan): PackedScan {
  const rules = new Map<string, { at: number; rule: PackedScan['rules'][number] }>();
  const numbers = new Uint32Array(findings.length * NUMBERS);
  for (const [index, { text, start, end, rule, kind }] of findings.entries()) {
    const key = `${kind} ${rule}`;
    const known = rules.get(key) ?? { at: rules.size, rule: { rule, kind } };
    if (known.at === rules.size) rules.set(key, known);
    const at = index * NUMBERS;
    numbers[at] = text;
    numbers[at + 1] = start;
    numbers[at + 2] = end;
    numbers[at + 3] = known.at;
  }
  return { ...scan, rules: [...rules.values()].map(({ rule }) => rule), numbers };
}

export function unpackScan({ rules, numbers, ...scan }: PackedScan): Scan {
  const findings: Finding[] = [];
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const rule = rules[numbers[at + 3] as number];
    if (rule === undefined) throw new TypeError('a packed scan names a rule that it does not have');
    const [text, start, end] = [numbers[at] as number, numbers[at + 1] as number, numbers[at + 2] as number];
    findings.push({ text, start, end, rule: rule.rule, kind: rule.kind });
  }
  return { ...scan, findings };
}
