// The ledger of what MCP clients got: receipts as the agent's, chained and with keyed hashes as those, in a file of lines
// beside each server's journal. Apart from the agent's ledger, because that store belongs to the agent alone, and a
// client's reading must neither wait for the agent nor need one. A line is appended and on disk before the content goes:
// one write and one sync, which is what a read can afford; a torn last line was never followed by content, and goes. What
// went is kept beside it (sent.ts).
// Read and verified by ledgers.ts.
import { hash, randomBytes } from 'node:crypto';
import { closeSync, constants, fdatasync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, write, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { HeadgateError } from '../../shared/errors.ts';
import { Receipt } from '../../shared/gate/release.ts';
import { makeId } from '../../shared/ids.ts';
import { FIRST_LINE } from '../gate/ledger-verify.ts';
import type { FileReference } from '../state/stored-handle.ts';
import type { Store } from '../state/database.ts';
import { readFact, writeFact } from '../state/meta.ts';
import { pooledRandom } from '../state/random.ts';
import { openSent, type Sent } from './sent.ts';

/** The ledger's name in a server's folder. */
export const LEDGER_FILE = 'ledger.jsonl';

/** Receipts that repeat earlier ones reach the disk together. */
const SYNC_AGAIN_MS = 100;
const MAX_HAD = 50_000;
const MAX_WAITING_CHARS = 1_000_000;

/** A receipt with the files that it is about: grant, path and identity as they were. */
export const McpReceipt = Receipt.extend({
  files: z.array(
    z.object({ folder: z.string(), path: z.string(), size: z.number(), mtimeMs: z.number(), dev: z.number(), ino: z.number() }),
  ),
});
export type McpReceipt = z.infer<typeof McpReceipt>;
export type ReceiptFacts = Omit<Receipt, 'id' | 'bytes' | 'hash' | 'previous' | 'handles'>;

export interface Receipts {
  /**
   * Appends a receipt for `texts`, which were made of `files`; it is on disk when this returns. When this session's client
   * already has these very texts of these very files, a receipt for them is on disk, and the new line follows within moments.
   */
  append(facts: ReceiptFacts, texts: readonly string[], files: readonly (FileReference & { folder: string })[]): void;
  /** What a receipt for these texts keeps of them. */
  hash(texts: readonly string[]): string;
  /** Brings everything to disk and says how far the ledger reaches. */
  close(): LedgerEnd;
}

/** `n` counts bytes; `line` is the hash of the line that ends there. */
export interface LedgerEnd {
  n: number;
  line: string;
}

/** Opens the ledger in `folder`, which belongs to this process alone as long as it holds `store`. */
export function openReceipts(folder: string, store: Store): Receipts {
  const keyedHash = createKeyedHash(Buffer.from(ledgerKey(store), 'hex'));
  const fd = openSync(join(folder, LEDGER_FILE), constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600);
  let written = wholeLines(fd);
  let previous = lastLine(fd, written);
  const had = new Set<string>();
  const sent = openSent(folder);
  // Lines that are not known to be on disk, from `written` on. A line that repeats waits here, so that nobody waits for it.
  const waiting: string[] = [];
  let waitingChars = 0;
  let later: NodeJS.Timeout | null = null;

  const taken = (count: number, bytes: number): void => {
    for (const line of waiting.splice(0, count)) waitingChars -= line.length;
    written += bytes;
  };
  const flush = (): void => {
    const lines = Buffer.from(waiting.join(''));
    writeWhole(fd, lines, written);
    syncWhole(fd);
    taken(waiting.length, lines.length);
  };
  /** Off the main thread. A flush meanwhile writes the same lines to the same place; what fails is tried again. */
  const flushLater = (): void => {
    later ??= setTimeout(() => {
      const [lines, count, from] = [Buffer.from(waiting.join('')), waiting.length, written];
      const done = (failed: unknown): void => {
        later = null;
        if (!failed && written === from) taken(count, lines.length);
        if (waiting.length > 0) flushLater();
      };
      if (count === 0) return done(null);
      write(fd, lines, 0, lines.length, from, (failed, bytes) => (failed || bytes < lines.length ? done(true) : fdatasync(fd, done)));
    }, SYNC_AGAIN_MS).unref();
  };
  return {
    hash: keyedHash,
    append(facts, texts, files) {
      const about = files.map(({ folder, path, size, mtimeMs, dev, ino }) => ({ folder, path, size, mtimeMs, dev, ino }));
      const receipt: McpReceipt = {
        id: makeId('x', pooledRandom),
        ...facts,
        handles: [],
        bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
        hash: keyedHash(texts),
        previous,
        files: about,
      };
      keepWhole(sent, receipt, texts);
      const json = JSON.stringify(receipt);
      const line = `${json}\n`;
      waiting.push(line);
      waitingChars += line.length;
      previous = hashOf(json);
      const given = `${facts.label} ${facts.model} ${receipt.hash} ${about.map(({ dev, ino, mtimeMs }) => `${dev}.${ino}.${mtimeMs}`).join()}`;
      if (had.has(given) && waitingChars < MAX_WAITING_CHARS) return flushLater();
      flush();
      if (had.size >= MAX_HAD) had.clear();
      had.add(given);
    },
    close() {
      if (waiting.length > 0) flush();
      sent.close();
      // A write under way keeps the descriptor; the end of the process closes it.
      if (later === null) closeSync(fd);
      else clearTimeout(later);
      return { n: written, line: previous };
    },
  };
}

function writeWhole(fd: number, line: Buffer, position: number): void {
  try {
    for (let done = 0; done < line.length; ) done += writeSync(fd, line, done, line.length - done, position + done);
  } catch (cause) {
    throw unwritten(cause);
  }
}

function keepWhole(sent: Sent, { hash, at }: McpReceipt, texts: readonly string[]): void {
  try {
    sent.keep(hash, texts, at);
  } catch (cause) {
    throw unwritten(cause);
  }
}

function syncWhole(fd: number): void {
  try {
    fdatasyncSync(fd);
  } catch (cause) {
    throw unwritten(cause);
  }
}

function unwritten(cause: unknown): HeadgateError {
  return new HeadgateError('disk_full', 'The receipt could not be written, so nothing was given.', {
    cause,
    next: 'Make room on the disk of Headgate’s own folder.',
  });
}

/** Takes away what is behind the last whole line. */
function wholeLines(fd: number): number {
  const { size } = fstatSync(fd);
  const tail = readLine(fd, size);
  const end = size - tail.length + tail.lastIndexOf(10) + 1;
  if (end < size) ftruncateSync(fd, end);
  return end;
}

/** The hash of the line that ends at `end`. */
export function lastLine(fd: number, end: number): string {
  if (end === 0) return FIRST_LINE;
  const tail = readLine(fd, end).subarray(0, -1);
  return hashOf(tail.subarray(tail.lastIndexOf(10) + 1));
}

/** The bytes of an open file before `end`, from further back than their last line begins: a client can make it as long as it likes. */
function readLine(fd: number, end: number): Buffer {
  for (let maxBytes = 1 << 16; ; maxBytes *= 4) {
    const bytes = readEnd(fd, end, maxBytes);
    if (bytes.length === end || bytes.subarray(0, -1).includes(10)) return bytes;
  }
}

/** The last bytes of an open file of `size` bytes. */
export function readEnd(fd: number, size: number, maxBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.min(size, maxBytes));
  let got = 0;
  while (got < bytes.length) {
    const more = readSync(fd, bytes, got, bytes.length - got, size - bytes.length + got);
    if (more === 0) break;
    got += more;
  }
  return bytes.subarray(0, got);
}

