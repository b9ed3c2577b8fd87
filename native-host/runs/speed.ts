// How fast this device does a text op: a moving average of what was measured, for placement.
import type { DecodedStep } from '../../shared/ops/args.ts';
import type { TextOp } from '../../shared/ops/catalogue.ts';
import type { HandleStore } from '../state/stored-handle.ts';
import type { Store } from '../state/database.ts';
import { readFact, writeFact } from '../state/meta.ts';

/** Smaller texts say nothing about speed. */
const MEASURED_BYTES = 4_000;
const WEIGHT_OF_NEW = 0.2;

export function learnSpeed(store: Store, { op, args }: DecodedStep<TextOp>, handles: HandleStore, ms: number): void {
  const bytes = args.texts.reduce((sum, id) => sum + handles.text(id).length, 0);
  if (bytes < MEASURED_BYTES || ms <= 0) return;
  const speed = readFact(store, 'speed');
  const now = bytes / ms;
  const before = speed[op] ?? now;
  writeFact(store, 'speed', { ...speed, [op]: before + (now - before) * WEIGHT_OF_NEW });
}
