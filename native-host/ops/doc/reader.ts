// Reads the text of documents that need more than a decoder, PDF and DOCX, in a thread of its own: what such a file holds is
// whatever its maker wanted. What it does not come to an end with in time, or within its memory, it has not read.
import { createThread } from '../../thread.ts';

const DEADLINE_MS = 20_000;
const MEGABYTES = 768;

export interface DocumentTask {
  bytes: Uint8Array;
  /** The text may end a little above it. */
  maxChars: number;
}

export interface DocumentReader {
  /** `null` for what cannot be opened: locked, damaged, of another kind, or too much. Throws `cancelled`. */
  read(bytes: Uint8Array, maxChars: number, signal: AbortSignal): Promise<string | null>;
  close(): void;
}

export function createDocumentReader(deadlineMs: number = DEADLINE_MS): DocumentReader {
  const source = new URL('./reader-worker.ts', import.meta.url);
  const thread = createThread<DocumentTask, string>({ bundled: 'document.cjs', source, deadlineMs, megabytes: MEGABYTES });
  return { read: (bytes, maxChars, signal) => thread.ask({ bytes, maxChars }, signal), close: thread.close };
}
