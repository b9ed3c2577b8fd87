// What an op of the host gets and gives. An op touches the person's files only through gate/resolve.ts, starts programs only
// through spawn.ts, and never sends anything anywhere: content it makes becomes a handle.
import type { CommandGrant } from '../../shared/gate/commands.ts';
import type { Grant, Names } from '../../shared/gate/grants.ts';
import type { Label } from '../../shared/gate/labels.ts';
import type { HandleKind, HandleMeta } from '../../shared/handles.ts';
import type { GrantId, HandleId, RunId, StepId } from '../../shared/ids.ts';
import type { OpName } from '../../shared/ops/catalogue.ts';
import type { OpArgs } from '../../shared/ops/args.ts';
import type { TargetState } from '../../shared/gate/approvals.ts';
import type { ApprovalDetail } from '../../shared/protocol/native.ts';
import type { Change as ShownChange } from '../gate/changes.ts';
import type { Change } from '../journal/change.ts';
import type { Journal } from '../journal/journal.ts';
import type { DocumentReader } from './doc/reader.ts';
import type { Internet } from './net/internet.ts';

/** A file of a grant as it was when the handle was made. `path` is relative to the grant, `/` between segments. */
export interface FileReference {
  grant: GrantId;
  path: string;
  size: number;
  mtimeMs: number;
  dev: number;
  ino: number;
}

/** `from` is the handle that a text was made of, where it was one. */
export type StoredHandle = { id: HandleId; kind: HandleKind; label: Label; from?: HandleId } & (
  | { file: FileReference; text: null }
  | { file: null; text: string }
);

export interface HandleStore {
  /** Throws `handle_not_found` for one that is unknown, has expired, or is not this run's. */
  get(id: HandleId): StoredHandle;
  /** The text of a handle that holds text; throws `unsupported` for a file. */
  text(id: HandleId): string;
  putFile(file: FileReference, label: Label): HandleMeta;
  /** Many at once, in one transaction, in their order: each alone costs a sync of the disk. */
  putFiles(files: readonly { file: FileReference; label: Label }[]): HandleMeta[];
  /** How many files of a grant the run has taken up. */
  filesIn(grant: GrantId): number;
  /** Keeps text or JSON made at home. */
  putText(kind: Exclude<HandleKind, 'file'>, text: string, label: Label, from?: HandleId): HandleMeta;
}

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
