// Random bytes for the ids of many things at once, fetched from the system some thousand at a time.
import { randomBytes } from 'node:crypto';

const FETCHED_BYTES = 4096;
let pool = Buffer.alloc(0);

/** As many random bytes; none is given twice. */
export function pooledRandom(bytes: number): Buffer {
  if (bytes > FETCHED_BYTES) return randomBytes(bytes);
  if (pool.length < bytes) pool = randomBytes(FETCHED_BYTES);
  const taken = pool.subarray(0, bytes);
  pool = pool.subarray(bytes);
  return taken;
}
