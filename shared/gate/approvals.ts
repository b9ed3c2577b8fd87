// What a yes is bound to. A person says yes to one exact thing; its description here is written down as text, of which the
// host keeps the hash with the question and looks at it again at the moment of use. Pure.
import type { GrantId } from '../ids.ts';

/** A place in a grant and what is there; `null`: nothing, and so it must be when the yes is used. */
export interface TargetState {
  grant: GrantId;
  path: string;
  is: { dev: number; ino: number; size: number; mtimeMs: number; ctimeMs: number } | null;
}

export interface Bound {
  /** The op; `plan` for a whole run, `give` for an MCP client's question. */
  op: string;
  /** Its arguments, decoded. */
  args: unknown;
  /** Hashes of what is released or written, and of what is overwritten. Nothing where only names change. */
  content: readonly string[];
  targets: readonly TargetState[];
  destination: string | null;
  model: string | null;
  policy: string;
}

/** One spelling for equal values: the order of an object's fields means nothing, that of a list does. */
export function bindingText(bound: Bound): string {
  return canonical(bound);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([one], [two]) => (one < two ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`);
  return `{${fields.join(',')}}`;
}
