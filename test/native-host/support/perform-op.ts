// One op by its name, with arguments as a test writes them: decoded by the op's own schema, and done.
import type { OpContext, OpResult } from '../../../native-host/ops/op.ts';
import type { HostOp } from '../../../native-host/ops/op.ts';
import { performOp as perform } from '../../../native-host/ops/registry.ts';
import { type DecodedStep, decodeStep } from '../../../shared/ops/args.ts';

export async function performOp(op: HostOp, args: unknown, context: OpContext): Promise<OpResult> {
  return perform(decodeStep(op, args) as DecodedStep<HostOp>, context);
}
