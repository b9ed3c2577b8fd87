// What may be asked of all that is allowed, by whoever may not change it. The file of grants answers (grants-file.ts).
import type { CommandGrant } from '../../shared/gate/commands.ts';
import type { Grant, Names } from '../../shared/gate/grants.ts';
import type { Label } from '../../shared/gate/labels.ts';
import type { GrantId } from '../../shared/ids.ts';

export interface GrantReader {
  /** Throws `grant_not_found` (also for a revoked one) and `grants_damaged`. */
  grant(id: GrantId): Grant;
  /** The strictest label over every grant that contains this file. */
  labelOf(grant: GrantId, path: string): Label;
  /** Whether the cloud may know what this file is called, by every grant that contains it. */
  namesOf(grant: GrantId, path: string): Names;
}

/** What an op may know of all that is allowed. */
export interface Allowed extends GrantReader {
  /** Every folder grant. */
  list(): readonly Grant[];
  /** Throws `grant_not_found`, also for a revoked one. */
  command(id: GrantId): CommandGrant;
}
