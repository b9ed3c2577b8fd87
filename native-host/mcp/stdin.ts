// The bytes of standard input. A pipe is read into one piece of memory for all chunks: Node's own way takes 64 KiB anew for
// every one, of which a call needs a few hundred bytes, and lets them go again.
import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

const CHUNK_BYTES = 1 << 16;

/** Starts to read. `take` has a chunk only as long as it works on it. */
export function openStdin(take: (chunk: Buffer) => void): Readable {
  if (!isPipe()) return process.stdin.on('data', take);
  const memory = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  const callback = (bytes: number): boolean => {
    take(memory.subarray(0, bytes));
    return true;
  };
  return new Socket({ fd: 0, readable: true, writable: false, onread: { buffer: memory, callback } });
}

function isPipe(): boolean {
  if (process.platform === 'win32') return false;
  const stat = fstatSync(0);
  return stat.isFIFO() || stat.isSocket();
}
