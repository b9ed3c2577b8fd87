// The host's ops: one row an op, loaded when it is first used, because the agent must be there at once. Text ops are not
// here: they also run in the cloud, so placement decides about them first.
import type { DecodedStep } from '../../shared/ops/args.ts';
import type { OpName, TextOp } from '../../shared/ops/catalogue.ts';
import type { Op, OpContext, OpResult, Settle } from './op.ts';

export type HostOp = Exclude<OpName, TextOp>;

interface OpEntry<Name extends OpName> {
  load(): Promise<Op<Name>>;
  /** For ops with an effect that `intend` announces. */
  settle?(): Promise<Settle>;
}

/** What a changing op did is in the journal, so all of them are settled alike. */
const settleJournaled = async (): Promise<Settle> => (await import('../journal/step.ts')).settleStep;

export const HOST_OPS: { readonly [Name in HostOp]: OpEntry<Name> } = {
  'fs.list': { load: async () => (await import('./fs/list.ts')).list },
  'fs.stat': { load: async () => (await import('./fs/stat.ts')).stat },
  'fs.find': { load: async () => (await import('./fs/find.ts')).find },
  'fs.search': { load: async () => (await import('./fs/search.ts')).search },
  'fs.read': { load: async () => (await import('./fs/read.ts')).read },
  'fs.create': { load: async () => (await import('./fs/create.ts')).create, settle: settleJournaled },
  'fs.restore': { load: async () => (await import('./fs/restore.ts')).restore, settle: settleJournaled },
  'fs.trash': { load: async () => (await import('./fs/trash.ts')).trash, settle: settleJournaled },
  'fs.move': { load: async () => (await import('./fs/move.ts')).move, settle: settleJournaled },
  'fs.copy': { load: async () => (await import('./fs/copy.ts')).copy, settle: settleJournaled },
  'fs.mkdir': { load: async () => (await import('./fs/mkdir.ts')).mkdir, settle: settleJournaled },
  'fs.append': { load: async () => (await import('./fs/append.ts')).append, settle: settleJournaled },
  'fs.write': { load: async () => (await import('./fs/write.ts')).write, settle: settleJournaled },
  'doc.text': { load: async () => (await import('./doc/text.ts')).text },
  'doc.digest': { load: async () => (await import('./doc/digest.ts')).digest },
  'page.clip': { load: async () => (await import('./page/clip.ts')).clip },
  'os.info': { load: async () => (await import('./os/info.ts')).info },
  'os.open': { load: async () => (await import('./os/open.ts')).open },
  'os.reveal': { load: async () => (await import('./os/reveal.ts')).reveal },
  'os.run': { load: async () => (await import('./os/run.ts')).run, settle: async () => (await import('./os/run.ts')).settleRun },
};

export function isHostOp(op: OpName): op is HostOp {
  return Object.hasOwn(HOST_OPS, op);
}

/** Runs one op. */
export async function performOp({ op, args }: DecodedStep<HostOp>, context: OpContext): Promise<OpResult> {
  const run: (args: never, context: OpContext) => Promise<OpResult> = await HOST_OPS[op].load();
  // The arguments are this very op's; the compiler cannot follow the name from one table to the other.
  return run(args as never, context);
}

/** After a crash: what became of an op's effect. `null`: this op announces none, so nobody can tell. */
export async function settleOp(op: HostOp, intent: unknown, context: OpContext): Promise<OpResult | 'nothing' | null> {
  const settle = await HOST_OPS[op].settle?.();
  return settle === undefined ? null : settle(intent, context);
}
