// The host's ops: one row an op, loaded when it is first used, because the agent must be there at once. Text ops are not
// here: they also run in the cloud, so placement decides about them first.
import type { DecodedStep } from '../../shared/ops/args.ts';
import type { OpName } from '../../shared/ops/catalogue.ts';
import type { Change } from '../journal/change.ts';
import type { Foresee, Foresight, HostOp, Op, OpContext, OpResult, Settle } from './op.ts';

interface OpEntry<Name extends OpName> {
  load(): Promise<Op<Name>>;
  /** For ops with an effect that `intend` announces. */
  settle?(): Promise<Settle>;
  /** For ops that change, open or start something: what that would be. `dry-run`: its own dry run tells. */
  foresee?: 'dry-run' | (() => Promise<Foresee<Name>>);
  /** Looked ahead at also where the run's plan was approved as a whole. */
  beyondPlan?: boolean;
}

/** What a changing op did is in the journal, so all of them are settled alike; and all can say beforehand what they would do. */
const JOURNALED = {
  settle: async (): Promise<Settle> => (await import('../journal/step.ts')).settleStep,
  foresee: 'dry-run',
} as const;

export const HOST_OPS: { readonly [Name in HostOp]: OpEntry<Name> } = {
  'fs.list': { load: async () => (await import('./fs/list.ts')).list },
  'fs.stat': { load: async () => (await import('./fs/stat.ts')).stat },
  'fs.find': { load: async () => (await import('./fs/find.ts')).find },
  'fs.search': { load: async () => (await import('./fs/search.ts')).search },
  'fs.read': { load: async () => (await import('./fs/read.ts')).read },
  'fs.create': { load: async () => (await import('./fs/create.ts')).create, ...JOURNALED },
  'fs.restore': { load: async () => (await import('./fs/restore.ts')).restore, ...JOURNALED },
  'fs.trash': { load: async () => (await import('./fs/trash.ts')).trash, ...JOURNALED },
  'fs.move': { load: async () => (await import('./fs/move.ts')).move, ...JOURNALED },
  'fs.copy': { load: async () => (await import('./fs/copy.ts')).copy, ...JOURNALED },
  'fs.mkdir': { load: async () => (await import('./fs/mkdir.ts')).mkdir, ...JOURNALED },
  'fs.append': { load: async () => (await import('./fs/append.ts')).append, ...JOURNALED },
  'fs.write': { load: async () => (await import('./fs/write.ts')).write, ...JOURNALED },
  'doc.text': { load: async () => (await import('./doc/text.ts')).text },
  'doc.digest': { load: async () => (await import('./doc/digest.ts')).digest },
  'page.clip': { load: async () => (await import('./page/clip.ts')).clip },
  'net.download': {
    load: async () => (await import('./net/download.ts')).download,
    ...JOURNALED,
    foresee: async () => (await import('./net/foresee.ts')).foreseeDownload,
  },
  'net.collect': {
    load: async () => (await import('./net/collect.ts')).collect,
    ...JOURNALED,
    foresee: async () => (await import('./net/foresee.ts')).foreseeCollect,
  },
  'os.info': { load: async () => (await import('./os/info.ts')).info },
  'os.open': { load: async () => (await import('./os/open.ts')).open, foresee: async () => (await import('./os/foresee.ts')).foreseeOpen },
  'os.reveal': {
    load: async () => (await import('./os/reveal.ts')).reveal,
    foresee: async () => (await import('./os/foresee.ts')).foreseeReveal,
  },
  'os.run': {
    load: async () => (await import('./os/run.ts')).run,
    settle: async () => (await import('./os/run.ts')).settleRun,
    foresee: async () => (await import('./os/foresee-run.ts')).foreseeRun,
    beyondPlan: true,
  },
};

export function isHostOp(op: OpName): op is HostOp {
  return Object.hasOwn(HOST_OPS, op);
}

/** Whether such a step has to be looked ahead at in every run: what it does may be more than a plan can show. */
export function mayGoBeyondPlan(op: OpName): boolean {
  return isHostOp(op) && HOST_OPS[op].beyondPlan === true;
}

/** Runs one op. */
export async function performOp({ op, args }: DecodedStep<HostOp>, context: OpContext): Promise<OpResult> {
  const run: (args: never, context: OpContext) => Promise<OpResult> = await HOST_OPS[op].load();
  // The arguments are this very op's; the compiler cannot follow the name from one table to the other.
  return run(args as never, context);
}

/** What a step would do; `null` for one that changes, opens and starts nothing. Throws what the step itself would refuse. */
export async function foreseeStep(step: DecodedStep<HostOp>, context: OpContext): Promise<Foresight | null> {
  const { foresee } = HOST_OPS[step.op];
  if (foresee === undefined) return null;
  if (foresee !== 'dry-run') {
    const look: (args: never, context: OpContext) => Promise<Foresight> = await foresee();
    return look(step.args as never, context);
  }
  const changes: Change[] = [];
  const dry = { op: step.op, args: { ...step.args, dryRun: true } } as DecodedStep<HostOp>;
  await performOp(dry, { ...context, foreseen: (some) => void changes.push(...some) });
  return (await import('../journal/foresee.ts')).foreseeChanges(step, changes, context);
}

/** After a crash: what became of an op's effect. `null`: this op announces none, so nobody can tell. */
export async function settleOp(op: HostOp, intent: unknown, context: OpContext): Promise<OpResult | 'nothing' | null> {
  const settle = await HOST_OPS[op].settle?.();
  return settle === undefined ? null : settle(intent, context);
}
