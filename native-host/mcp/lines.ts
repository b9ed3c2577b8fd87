// The first or last lines of an open file, read in pieces, so that a large log costs no more than what is shown of it.
import { HeadgateError } from '../../shared/errors.ts';
import { readRange } from '../gate/resolve/look.ts';
import type { OpenFile } from '../gate/resolve.ts';
import { MAX_READ_BYTES } from '../ops/access.ts';

const PIECE_BYTES = 64 * 1024;
/** What stands this near is looked through as well: lines of a key are told by its first or last one. */
const BESIDE_BYTES = 32 * 1024;
const LINE_FEED = 10;

/** Lines, and all that was read to find them, with what stands beside. */
export interface Lines {
  text: string;
  whole: string;
}

/** The first `count` lines, without the last one's end. */
export function firstLines(file: OpenFile, count: number): Lines {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let found = 0;
  while (found < count) {
    const piece = readRange(file, bytes, PIECE_BYTES);
    if (piece.length === 0) break;
    bytes = grown(bytes, piece.length);
    pieces.push(piece);
    found += linesIn(piece);
  }
  const read = decode(pieces);
  const whole = read + readRange(file, bytes, BESIDE_BYTES).toString('utf8');
  const lines = read.split('\n');
  if (lines.length > count) return { text: lines.slice(0, Math.max(0, Math.ceil(count))).join('\n'), whole };
  return { text: read.endsWith('\n') ? read.slice(0, -1) : read, whole };
}

/** The last `count` lines; what follows a final line end counts as one, as with the reference server. */
export function lastLines(file: OpenFile, count: number): Lines {
  const pieces: Buffer[] = [];
  let position = file.facts.size;
  let bytes = 0;
  let found = 0;
  while (position > 0 && found < count) {
    const length = Math.min(PIECE_BYTES, position);
    const piece = readRange(file, position - length, length);
    if (piece.length === 0) break;
    position -= length;
    bytes = grown(bytes, piece.length);
    pieces.unshift(piece);
    found += linesIn(piece);
  }
  const read = decode(pieces);
  const beside = Math.min(BESIDE_BYTES, position);
  const whole = readRange(file, position - beside, beside).toString('utf8') + read;
  return { text: read.replace(/\r\n/g, '\n').split('\n').slice(-count).join('\n'), whole };
}

function decode(pieces: readonly Buffer[]): string {
  const bytes = Buffer.concat(pieces);
  if (bytes.includes(0)) throw new HeadgateError('no_text', 'This file is not text. read_media_file reads any file.');
  return bytes.toString('utf8');
}

function grown(bytes: number, more: number): number {
  if (bytes + more > MAX_READ_BYTES)
    throw new HeadgateError('too_large', `These lines are larger than the ${MAX_READ_BYTES / 1e6} MB that can be read. Ask for fewer.`);
  return bytes + more;
}

function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
}
