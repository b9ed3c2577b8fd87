// A warrant: what one run may do on this device. Made only by the person's act there (a click, a terminal), written in
// the same transaction as the run. The device checks every task against it, whatever the cloud asks.
import * as z from 'zod';
import { GrantId, RunId, WarrantId } from '../ids.ts';

export const Warrant = z.strictObject({
  id: WarrantId,
  run: RunId,
  ops: z.array(z.string().max(40)).max(40),
  grants: z.array(GrantId).max(200),
  egressBytes: z.int().min(0),
  changes: z.int().min(0),
  expiresAt: z.int(),
});
export type Warrant = z.infer<typeof Warrant>;

export type WarrantDecision = { effect: 'allow' } | { effect: 'deny'; reasons: string[] };

/** Whether a task with this op on these grants is covered now. */
export function decideTask(warrant: Warrant, task: { op: string; grants: readonly GrantId[] }, now: number): WarrantDecision {
  const reasons: string[] = [];
  // Written so that a time that is none has passed.
  if (!(now < warrant.expiresAt)) reasons.push('the warrant has expired');
  if (!warrant.ops.includes(task.op)) reasons.push(`the warrant does not name the op ${task.op}`);
  if (task.grants.some((grant) => !warrant.grants.includes(grant))) reasons.push('the warrant does not name this grant');
  return reasons.length === 0 ? { effect: 'allow' } : { effect: 'deny', reasons };
}
