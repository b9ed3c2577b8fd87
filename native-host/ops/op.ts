// What an op of the host gets and gives. An op touches the person's files only through gate/resolve.ts, starts programs only
// through spawn.ts, and never sends anything anywhere: content it makes becomes a handle.
import type { HandleMeta } from '../../shared/handles.ts';
import type { RunId, StepId } from '../../shared/ids.ts';
import type { OpName, TextOp } from '../../shared/ops/catalogue.ts';
import type { OpArgs } from '../../shared/ops/args.ts';
import type { TargetState } from '../../shared/gate/approvals.ts';
import type { ApprovalDetail } from '../../shared/protocol/native.ts';
import type { Change as ShownChange } from '../gate/changes.ts';
import type { Change } from '../journal/change.ts';
import type { Journal } from '../journal/journal.ts';
import type { Allowed } from '../gate/grant-reader.ts';
import type { HandleStore } from '../state/stored-handle.ts';
import type { DocumentReader } from './doc/reader.ts';
import type { Internet } from './net/internet.ts';

/** What only the device does; text ops also run in the cloud. */
export type HostOp = Exclude<OpName, TextOp>;

export interface OpContext {
  run: RunId;
  step: StepId;
  signal: AbortSignal;
  now(): number;
  progress(done: number, total: number): void;
  grants: Allowed;
  handles: HandleStore;
  /** What changes the person's files goes through it (journal/step.ts), so that it can be undone. */
  journal: Journal;
  /** Where downloads come from. */
  internet: Internet;
  /** Reads what needs a thread of its own. */
  readDocument: DocumentReader['read'];
  /** Changes that the run's warrant allows. */
  maxChanges: number;
  /** Set while a step is only looked ahead at: a dry run gives its changes here instead of showing them. */
  foreseen?(changes: readonly Change[]): void;
  /** Whether the person said yes to this very step, beside the plan that it is part of. */
  approved?: boolean;
  /** Written and synced before an effect, read again by `settle` after a crash. JSON; each call replaces the last. */
  intend(intent: unknown): void;
}

export interface OpResult {
  outputs: HandleMeta[];
  /** In our own words, no content. */
  note?: string;
}

export type Op<Name extends OpName> = (args: OpArgs<Name>, context: OpContext) => Promise<OpResult>;

/** After a crash between intent and outcome: what became of the effect. `nothing`: rolled back, may run again; `null`: nobody can tell. */
export type Settle = (intent: unknown, context: OpContext) => Promise<OpResult | 'nothing' | null>;

/** What a step would do, before it does it: for the question to the person, and for what their yes is bound to. */
export interface Foresight {
  title: string;
  /** Asked about though the run's plan was approved as a whole: what it would do is more than a plan can show. */
  beyondPlan?: boolean;
  /** Bytes that are written. */
  bytes: number;
  parts: ApprovalDetail['parts'];
  /** Hashes of what is written and of what that takes the place of. */
  content: string[];
  targets: TargetState[];
  /** Made only when it is to be shown. */
  show(): ShownChange;
}
export type Foresee<Name extends OpName> = (args: OpArgs<Name>, context: OpContext) => Promise<Foresight>;
