// Native messaging frames: 4 bytes of length in native order, then UTF-8 JSON. Bytes in, messages out, for any split and
// any coalescing; pure. A declared length is checked before anything is kept: up to `maxSkipBytes` the frame is skipped
// and the next one read, above that the stream makes no sense any more and must be closed.
import { endianness } from 'node:os';

export type Framed =
  | { kind: 'message'; value: unknown; bytes: number }
  | { kind: 'error'; code: 'bad_frame' | 'too_large' | 'parse_error'; message: string; fatal: boolean };

export interface FrameLimits {
  /** Largest frame that is read, in bytes of JSON. */
  maxBytes: number;
  /** Largest frame that is skipped with an error; browsers never send more. */
  maxSkipBytes?: number;
  /** Deepest nesting of objects and arrays. */
  maxDepth?: number;
}

const LITTLE = endianness() === 'LE';
const EMPTY = Buffer.alloc(0);
/** Made for the first bytes of a frame that is not whole yet, whatever length it declares. */
const FIRST_BYTES = 1_024;

/** Reads frames from a byte stream. Holds at most one frame of `maxBytes`. */
export class FrameReader {
  readonly #maxBytes: number;
  readonly #maxSkipBytes: number;
  readonly #maxDepth: number;
  readonly #header = Buffer.alloc(4);
  #headerBytes = 0;
  /** What has come of a frame that is not whole yet. One buffer that doubles: many small chunks must not cost more than their bytes. */
  #body = EMPTY;
  #missing = 0;
  #length = 0;
  #skipping = false;
  #closed = false;

  constructor(limits: FrameLimits) {
    this.#maxBytes = limits.maxBytes;
    this.#maxSkipBytes = limits.maxSkipBytes ?? 64 * 1024 * 1024;
    this.#maxDepth = limits.maxDepth ?? 64;
  }

  /** Everything that this chunk completes, in order. After a fatal error nothing more is read. */
  push(chunk: Uint8Array): Framed[] {
    const out: Framed[] = [];
    let at = 0;
    while (at < chunk.length && !this.#closed) {
      at = this.#headerBytes < 4 ? this.#takeHeader(chunk, at, out) : this.#takeBody(chunk, at, out);
    }
    return out;
  }

  /** What the end of the stream means: an error when it comes within a frame. */
  end(): Framed[] {
    const within = this.#headerBytes > 0;
    return within && !this.#closed ? [failure('bad_frame', 'The stream ended inside a frame.', true)] : [];
  }

  #takeHeader(chunk: Uint8Array, at: number, out: Framed[]): number {
    const take = Math.min(4 - this.#headerBytes, chunk.length - at);
    this.#header.set(chunk.subarray(at, at + take), this.#headerBytes);
    this.#headerBytes += take;
    if (this.#headerBytes < 4) return at + take;
    const length = LITTLE ? this.#header.readUInt32LE(0) : this.#header.readUInt32BE(0);
    if (length > this.#maxSkipBytes) {
      this.#closed = true;
      out.push(failure('bad_frame', `A frame declares ${length} bytes${asText(this.#header)}; the stream is not native messaging.`, true));
    } else if (length === 0) {
      this.#headerBytes = 0;
      out.push(failure('bad_frame', 'A frame is empty.', false));
    } else if (length > this.#maxBytes) {
      this.#skipping = true;
      out.push(failure('too_large', `A frame of ${length} bytes is above the limit of ${this.#maxBytes}; it was skipped.`, false));
    }
    this.#length = length;
    this.#missing = length;
    return at + take;
  }

  #takeBody(chunk: Uint8Array, at: number, out: Framed[]): number {
    const take = Math.min(this.#missing, chunk.length - at);
    const part = chunk.subarray(at, at + take);
    const whole = take === this.#length;
    if (!this.#skipping && !whole) this.#keep(part);
    this.#missing -= take;
    if (this.#missing === 0) {
      if (!this.#skipping) out.push(parseBody(whole ? part : this.#body.subarray(0, this.#length), this.#maxDepth));
      this.#headerBytes = 0;
      this.#skipping = false;
      this.#body = EMPTY;
    }
    return at + take;
  }

  #keep(part: Uint8Array): void {
    const kept = this.#length - this.#missing;
    if (kept + part.length > this.#body.length) {
      const grown = Buffer.allocUnsafe(Math.min(this.#length, Math.max(kept + part.length, 2 * this.#body.length, FIRST_BYTES)));
      grown.set(this.#body.subarray(0, kept));
      this.#body = grown;
    }
    this.#body.set(part, kept);
  }
}

/** One frame of a JSON value. Throws a RangeError above `maxBytes`: what is sent that large must be chunked before. */
export function encodeFrame(value: unknown, maxBytes: number): Buffer {
  return encodeFrameText(JSON.stringify(value), maxBytes);
}

export function encodeFrameText(json: string, maxBytes: number): Buffer {
  const length = Buffer.byteLength(json);
  if (length > maxBytes) throw new RangeError(`a frame of ${length} bytes is above ${maxBytes}`);
  const frame = Buffer.allocUnsafe(4 + length);
  if (LITTLE) frame.writeUInt32LE(length, 0);
  else frame.writeUInt32BE(length, 0);
  frame.write(json, 4);
  return frame;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseBody(body: Uint8Array, maxDepth: number): Framed {
  if (deeperThan(body, maxDepth)) return failure('parse_error', `A message is nested deeper than ${maxDepth} levels.`, false);
  try {
    return { kind: 'message', value: JSON.parse(decoder.decode(body)), bytes: body.length };
  } catch {
    return failure('parse_error', 'A message is not JSON in UTF-8.', false);
  }
}

/** Looks at the bytes only: brackets outside strings. ASCII bytes never occur inside a longer UTF-8 sequence. */
function deeperThan(body: Uint8Array, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (inString) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > maxDepth) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}

/** Stray output of a program before the first frame is read as a length; shown as text it names the culprit. */
function asText(header: Buffer): string {
  const text = header.toString('latin1');
  return /^[\x20-\x7e\r\n]{4}$/.test(text) ? ` (as text: ${JSON.stringify(text)})` : '';
}

function failure(code: 'bad_frame' | 'too_large' | 'parse_error', message: string, fatal: boolean): Framed {
  return { kind: 'error', code, message, fatal };
}