function ledgerKey(store: Store): string {
  const known = readFact(store, 'ledgerKey');
  if (known !== null) return known;
  const made = randomBytes(32).toString('hex');
  writeFact(store, 'ledgerKey', made);
  return made;
}

/** So much of texts is hashed without an array of its own. */
const HASHED_AT_HAND_BYTES = 1 << 16;

/** HMAC-SHA-256 (RFC 2104) of texts and their lengths. Spelt out, because making the platform's key object costs 40 µs a call. */
function createKeyedHash(key: Uint8Array): (texts: readonly string[]) => string {
  const pad = (byte: number) => Buffer.alloc(64, byte).map((value, index) => value ^ (key[index] ?? 0));
  const [inner, outer] = [pad(0x36), Buffer.concat([pad(0x5c), Buffer.alloc(32)])];
  const atHand = Buffer.allocUnsafeSlow(HASHED_AT_HAND_BYTES);
  /** One release asks twice for the same: to know whether it was scanned, and for its receipt. */
  let last: { texts: readonly string[]; hash: string } | null = null;
  return (texts) => {
    if (last?.texts === texts) return last.hash;
    // No unit takes more than three bytes, and no length more than twenty.
    const most = texts.reduce((sum, text) => sum + 3 * text.length + 20, 64);
    const bytes = most <= atHand.length ? atHand : Buffer.allocUnsafe(most);
    bytes.set(inner);
    let end = 64;
    for (const text of texts) {
      end += bytes.write(`${text.length}:`, end);
      end += bytes.write(text, end);
    }
    outer.set(hash('sha256', bytes.subarray(0, end), 'buffer'), 64);
    const made = hash('sha256', outer, 'hex');
    last = { texts, hash: made };
    return made;
  };
}

/** What the next line of a ledger names as the one before. */
export function hashOf(line: string | Uint8Array): string {
  return hash('sha256', line, 'hex');
}
