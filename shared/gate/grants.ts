// Grants: what the person allowed. The schema of one grant and the pure decisions about it; the file that holds them is
// the host's (native-host/gate/grants-file.ts).
import * as z from 'zod';
import { GrantId } from '../ids.ts';
import { Label, narrowsLabel } from './labels.ts';

export const Right = z.enum(['read', 'write', 'trash']);
export type Right = z.infer<typeof Right>;

/** A folder grant as the host keeps it. `folder` is absolute and never leaves the device. */
export const Grant = z.strictObject({
  id: GrantId,
  name: z.string().min(1).max(80),
  folder: z.string().min(1).max(4096),
  rights: z.array(Right).min(1).max(3),
  label: Label,
  createdAt: z.int().min(0),
});
export type Grant = z.infer<typeof Grant>;

/** A grant as clients on this machine see it. `display` is the folder in short form ("~/Documents"), for the eyes only. */
export const GrantView = z.object({
  id: GrantId,
  name: z.string().max(80),
  display: z.string().max(4096),
  rights: z.array(Right).max(3),
  label: Label,
  state: z.enum(['ready', 'gone', 'no_permission']),
});
export type GrantView = z.infer<typeof GrantView>;

/** A new grant when the person says nothing else. */
export const NEW_GRANT = { rights: ['read'], label: 'ask' } as const satisfies { rights: Right[]; label: Label };

export interface Narrowing {
  rights?: readonly Right[] | undefined;
  label?: Label | undefined;
}

/** Whether a change only takes away. Anything else is the person's alone, in the terminal or the host's chooser. */
export function onlyNarrows(now: { rights: readonly Right[]; label: Label }, change: Narrowing): boolean {
  if (change.rights !== undefined && (change.rights.length === 0 || change.rights.some((right) => !now.rights.includes(right))))
    return false;
  return change.label === undefined || narrowsLabel(now.label, change.label);
}
