// The host's ops: one row an op, loaded when it is first used, because the agent must be there at once. Text ops are not
// here: they also run in the cloud, so placement decides about them first.
import { HeadgateError } from '../../shared/errors.ts';
import type { OpName, TextOp } from '../../shared/ops/catalogue.ts';
import type { Op, OpContext, OpResult, Settle } from './op.ts';

export type HostOp = Exclude<OpName, TextOp>;

interface OpEntry<Name extends OpName> {
  load(): Promise<Op<Name>>;
  /** For ops with an effect that `intend` announces. */
  settle?(): Promise<Settle>;
}

export const HOST_OPS: { readonly [Name in HostOp]: OpEntry<Name> } = {
  'fs.list': { load: async () => (await import('./fs/list.ts')).list },
  'fs.stat': { load: async () => (await import('./fs/stat.ts')).stat },
  'fs.find': { load: async () => (await import('./fs/find.ts')).find },
  'fs.search': { load: async () => (await import('./fs/search.ts')).search },
  'fs.read': { load: async () => (await import('./fs/read.ts')).read },
  'fs.create': { load: async () => (await import('./fs/create.ts')).create, settle: async () => (await import('./fs/create.ts')).settle },
  'doc.text': { load: async () => (await import('./doc/text.ts')).text },
  'doc.digest': { load: async () => (await import('./doc/digest.ts')).digest },
  'page.clip': { load: async () => (await import('./page/clip.ts')).clip },
  'os.info': { load: async () => (await import('./os/info.ts')).info },
  'os.open': { load: async () => (await import('./os/open.ts')).open },
  'os.reveal': { load: async () => (await import('./os/reveal.ts')).reveal },
};

/** The op, ready to be called with arguments that its schema in `OP_ARGS` has parsed. Throws `unavailable` for a text op. */
export async function loadOp(op: OpName): Promise<(args: never, context: OpContext) => Promise<OpResult>> {
  if (!isHostOp(op)) throw new HeadgateError('unavailable', `${op} is not an op of the host.`);
  return HOST_OPS[op].load();
}

/** How a crash in the middle of the op is settled; `null`: it announces no effect, so nobody can tell. */
export async function loadSettle(op: OpName): Promise<Settle | null> {
  return isHostOp(op) ? ((await HOST_OPS[op].settle?.()) ?? null) : null;
}

function isHostOp(op: OpName): op is HostOp {
  return Object.hasOwn(HOST_OPS, op);
}
