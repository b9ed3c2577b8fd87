// The body of an answer as it may be written: never more than was allowed, never slower than a bad line, complete, and
// unpacked where a server packs it though it was asked not to. What a server says of the length is not believed.
import type { IncomingMessage } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { HeadgateError } from '../../../shared/errors.ts';
import { networkError } from './network-error.ts';

export interface BodyLimits {
  maxBytes: number;
  signal: AbortSignal;
  /** The body comes packed, and is written so. */
  asPacked: boolean;
  paceMs?: number;
  onPercent(percent: number): void;
}

/** In each stretch of PACE_MS at least so much must come. */
const PACE_MS = 30_000;
const PACE_BYTES = 1_000;
/** What unpacks to more than this many times its size is made to fill a disk. */
const MAX_RATIO = 200;
const RATIO_COUNTS_FROM = 1_000_000;

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** Bytes to write, in order. Throws `too_large`, `timeout`, `download_failed`, `cancelled`; the response is closed whenever it ends. */
export async function* readBody(response: IncomingMessage, limits: BodyLimits): AsyncGenerator<Buffer, void> {
  const { maxBytes, signal } = limits;
  const declared = declaredLength(response);
  if (declared !== null && declared > maxBytes) {
    response.destroy();
    throw tooLarge(maxBytes);
  }
  const count = { raw: 0, written: 0 };
  const raw = readRaw(response, count, limits, declared);
  const encoding = (response.headers['content-encoding'] ?? '').trim().toLowerCase();
  try {
    for await (const part of limits.asPacked || encoding === '' || encoding === 'identity' ? raw : unpack(raw, encoding)) {
      count.written += part.length;
      if (count.written > maxBytes) throw tooLarge(maxBytes);
      if (count.written > RATIO_COUNTS_FROM && count.written > count.raw * MAX_RATIO)
        throw new HeadgateError('too_large', 'What the server sent unpacks to far too much. Nothing was saved.');
      yield part;
    }
  } catch (thrown) {
    throw networkError(thrown, signal);
  } finally {
    response.destroy();
  }
}

async function* readRaw(
  response: IncomingMessage,
  count: { raw: number },
  { signal, paceMs = PACE_MS, onPercent }: BodyLimits,
  declared: number | null,
): AsyncGenerator<Buffer, void> {
  let before = 0;
  const pace = setInterval(() => {
    if (count.raw - before < PACE_BYTES) response.destroy(new HeadgateError('timeout', 'The server stopped sending. Nothing was saved.'));
    before = count.raw;
  }, paceMs);
  const stop = () => response.destroy(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  let said = -1;
  try {
    signal.throwIfAborted();
    for await (const part of response) {
      count.raw += part.length;
      // In hundredths: the exact size of a file is nobody's business where a run's log goes.
      const percent = declared === null || declared === 0 ? -1 : Math.min(100, Math.floor((count.raw / declared) * 100));
      if (percent > said) onPercent(percent);
      said = percent;
      yield part;
    }
    if (!response.complete || (declared !== null && count.raw !== declared))
      throw new HeadgateError('download_failed', 'The file did not come whole. Nothing was saved.', { next: 'Try again.' });
  } finally {
    clearInterval(pace);
    signal.removeEventListener('abort', stop);
  }
}

function unpack(raw: AsyncIterable<Buffer>, encoding: string): AsyncIterable<Buffer> {
  const create = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (create === undefined) throw new HeadgateError('unsupported', 'The server packed the file in a way that Headgate does not know.');
  // What fails in the source is thrown by the iteration over the end of the pipe.
  return pipeline(Readable.from(raw), create(), () => undefined) as unknown as AsyncIterable<Buffer>;
}

function declaredLength({ headers }: IncomingMessage): number | null {
  const text = headers['content-length'];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

export function tooLarge(maxBytes: number): HeadgateError {
  return new HeadgateError(
    'too_large',
    `The file is larger than the ${Math.round(maxBytes / 1e6)} MB that may be saved. Nothing was saved.`,
  );
}
