// A warrant: what one run may do on this device. Made only by the person's act there (a click, a terminal), written in
// the same transaction as the run. The device checks every task against it, whatever the cloud asks. And standing warrants:
// what the person lets others start, so that nobody need be asked when they do. Pure.
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

/** What a warrant limits. */
export type Limits = Pick<Warrant, 'ops' | 'grants' | 'egressBytes' | 'changes' | 'expiresAt'>;

/** What both allow: the only way in which a warrant is ever made of another. */
export function narrowLimits(one: Limits, other: Limits): Limits {
  return {
    ops: one.ops.filter((op) => other.ops.includes(op)),
    grants: one.grants.filter((grant) => other.grants.includes(grant)),
    egressBytes: Math.min(one.egressBytes, other.egressBytes),
    changes: Math.min(one.changes, other.changes),
    expiresAt: Math.min(one.expiresAt, other.expiresAt),
  };
}

/** Made by the person in the terminal or in the host's own window: this recipe may be started by others, within these limits. */
export const StandingWarrant = z.strictObject({
  id: WarrantId,
  recipe: z.string().max(40),
  ops: z.array(z.string().max(40)).max(40),
  grants: z.array(GrantId).max(200),
  /** Of one run, like `changes`. */
  egressBytes: z.int().min(0),
  changes: z.int().min(0),
  /** Runs that it starts on one day (UTC). */
  runsPerDay: z.int().min(1).max(1_000),
  createdAt: z.int(),
  expiresAt: z.int(),
});
export type StandingWarrant = z.infer<typeof StandingWarrant>;

/** What a run's plan comes to at most. */
export type Need = { recipe: string } & Pick<Limits, 'ops' | 'grants' | 'egressBytes' | 'changes'>;

export type StandingDecision = { effect: 'allow'; by: WarrantId } | { effect: 'deny'; reasons: string[] };

/**
 * Whether one of the standing warrants covers a run that somebody else asks for. One alone must cover it: two halves do not
 * add up. Bytes are not needed but allowed: a run may release as much as the warrant says and does the rest at home.
 * Of several the one is taken that lets it release most, and of those the one that ends last.
 */
export function decideStanding(standing: readonly (StandingWarrant & { runsToday: number })[], need: Need, now: number): StandingDecision {
  const ofRecipe = standing.filter(({ recipe }) => recipe === need.recipe);
  if (ofRecipe.length === 0) return { effect: 'deny', reasons: ['no standing warrant names this recipe'] };
  const judged = ofRecipe.map((warrant) => ({ warrant, reasons: lacks(warrant, need, now) })).sort(compare);
  const [best] = judged;
  if (best === undefined || best.reasons.length > 0) return { effect: 'deny', reasons: best?.reasons ?? [] };
  return { effect: 'allow', by: best.warrant.id };
}

function lacks(warrant: StandingWarrant & { runsToday: number }, need: Need, now: number): string[] {
  const reasons: string[] = [];
  if (now >= warrant.expiresAt) reasons.push('the standing warrant has expired');
  if (need.ops.some((op) => !warrant.ops.includes(op))) reasons.push('the standing warrant does not name every op of the plan');
  if (need.grants.some((grant) => !warrant.grants.includes(grant))) reasons.push('the standing warrant does not name this grant');
  if (need.changes > warrant.changes) reasons.push('the standing warrant allows fewer changes');
  if (warrant.runsToday >= warrant.runsPerDay) reasons.push('the standing warrant has started its runs of today');
  return reasons;
}

type Judged = { warrant: StandingWarrant; reasons: string[] };

function compare(one: Judged, two: Judged): number {
  return (
    one.reasons.length - two.reasons.length ||
    two.warrant.egressBytes - one.warrant.egressBytes ||
    two.warrant.expiresAt - one.warrant.expiresAt ||
    (one.warrant.id < two.warrant.id ? -1 : 1)
  );
}
