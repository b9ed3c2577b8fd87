// `DIR[:rights[:label]]`, read from the right, so that `C:\Texts:read` and folders with colons in their names work.
import { Right } from '../../shared/gate/grants.ts';
import { Label } from '../../shared/gate/labels.ts';

export interface GrantSpec {
  folder: string;
  rights?: Right[];
  label?: Label;
}

/** Takes a label and then rights off the end, where they are ones; the rest is the folder. */
export function parseGrantSpec(text: string): GrantSpec {
  const spec: GrantSpec = { folder: text };
  const label = takeLast(text, (part) => Label.safeParse(part).data ?? null);
  if (label !== null && takeLast(label.rest, parseRights) !== null) {
    spec.label = label.value;
    spec.folder = label.rest;
  }
  const rights = takeLast(spec.folder, parseRights);
  if (rights !== null) {
    spec.rights = rights.value;
    spec.folder = rights.rest;
  }
  return spec;
}

function parseRights(part: string): Right[] | null {
  const parsed = part.split(',').map((word) => Right.safeParse(word));
  return parsed.every((right) => right.success) ? [...new Set(parsed.map((right) => right.data as Right))] : null;
}

function takeLast<Value>(text: string, parse: (part: string) => Value | null): { rest: string; value: Value } | null {
  const colon = text.lastIndexOf(':');
  if (colon < 1) return null;
  const value = parse(text.slice(colon + 1));
  return value === null ? null : { rest: text.slice(0, colon), value };
}
