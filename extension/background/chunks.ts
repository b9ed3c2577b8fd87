// Joins messages that the host had to cut because a browser takes no frame above 1 MiB (`$chunk` notifications).
// Parts of one message come in order; several messages may interleave. What breaks these rules is dropped whole.
import type * as z from 'zod';
import type { NATIVE_NOTIFICATIONS } from '../../shared/protocol/native.ts';

type Chunk = z.infer<(typeof NATIVE_NOTIFICATIONS)['$chunk']>;

/** Messages that may be open at once, and UTF-16 units of one of them. */
const MAX_OPEN = 4;
export const MAX_JOINED_CHARS = 32 * 1024 * 1024;

/** Returns a function that takes one part and gives the decoded message once it is whole, else `undefined`. */
export function createChunkJoiner(): (chunk: Chunk) => unknown {
  const open = new Map<number, { parts: string[]; chars: number; count: number }>();
  return (chunk) => {
    const message = chunk.index === 0 ? { parts: [], chars: 0, count: chunk.count } : open.get(chunk.id);
    open.delete(chunk.id);
    if (message === undefined || message.parts.length !== chunk.index || message.count !== chunk.count) return undefined;
    message.parts.push(chunk.text);
    message.chars += chunk.text.length;
    if (message.chars > MAX_JOINED_CHARS) return undefined;
    if (message.parts.length === message.count) return decode(message.parts);
    if (open.size >= MAX_OPEN) open.delete(open.keys().next().value as number);
    open.set(chunk.id, message);
    return undefined;
  };
}

function decode(parts: readonly string[]): unknown {
  try {
    return JSON.parse(parts.join(''));
  } catch {
    return undefined;
  }
}
